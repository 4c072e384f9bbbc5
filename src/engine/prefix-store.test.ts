import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeModel, type FakeModelOptions } from '../../test/fakes/fake-model.ts';
import { freeSteps } from '../../test/fakes/free-steps.ts';
import { mulberry32 } from '../base/mulberry32.ts';
import { Engine, type EngineLimits, type EngineOptions } from './engine.ts';
import { KvDiskCache } from './kv-disk-cache.ts';
import { samplingParams } from './sampling-params.ts';
import type { Sequence, SequenceOptions, TokenSink } from './sequence.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sampan-kv-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const limits: EngineLimits = {
  ...{ contextTokens: 400, numBlocks: 400, blockTokens: 4, maxSequences: 4 },
  ...{ maxPrefillTokens: 64, vocabSize: 259 },
};
const defaults = { temperature: 0, topP: 1, topK: 0, minP: 0 };

/** An engine of its own model and memory; all that they share is the folder. */
async function start(
  options: EngineOptions & { limits?: Partial<EngineLimits>; model?: FakeModelOptions } = {},
) {
  const model = new FakeModel(options.model);
  const disk = await KvDiskCache.open({ folder, maxBytes: 1e9, fingerprint: 'fake' });
  const all = {
    speculation: 'off',
    stepCost: freeSteps,
    disk: { disk, minTokens: 50 },
    ...options,
  };
  const engine = new Engine(model, { ...limits, ...options.limits }, all as EngineOptions);
  const begin = (prompt: readonly number[], place: SequenceOptions = {}, maxTokens = 8) => {
    const params = samplingParams({ maxTokens, ignoreEos: true, seed: 1 }, defaults, 259, []);
    const { promise: done, resolve, reject } = Promise.withResolvers<Sequence>();
    done.catch(() => {});
    const sink: TokenSink = {
      onToken: () => 'continue',
      onFinish: resolve,
      onError: (_, reason) => reject(reason),
    };
    const sequence = engine.add(prompt, params, sink, place);
    return { sequence, done };
  };
  const ask = async (prompt: readonly number[], place?: SequenceOptions, maxTokens?: number) => {
    const { tokens, cachedTokens } = await begin(prompt, place, maxTokens).done;
    return { tokens: [...tokens.subarray(prompt.length)], cachedTokens };
  };
  return { engine, model, disk, begin, ask };
}

const numbers = (count: number, seed = 0) =>
  Array.from({ length: count }, (_, i) => (i * 7 + seed * 31 + ((i * i) >> 2)) & 255);
const files = () => readdirSync(folder).filter((name) => name.endsWith('.kv'));

test('a long prompt is found again by an engine that begins anew, and the reply is the same', async () => {
  const first = await start();
  const prompt = numbers(203);
  const { tokens } = await first.ask(prompt);
  await first.engine.close();
  expect(files()).toHaveLength(50);

  const second = await start();
  expect(await second.ask(prompt)).toEqual({ tokens, cachedTokens: 200 });
  expect(second.model.steps[0]?.tokens).toBe(3);
  expect((await second.ask([...prompt, ...tokens, 1, 2])).cachedTokens).toBe(208);
  await second.engine.close();
  expect(files()).toHaveLength(53);
});

test('short prompts are neither written nor looked for', async () => {
  const { engine, ask } = await start();
  await ask(numbers(49));
  await engine.close();
  expect(files()).toEqual([]);
});

test('only prompts of the same salt are found', async () => {
  const first = await start();
  await first.ask(numbers(100), { cacheSalt: 'anna' });
  await first.engine.close();
  const second = await start();
  expect((await second.ask(numbers(100))).cachedTokens).toBe(0);
  expect((await second.ask(numbers(100), { cacheSalt: 'anna' })).cachedTokens).toBe(96);
  await second.engine.close();
});

