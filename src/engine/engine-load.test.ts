/** The engine when there is more to do than it can, and when it is to end. */
import { afterEach, expect, test, vi } from 'vitest';
import { FakeModel, type FakeModelOptions } from '../../test/fakes/fake-model.ts';
import { Engine, type EngineLimits } from './engine.ts';
import type { FinishedRequest } from './engine-stats.ts';
import { samplingParams } from './sampling-params.ts';
import type { Sequence, SequenceOptions, TokenSink } from './sequence.ts';

const limits: EngineLimits = {
  ...{ contextTokens: 200, numBlocks: 400, blockTokens: 4, maxSequences: 2 },
  ...{ maxPrefillTokens: 64, vocabSize: 259 },
};
const defaults = { temperature: 0, topP: 1, topK: 0, minP: 0 };

afterEach(() => {
  vi.useRealTimers();
});

function setup(some: Partial<EngineLimits> = {}, options: FakeModelOptions = {}) {
  const model = new FakeModel(options);
  const engine = new Engine(model, { ...limits, ...some });
  const finished: FinishedRequest[] = [];
  engine.onFinished = (request) => finished.push(request);
  const start = (length: number, maxTokens = 10, place: SequenceOptions = {}) => {
    const params = samplingParams({ seed: 1, maxTokens, ignoreEos: true }, defaults, 259, []);
    let count = 0;
    const { promise: begun, resolve: onFirst } = Promise.withResolvers<void>();
    const { promise: done, resolve, reject } = Promise.withResolvers<Sequence>();
    done.catch(() => {});
    const sink: TokenSink = {
      onToken() {
        if (++count === 1) onFirst();
        return 'continue';
      },
      onFinish: resolve,
      onError: (_, reason) => reject(reason),
    };
    const prompt = Array.from({ length }, (_, i) => (i * 7 + length) & 255);
    const sequence = engine.add(prompt, params, sink, place);
    return { sequence, done, begun };
  };
  return { model, engine, start, finished };
}

/** A model whose steps wait until they are let go. */
function held() {
  let release = () => {};
  let isHeld = true;
  const onStep = async () => {
    while (isHeld) await new Promise<void>((resolve) => (release = resolve));
  };
  const go = () => {
    isHeld = false;
    release();
  };
  return { onStep, go };
}

test('past the queue`s end requests are refused, with a time to come back; room is made by who leaves', async () => {
  const { engine, start } = setup({ maxWaiting: 3 });
  const all = [1, 2, 3, 4, 5].map((length) => start(length));
  const full = expect.objectContaining({
    ...{ code: 'queue_full', status: 429 },
    fields: { waiting: 5, retryAfterSeconds: expect.any(Number) },
  });
  expect(() => start(6)).toThrow(full);
  engine.abort((all[4] as (typeof all)[number]).sequence, 'abort');
  await start(6).done;
  await Promise.all(all.map(({ done }) => done));
  expect(engine.stats().counters.refusedRequests).toBe(1);
  await engine.close();
});

test('without places to wait, as many as may run are taken', async () => {
  const { engine, start } = setup({ maxWaiting: 0 });
  const all = [start(1), start(2)];
  expect(() => start(3)).toThrow(expect.objectContaining({ code: 'queue_full' }));
  await Promise.all(all.map(({ done }) => done));
  await start(3).done;
  await engine.close();
});

test('a client that asks much does not keep another waiting', async () => {
  const { engine, start } = setup({ maxSequences: 1 });
  const order: string[] = [];
  const ask = (client: string, length: number) =>
    start(length, 5, { client }).done.then(() => order.push(client));
  const many = Array.from({ length: 6 }, (_, i) => ask('many', 20 + i));
  const few = [ask('few', 40), ask('few', 41)];
  await Promise.all([...many, ...few]);
  expect(order.slice(0, 4)).toEqual(['many', 'few', 'many', 'few']);
  await engine.close();
});

