import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type StreamOptions, streamResponse } from './stream-response.ts';

/** A stream of `frames` that says what became of it. */
function opened(frames: () => AsyncGenerator<string>, options: Partial<StreamOptions> = {}) {
  const seen = { ended: 0, stalled: 0, left: 0, given: 0 };
  async function* watched() {
    let isDone = false;
    try {
      for await (const frame of frames()) {
        seen.given++;
        yield frame;
      }
      isDone = true;
    } finally {
      if (!isDone) seen.left++;
    }
  }
  const response = streamResponse(watched(), {
    contentType: 'text/event-stream',
    keepAlive: ': keep-alive\n\n',
    onError: (cause) => `data: ${(cause as Error).message}\n\n`,
    onEnd: () => void seen.ended++,
    onStall: () => void seen.stalled++,
    signal: new AbortController().signal,
    settings: { keepAliveMs: 60_000, stallMs: 60_000 },
    ...options,
  });
  return {
    seen,
    response,
    reader: () => (response.body as ReadableStream<Uint8Array>).getReader(),
  };
}

async function* counting(count: number) {
  for (let i = 0; i < count; i++) yield `${i}\n`;
}

test('frames arrive in order, and the end is told once', async () => {
  const { response, seen } = opened(() => counting(3));
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(await response.text()).toBe('0\n1\n2\n');
  expect(seen).toMatchObject({ ended: 1, left: 0, stalled: 0 });
});

test('what is not read is not asked for', async () => {
  const { seen, reader } = opened(() => counting(1000));
  const reading = reader();
  await reading.read();
  await wait(5);
  expect(seen.given).toBeLessThan(4);
  await reading.cancel();
  await wait(1);
  expect(seen).toMatchObject({ ended: 1, left: 1 });
});

test('while nothing comes a keep-alive goes out, and no frame is lost for it', async () => {
  const { response } = opened(
    async function* () {
      yield 'a\n';
      await wait(40);
      yield 'b\n';
    },
    { settings: { keepAliveMs: 10, stallMs: 60_000 } },
  );
  expect(await response.text()).toMatch(/^a\n(: keep-alive\n\n)+b\n$/);
});

test('a failure is the last frame', async () => {
  const { response, seen } = opened(async function* () {
    yield 'a\n';
    throw new Error('broken');
  });
  expect(await response.text()).toBe('a\ndata: broken\n\n');
  expect(seen.ended).toBe(1);
});

test('a client that left while a frame was waited for ends the iterable', async () => {
  const gate = Promise.withResolvers<void>();
  const { seen, reader } = opened(async function* () {
    yield 'a\n';
    await gate.promise;
    yield 'b\n';
  });
  const reading = reader();
  await reading.read();
  await reading.cancel();
  expect(seen.ended).toBe(1);
  gate.resolve();
  await wait(1);
  expect(seen.left).toBe(1);
});

test('a failure because the client left tells nobody', async () => {
  const controller = new AbortController();
  const { response } = opened(
    async function* () {
      yield 'a\n';
      controller.abort();
      throw controller.signal.reason;
    },
    { signal: controller.signal },
  );
  expect(await response.text()).toBe('a\n');
});

test('a reader that takes nothing for too long is left', async () => {
  const { seen, reader } = opened(() => counting(1000), {
    settings: { keepAliveMs: 60_000, stallMs: 10 },
  });
  const reading = reader();
  await reading.read();
  await wait(30);
  expect(seen).toMatchObject({ stalled: 1, ended: 1, left: 1 });
});
