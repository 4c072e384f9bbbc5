import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FakeModel, type FakeModelOptions } from '../../test/fakes/fake-model.ts';
import { mulberry32 } from '../base/mulberry32.ts';
import { Engine, type EngineLimits } from './engine.ts';
import { type SamplingOptions, samplingParams } from './sampling-params.ts';
import type { FinishReason, Sequence, TokenSink, Verdict } from './sequence.ts';

const defaults = { temperature: 0, topP: 1, topK: 0, minP: 0 };
const limits: EngineLimits = {
  contextTokens: 200,
  numBlocks: 400,
  blockTokens: 4,
  maxSequences: 16,
  maxPrefillTokens: 64,
  vocabSize: 259,
};

/** Keeps the tokens; ends with a promise of them. */
class Collector implements TokenSink {
  readonly tokens: number[] = [];
  readonly done: Promise<{ tokens: number[]; reason: FinishReason | undefined }>;
  readonly #verdict: (tokens: number[]) => Verdict;
  #watch: { count: number; resolve: () => void } | undefined;
  #settle!: { resolve(v: unknown): void; reject(e: unknown): void };

  constructor(verdict: (tokens: number[]) => Verdict = () => 'continue') {
    this.#verdict = verdict;
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve: resolve as (v: unknown) => void, reject };
    });
    this.done.catch(() => {});
  }
  onToken(token: number): Verdict {
    this.tokens.push(token);
    if (this.tokens.length === this.#watch?.count) this.#watch.resolve();
    return this.#verdict(this.tokens);
  }
  reached(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#watch = { count, resolve };
    });
  }
  onFinish(sequence: Sequence): void {
    this.#settle.resolve({ tokens: this.tokens, reason: sequence.finishReason });
  }
  onError(_sequence: Sequence, reason: unknown): void {
    this.#settle.reject(reason);
  }
}

function setup(some: Partial<EngineLimits> = {}, options: FakeModelOptions = {}) {
  const model = new FakeModel(options);
  const engine = new Engine(model, { ...limits, ...some });
  const start = (prompt: readonly number[], o: SamplingOptions = {}, sink = new Collector()) => {
    const params = samplingParams({ seed: 1, ...o }, defaults, 259, [256]);
    return { sequence: engine.add(prompt, params, sink), sink, done: sink.done };
  };
  return { model, engine, start };
}

/** 16 prompts of 1 to 61 tokens, half of them sampled. */
const requests = Array.from({ length: 16 }, (_, i) => ({
  prompt: Array.from({ length: 1 + i * 4 }, (_, j) => (i * 31 + j * 7) % 256),
  options: { maxTokens: 20 + i, temperature: i % 2, seed: i },
}));

async function alone() {
  const replies = [];
  for (const { prompt, options } of requests) {
    const { engine, start } = setup({ maxPrefillTokens: 1000 });
    replies.push(await start(prompt, options).done);
    await engine.close();
  }
  return replies;
}

const arrangements: [string, Partial<EngineLimits>][] = [
  ['all together', { maxPrefillTokens: 1000 }],
  ['chunks of 3', { maxPrefillTokens: 3 }],
  ['chunks of 16', { maxPrefillTokens: 16 }],
  ['blocks of 1', { blockTokens: 1, numBlocks: 1600 }],
  ['blocks of 16', { blockTokens: 16 }],
  ['two at a time', { maxSequences: 2 }],
  ['a cache for one: preemption', { contextTokens: 100, numBlocks: 25 }],
  ['a cache for one, chunks of 3', { contextTokens: 100, numBlocks: 25, maxPrefillTokens: 3 }],
];

test.each(arrangements)('batched equals alone, greedy and seeded: %s', async (name, some) => {
  const { model, engine, start } = setup(some);
  const replies = requests.map(({ prompt, options }) => start(prompt, options).done);
  expect(await Promise.all(replies)).toEqual(await alone());
  expect(Math.max(...model.steps.map(({ sequences }) => sequences))).toBeGreaterThan(1);
  expect(engine.counters.preemptions > 0).toBe(name.includes('a cache for one'));
  expect(engine.numFreeBlocks).toBe(engine.limits.numBlocks);
  await engine.close();
});

test('requests made together share every step', async () => {
  const { model, start, engine } = setup();
  await Promise.all([0, 1, 2, 3].map((i) => start([i], { maxTokens: 5 }).done));
  expect(model.steps.map(({ sequences }) => sequences)).toEqual([4, 4, 4, 4, 4]);
  await engine.close();
});