test('a deadline cuts what was written, and is an error where nothing was', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { engine, start, finished } = setup({ maxSequences: 1 });
  const running = start(3, 150, { deadlineMs: 1000 });
  const waiting = start(4, 5, { deadlineMs: 1000 });
  const patient = start(5, 5, { deadlineMs: 60_000 });
  await running.begun;
  vi.advanceTimersByTime(1000);
  expect(await running.done).toMatchObject({ finishReason: 'length', lengthCause: 'deadline' });
  expect(running.sequence.completionTokens).toBeLessThan(150);
  await expect(waiting.done).rejects.toMatchObject({
    ...{ code: 'deadline_exceeded', fields: { deadlineMs: 1000 } },
  });
  expect(await patient.done).toMatchObject({ finishReason: 'length', lengthCause: 'maxTokens' });
  expect(vi.getTimerCount()).toBe(0);
  expect(finished.map(({ lengthCause, errorCode }) => lengthCause ?? errorCode)).toEqual([
    ...['deadline', 'deadline_exceeded', 'maxTokens'],
  ]);
  expect(engine.numFreeBlocks).toBe(engine.limits.numBlocks);
  await engine.close();
});

test('a full context is said to be the cause', async () => {
  const { engine, start } = setup();
  expect(await start(195, 50).done).toMatchObject({ lengthCause: 'context' });
  await engine.close();
});

test('draining takes no more and waits for what it has', async () => {
  const { onStep, go } = held();
  const { engine, start } = setup({ maxSequences: 1 }, { onStep });
  const all = [start(1), start(2)];
  let isDrained = false;
  const drained = engine.drain().then(() => {
    isDrained = true;
  });
  expect(() => start(3)).toThrow(expect.objectContaining({ code: 'model_draining', status: 503 }));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isDrained).toBe(false);
  go();
  await Promise.all(all.map(({ done }) => done));
  await drained;
  await engine.drain();
  await engine.close();
  expect(() => start(3)).toThrow(expect.objectContaining({ code: 'model_closed' }));
});

test('what has not ended when the time to drain is over fails', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { onStep, go } = held();
  const { engine, start } = setup({ maxSequences: 1 }, { onStep });
  const all = [start(1), start(2)];
  const drained = engine.drain(30_000);
  vi.advanceTimersByTime(30_000);
  await drained;
  for (const { done } of all) await expect(done).rejects.toMatchObject({ code: 'model_draining' });
  go();
  await engine.close();
});

test('stats: blocks in use, kept and free; tokens of prompts, those found, those written', async () => {
  const { engine, start, finished } = setup();
  const all = { total: 400, used: 0, cached: 0, free: 400, untouched: 400 };
  expect(engine.stats().kvBlocks).toEqual(all);
  const first = start(40, 10);
  await first.begun;
  expect(engine.stats()).toMatchObject({
    running: 1,
    waiting: 0,
    kvBlocks: { used: 10, free: 390 },
  });
  await first.done;
  await start(40, 5).done;
  const stats = engine.stats();
  expect(stats).toMatchObject({ running: 0, waiting: 0 });
  // 40 of the prompt and 9 of the reply were computed: 12 full blocks; the rest were given back.
  expect(stats.kvBlocks).toEqual({ total: 400, used: 0, cached: 12, free: 388, untouched: 387 });
  expect(stats.counters).toMatchObject({
    ...{ promptTokens: 80, cachedTokens: 36, generationTokens: 15, preemptions: 0 },
  });
  expect(stats.interToken.count).toBe(13);
  expect(finished).toHaveLength(2);
  const [one, two] = finished as [FinishedRequest, FinishedRequest];
  expect(one).toMatchObject({
    ...{ finishReason: 'length', lengthCause: 'maxTokens', promptTokens: 40, cachedTokens: 0 },
    ...{ completionTokens: 10, client: '', preemptions: 0 },
  });
  expect(two.cachedTokens).toBe(36);
  expect(one.ttftMs).toBeCloseTo(one.queueMs + (one.prefillMs as number), 6);
  expect(one.meanInterTokenMs).toBeCloseTo((one.decodeMs as number) / 9, 6);
  expect(one.totalMs).toBeGreaterThanOrEqual((one.ttftMs as number) + (one.decodeMs as number));
  await engine.close();
});

test('a request that fails or is left is heard of too', async () => {
  const { engine, start, finished } = setup();
  const [failing, left] = [start(3, 100), start(4, 100)];
  await Promise.all([failing.begun, left.begun]);
  engine.abort(failing.sequence, { reason: new TypeError('odd') });
  engine.abort(left.sequence, 'abort');
  const ends = finished.map(({ finishReason, errorCode }) => [finishReason, errorCode]);
  expect(ends).toEqual([
    ['error', 'TypeError'],
    ['abort', undefined],
  ]);
  await engine.close();
});