test('from a damaged file on the prompt is computed', async () => {
  const first = await start();
  const { tokens } = await first.ask(numbers(203));
  await first.engine.close();
  for (const name of files().slice(20, 30)) truncateSync(path.join(folder, name), 100);
  const second = await start();
  const again = await second.ask(numbers(203));
  expect(again.tokens).toEqual(tokens);
  expect(again.cachedTokens).toBeLessThan(200);
  await second.engine.close();
  expect(files()).toHaveLength(50);
});

test('a cache with less room than the prompt on disk takes what fits', async () => {
  const first = await start();
  const { tokens } = await first.ask(numbers(203), {}, 4);
  await first.engine.close();
  const small = { contextTokens: 208, numBlocks: 52 };
  const second = await start({ limits: small });
  const running = second.begin(numbers(60, 3), {}, 100);
  const again = await second.ask(numbers(203), {}, 4);
  expect(again.tokens).toEqual(tokens);
  await running.done;
  await second.engine.close();
});

test('one that leaves while it is looked for leaves nothing behind; nor does closing', async () => {
  const first = await start();
  await first.ask(numbers(203));
  await first.engine.close();
  const second = await start();
  const left = second.begin(numbers(203));
  const late = second.begin(numbers(203), { deadlineMs: 60_000 });
  second.engine.abort(left.sequence, 'abort');
  expect(second.engine.numWaiting).toBe(1);
  await left.done;
  await second.engine.close();
  await expect(late.done).rejects.toMatchObject({ code: 'model_closed' });
  expect(second.engine.numWaiting).toBe(0);
});

test('draining waits for one that is looked for', async () => {
  const { engine, begin } = await start();
  const { done } = begin(numbers(100));
  await engine.drain();
  expect((await done).completionTokens).toBe(8);
  await engine.close();
});

test('what the MTP module has seen is kept with it, and drafts go on being right', async () => {
  const model = { mtpAccuracy: 1 };
  const first = await start({ speculation: 'mtp', model });
  const prompt = numbers(203);
  const { tokens } = await first.ask(prompt, {}, 30);
  await first.engine.close();
  const second = await start({ speculation: 'mtp', model });
  expect(await second.ask(prompt, {}, 30)).toEqual({ tokens, cachedTokens: 200 });
  const { draftedTokens, acceptedTokens } = second.engine.counters;
  expect(draftedTokens).toBeGreaterThan(10);
  expect(acceptedTokens).toBe(draftedTokens);
  await second.engine.close();
});

test.each([1, 2, 3])(
  'engines that come and go, small caches, aborts: every reply is that of one that keeps nothing (%i)',
  async (seed) => {
    const random = mulberry32(seed);
    const next = (limit: number) => Math.floor(random() * limit);
    const plain = await start({ prefixCache: false });
    let found = 0;
    for (let round = 0; round < 3; round++) {
      const numBlocks = 60 + next(60);
      const { engine, begin } = await start({
        ...(seed > 1 && { speculation: 'mtp', model: { mtpAccuracy: 0.8 } }),
        limits: { contextTokens: 220, numBlocks },
      });
      const checks: Promise<void>[] = [];
      for (let i = 0; i < 15; i++) {
        const prompt = [...numbers(100, next(3)), ...numbers(next(80), next(4))];
        const { sequence, done } = begin(prompt, { cacheSalt: `${next(2)}` }, 1 + next(12));
        if (next(3) === 0) await new Promise((resolve) => setTimeout(resolve, next(4)));
        if (next(6) === 0) engine.abort(sequence, 'abort');
        const check = async ({ tokens, completionTokens, finishReason }: Sequence) => {
          if (finishReason === 'abort') return;
          const expected = await plain.ask(prompt, {}, completionTokens);
          expect([...tokens.subarray(prompt.length)]).toEqual(expected.tokens);
          found += sequence.cachedTokens ?? 0;
        };
        checks.push(done.then(check));
      }
      await Promise.all(checks);
      expect(engine.numFreeBlocks).toBe(numBlocks);
      await engine.close();
    }
    expect(found).toBeGreaterThan(500);
    await plain.engine.close();
  },
);