test('a request that comes later joins the running step, and leaves without disturbing it', async () => {
  const { start, engine } = setup();
  const options = { maxTokens: 100, logitBias: { 256: -100 } };
  const long = start([1, 2, 3], options);
  await long.sink.reached(6);
  const short = start([9], { maxTokens: 3 });
  await short.done;
  expect(long.sequence.status).toBe('running');
  const together = (await long.done).tokens;
  expect(together).toEqual((await start([1, 2, 3], options).done).tokens);
  await engine.close();
});

test('ends: a stop token, the sink, maxTokens, the context', async () => {
  const endAfter8 = (row: Float32Array, context: readonly number[]) => {
    if (context.length === 8) row[256] = 100;
  };
  const { start, engine } = setup({}, { onLogits: endAfter8 });
  const ended = await start([1, 2, 3]).done;
  expect([ended.reason, ended.tokens.length]).toEqual(['stop', 5]);
  const sink = new Collector((tokens) => (tokens.length === 2 ? 'stop' : 'continue'));
  expect((await start([1], {}, sink).done).tokens).toHaveLength(2);
  const cut = await start([1], { maxTokens: 3 }).done;
  expect([cut.reason, cut.tokens.length]).toEqual(['length', 3]);
  const full = await start(new Array(190).fill(5)).done;
  expect([full.reason, full.tokens.length]).toEqual(['length', 10]);
  await engine.close();
});

test('a prompt that can never fit is refused with both counts; one less fits', async () => {
  const { start, engine } = setup();
  expect(() => start(new Array(200).fill(1))).toThrow(
    expect.objectContaining({
      code: 'context_length_exceeded',
      fields: { promptTokens: 200, contextTokens: 200 },
    }),
  );
  expect((await start(new Array(199).fill(1)).done).tokens).toHaveLength(1);
  await engine.close();
});

test('an abort frees the blocks at once and the others go on as if nothing was', async () => {
  const { start, engine } = setup();
  const [a, b] = [start([1, 2, 3], { maxTokens: 60 }), start([4, 5], { maxTokens: 60 })];
  await a.sink.reached(4);
  const free = engine.numFreeBlocks;
  const reason = new Error('enough');
  engine.abort(a.sequence, { reason });
  expect(engine.numFreeBlocks).toBeGreaterThan(free);
  await expect(a.done).rejects.toBe(reason);
  const rest = (await b.done).tokens;
  expect(rest).toEqual((await start([4, 5], { maxTokens: 60 }).done).tokens);
  await engine.close();
});

test('a sequence that is aborted while its step runs gets nothing from it', async () => {
  let onStep = () => {};
  const { start, engine } = setup({}, { onStep: () => onStep() });
  const [a, b] = [start([1]), start([2], { maxTokens: 9 })];
  await a.sink.reached(3);
  onStep = () => engine.abort(a.sequence, 'abort');
  expect((await a.done).tokens).toHaveLength(3);
  expect((await b.done).tokens).toHaveLength(9);
  expect([a.sink.tokens.length, a.sequence.numTokens]).toEqual([3, 4]);
  await engine.close();
});

test.each([1, 2, 3, 4])(
  'a storm of aborts, forced tokens and late arrivals in a small cache: the others are as alone (%i)',
  async (seed) => {
    const random = mulberry32(seed);
    const next = (limit: number) => Math.floor(random() * limit);
    const limits = { contextTokens: 80, numBlocks: 24 + next(20), maxPrefillTokens: 1 + next(20) };
    const { start, engine } = setup(limits);
    const alone = setup({ contextTokens: 80, maxSequences: 1 });
    const checks: Promise<void>[] = [];
    for (let i = 0; i < 60; i++) {
      const prompt = Array.from({ length: 1 + next(50) }, () => next(256));
      const options = { seed: i, temperature: next(2), maxTokens: 1 + next(25) };
      const forceAt = next(10);
      const verdict = (tokens: number[]): Verdict =>
        tokens.length === forceAt ? { force: [1, 2, 3] } : 'continue';
      const request = start(prompt, options, new Collector(verdict));
      if (next(3) === 0) {
        void request.sink.reached(1 + next(10)).then(() => engine.abort(request.sequence, 'abort'));
        if (next(4) === 0) engine.abort(request.sequence, 'abort');
      }
      if (next(3) === 0) await new Promise((resolve) => setTimeout(resolve, next(3)));
      const check = async () => {
        const { tokens, reason } = await request.done;
        const expected = await alone.start(prompt, options, new Collector(verdict)).done;
        expect(expected.tokens.slice(0, tokens.length)).toEqual(tokens);
        if (reason !== 'abort') expect({ tokens, reason }).toEqual(expected);
      };
      checks.push(request.done.then(check));
    }
    await Promise.all(checks);
    expect(engine.numFreeBlocks).toBe(limits.numBlocks);
    expect([engine.numRunning, engine.numWaiting]).toEqual([0, 0]);
    await Promise.all([engine.close(), alone.engine.close()]);
  },
);

