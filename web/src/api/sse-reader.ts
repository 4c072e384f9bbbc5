/**
 * Server-sent events: bytes → the data of each event. Comments (keep-alives) and other fields are
 * passed over. Lines end with LF or CRLF. Refuses an event that would not end.
 */
const maxEventLength = 1_000_000;

export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  let isWhole = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      let start = 0;
      for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
        const line = rest.slice(start, rest[end - 1] === '\r' ? end - 1 : end);
        start = end + 1;
        if (line === '') {
          if (data.length > 0) yield data.join('\n');
          data = [];
        } else if (line.startsWith('data:')) {
          data.push(line.slice(line[5] === ' ' ? 6 : 5));
        }
      }
      rest = rest.slice(start);
      if (rest.length > maxEventLength) throw new Error('an event of the stream is too long');
      // What is left was cut off in the middle of an event: half an event says nothing.
      if (done) break;
    }
    isWhole = true;
  } finally {
    if (!isWhole) await reader.cancel().catch(() => {});
  }
}
