/** A chat's stream of events, read as a client reads it. */
import assert from 'node:assert/strict';

export interface ChatEvent {
  readonly reasoning: string;
  readonly content: string;
  /** In the last one with usage. */
  readonly completionTokens: number | undefined;
}

/** Rejects where it ends without [DONE] or says an error. */
export async function* chatEvents(response: Response): AsyncGenerator<ChatEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let isDone = false;
  for await (const bytes of response.body as ReadableStream<Uint8Array>) {
    const frames = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = frames.pop() as string;
    for (const frame of frames) {
      if (frame.startsWith(':')) continue;
      assert(frame.startsWith('data: '), frame);
      if (frame === 'data: [DONE]') isDone = true;
      else yield eventOf(frame.slice(6));
    }
  }
  assert(isDone, 'the stream ended without [DONE]');
}

function eventOf(data: string): ChatEvent {
  const { choices, usage, error } = JSON.parse(data);
  assert.equal(error, undefined, data);
  const { reasoning_content: reasoning, content } = choices[0]?.delta ?? {};
  return {
    reasoning: reasoning ?? '',
    content: content ?? '',
    completionTokens: usage?.completion_tokens,
  };
}