test('when nobody wants a running step any more, the device is told to stop', async () => {
  const called = Promise.withResolvers<AbortSignal | undefined>();
  const { model, start, engine } = setup();
  const forward = model.forward.bind(model);
  model.forward = (step, cache, s) => {
    called.resolve(s);
    return new Promise((resolve, reject) => {
      s?.addEventListener('abort', () => reject(s.reason));
      if (step.tokens[0] !== 9) forward(step, cache).then(resolve, reject);
    });
  };
  const { sequence, done } = start([9]);
  const signal = await called.promise;
  engine.abort(sequence, 'abort');
  expect(signal?.aborted).toBe(true);
  expect((await done).reason).toBe('abort');
  expect((await start([1], { maxTokens: 2 }).done).tokens).toHaveLength(2);
  await engine.close();
});

test('a step that fails fails its own sequences with that error; the engine goes on', async () => {
  const broken = new Error('device lost');
  let fails = false;
  const { start, engine } = setup(
    { maxSequences: 2 },
    {
      onStep: () => {
        if (fails) throw broken;
      },
    },
  );
  const [a, b, waiting] = [start([1]), start([2]), start([3], { maxTokens: 4 })];
  await b.sink.reached(2);
  fails = true;
  await expect(a.done).rejects.toBe(broken);
  fails = false;
  await expect(b.done).rejects.toBe(broken);
  expect((await waiting.done).tokens).toHaveLength(4);
  expect(engine.numFreeBlocks).toBe(engine.limits.numBlocks);
  await engine.close();
});

test('logits that are not numbers, and a sink that throws, fail one sequence alone', async () => {
  const poison = (row: Float32Array, context: readonly number[]) => {
    if (context[0] === 7 && context.length === 4) row[3] = Number.NaN;
  };
  const { start, engine } = setup({}, { onLogits: poison });
  const thrown = new Error('sink');
  const sink = new Collector(() => {
    throw thrown;
  });
  const [bad, throwing, good] = [start([7]), start([8], {}, sink), start([9], { maxTokens: 9 })];
  await expect(bad.done).rejects.toMatchObject({ code: 'logits_invalid' });
  await expect(throwing.done).rejects.toBe(thrown);
  expect((await good.done).tokens).toHaveLength(9);
  await engine.close();
});

test('forced tokens are written into context and cache as if they had been drawn, and counted', async () => {
  const force = [100, 101, 102];
  const verdict = (tokens: number[]): Verdict => (tokens.length === 4 ? { force } : 'continue');
  const { start, engine } = setup();
  const { tokens } = await start([1, 2], { maxTokens: 12 }, new Collector(verdict)).done;
  expect(tokens).toHaveLength(12);
  expect(tokens.slice(4, 7)).toEqual(force);
  const again = await start([1, 2, ...tokens.slice(0, 7)], { maxTokens: 5 }).done;
  expect(again.tokens).toEqual(tokens.slice(7));
  const cut = await start([1, 2], { maxTokens: 6 }, new Collector(verdict)).done;
  expect([cut.reason, cut.tokens.slice(4)]).toEqual(['length', [100, 101]]);
  await engine.close();
});

test('closing fails what runs and waits, frees the cache, and refuses what comes after', async () => {
  const { model, start, engine } = setup({ maxSequences: 1 });
  const [running, waiting] = [start([1]), start([2])];
  await running.sink.reached(3);
  await Promise.all([engine.close(), engine.close()]);
  await expect(running.done).rejects.toMatchObject({ code: 'model_closed' });
  await expect(waiting.done).rejects.toMatchObject({ code: 'model_closed' });
  expect(model.caches[0]?.isClosed).toBe(true);
  expect(() => start([3])).toThrow(expect.objectContaining({ code: 'model_closed' }));
});

test('a bug of ours found between requests closes the engine instead of hanging it', async () => {
  const { start, engine } = setup();
  const sink = new Collector((tokens) => {
    if (tokens.length === 1) sequence.blocks.push(399); // as if it were its own
    return 'continue';
  });
  const { sequence, done } = start([1], { maxTokens: 2 }, sink);
  await done;
  // The check runs when the loop finds nothing left to do, a turn of the event loop later.
  for (let turn = 0; turn < 3; turn++) await setImmediate();
  expect(() => start([2])).toThrow('a block was lost, or is free twice');
  await engine.close();
});
