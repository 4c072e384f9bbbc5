import { expect, test } from 'vitest';
import { readEvents } from './sse-reader.ts';

const encoder = new TextEncoder();

async function read(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) {
        controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk);
      }
      controller.close();
    },
  });
  return Array.fromAsync(readEvents(body));
}

test('events come whole, however the bytes were cut', async () => {
  const text =
    'data: {"a":"tàu 舢板"}\n\n: keep-alive\n\ndata: second\r\n\r\nevent: x\ndata: 3\ndata: 4\n\n';
  const expected = ['{"a":"tàu 舢板"}', 'second', '3\n4'];
  expect(await read(text)).toEqual(expected);
  const bytes = encoder.encode(text);
  const single = [...bytes].map((byte) => new Uint8Array([byte]));
  expect(await read(...single)).toEqual(expected);
  for (let cut = 1; cut < bytes.length; cut++) {
    expect(await read(bytes.slice(0, cut), bytes.slice(cut))).toEqual(expected);
  }
});

test('an event that was cut off is not half told', async () => {
  expect(await read('data: one\n\ndata: {"tw')).toEqual(['one']);
  expect(await read('data: one\n\ndata: two\n')).toEqual(['one']);
  expect(await read()).toEqual([]);
});

test('a line that never ends is refused', async () => {
  const chunk = 'x'.repeat(100_000);
  await expect(read(...Array.from({ length: 11 }, () => chunk))).rejects.toThrow('too long');
});

test('leaving early cancels the stream', async () => {
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(encoder.encode('data: more\n\n')),
    cancel: () => {
      isCancelled = true;
    },
  });
  for await (const _ of readEvents(body)) break;
  expect(isCancelled).toBe(true);
});
