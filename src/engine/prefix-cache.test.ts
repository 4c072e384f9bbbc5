import { expect, test } from 'vitest';
import { FakeModel, type FakeModelOptions } from '../../test/fakes/fake-model.ts';
import { freeSteps } from '../../test/fakes/free-steps.ts';
import { mulberry32 } from '../base/mulberry32.ts';
import { BlockManager } from './block-manager.ts';
import { Engine, type EngineLimits, type EngineOptions } from './engine.ts';
import { type SamplingOptions, samplingParams } from './sampling-params.ts';
import { Sequence, type SequenceOptions, type TokenSink } from './sequence.ts';

const defaults = { temperature: 0, topP: 1, topK: 0, minP: 0 };
const limits: EngineLimits = {
  ...{ contextTokens: 200, numBlocks: 400, blockTokens: 4, maxSequences: 16 },
  ...{ maxPrefillTokens: 64, vocabSize: 259 },
};

function setup(
  options: EngineOptions & { limits?: Partial<EngineLimits>; model?: FakeModelOptions } = {},
) {
  const model = new FakeModel(options.model);
  const all = { speculation: 'off', stepCost: freeSteps, ...options } as const;
  const engine = new Engine(model, { ...limits, ...options.limits }, all);
  const start = (prompt: readonly number[], o: SamplingOptions & SequenceOptions = {}) => {
    const params = samplingParams({ seed: 1, maxTokens: 8, ...o }, defaults, 259, [256]);
    const tokens: number[] = [];
    let sequence!: Sequence;
    const done = new Promise<number[]>((resolve, reject) => {
      const sink: TokenSink = {
        onToken(token) {
          tokens.push(token);
          return 'continue';
        },
        onFinish: () => resolve(tokens),
        onError: (_, reason) => reject(reason),
      };
      sequence = engine.add(prompt, params, sink, o);
    });
    return { sequence, tokens, done };
  };
  const ask = async (prompt: readonly number[], o: SamplingOptions & SequenceOptions = {}) => {
    const { sequence, done } = start(prompt, o);
    return { tokens: await done, cached: sequence.cachedTokens };
  };
  return { model, engine, start, ask };
}

const numbers = (count: number, seed = 0) =>
  Array.from({ length: count }, (_, i) => (i * 7 + seed * 31 + (i * i) / 4) & 255);

test('what a reply began with is not computed again: full blocks, and one token is left', async () => {
  const { model, engine, ask } = setup();
  const prompt = numbers(40);
  const first = await ask(prompt);
  expect(first.cached).toBe(0);
  const steps = model.steps.length;
  expect(await ask(prompt)).toEqual({ tokens: first.tokens, cached: 36 });
  expect(model.steps[steps]?.tokens).toBe(4);
  // The next turn begins with the prompt and the reply: 40 + 8, the last of which was not computed.
  const turn = [...prompt, ...first.tokens, 1, 2, 3];
  expect((await ask(turn)).cached).toBe(44);
  expect(await ask(turn.slice(0, 47))).toMatchObject({ cached: 44 });
  await engine.close();
});

test('only a salt of one`s own finds what was computed under it', async () => {
  const { engine, ask } = setup();
  const prompt = numbers(40);
  await ask(prompt, { cacheSalt: 'anna' });
  expect((await ask(prompt)).cached).toBe(0);
  expect((await ask(prompt, { cacheSalt: 'anna' })).cached).toBe(36);
  expect((await ask(prompt, { cacheSalt: 'bert' })).cached).toBe(0);
  await engine.close();
});

test('samples that are asked for at once compute their prompt once', async () => {
  const { model, engine, start } = setup();
  const prompt = numbers(150);
  const all = Array.from({ length: 8 }, (_, seed) => start(prompt, { seed, temperature: 1 }));
  const replies = await Promise.all(all.map(({ done }) => done));
  expect(new Set(replies.map(String)).size).toBe(8);
  expect(all.map(({ sequence }) => sequence.cachedTokens)).toEqual([0, ...Array(7).fill(148)]);
  const prefilled = model.steps.reduce((sum, { tokens }) => sum + tokens, 0) - 8 * 7;
  expect(prefilled).toBe(150 + 7 * 2);
  await engine.close();
});

test('the least recently used goes first, and the end of a prefix before its beginning', async () => {
  const { engine, ask } = setup({ limits: { contextTokens: 80, numBlocks: 25 } });
  const [a, b, c] = [numbers(40, 1), numbers(40, 2), numbers(40, 3)];
  await ask(a, { maxTokens: 1 });
  await ask(b, { maxTokens: 1 });
  await ask(a, { maxTokens: 1 });
  // a and b have 10 blocks each, this takes the 5 that are left and the last 5 of b.
  await ask(c, { maxTokens: 1 });
  expect((await ask(a, { maxTokens: 1 })).cached).toBe(36);
  // And one more of b for the end of a, which was computed again before its block was found.
  expect((await ask(b, { maxTokens: 1 })).cached).toBe(16);
  await engine.close();
});

test('without it nothing is found', async () => {
  const { engine, ask } = setup({ prefixCache: false });
  await ask(numbers(40));
  expect((await ask(numbers(40))).cached).toBe(0);
  await engine.close();
});

test('a preempted sequence finds its own blocks again', async () => {
  const { model, engine, start } = setup({ limits: { contextTokens: 100, numBlocks: 26 } });
  const options = { maxTokens: 40, logitBias: { 256: -100 } };
  const all = [1, 2].map((seed) => start(numbers(40, seed), options));
  await Promise.all(all.map(({ done }) => done));
  expect(engine.counters.preemptions).toBeGreaterThan(0);
  const computed = model.steps.reduce((sum, { tokens }) => sum + tokens, 0);
  expect(computed).toBeLessThan(2 * 79 + engine.counters.preemptions * 40);
  await engine.close();
});

/** Prompts that branch: a few beginnings, a few ways to go on, often the same ones. */
function branching(next: (limit: number) => number): number[] {
  const prompt: number[] = [];
  for (let part = 0; part < 1 + next(4); part++) prompt.push(...numbers(3 + next(3) * 9, next(3)));
  return prompt.slice(0, 75);
}

const arrangements: [string, EngineOptions & { limits?: Partial<EngineLimits>; mtp?: number }][] = [
  ['room for all', {}],
  ['a small cache', { limits: { numBlocks: 45 } }],
  ['a cache for one, chunks of 7', { limits: { numBlocks: 26, maxPrefillTokens: 7 } }],
  ['blocks of 1', { limits: { blockTokens: 1, numBlocks: 140 } }],
  ['blocks of 16', { limits: { blockTokens: 16, numBlocks: 14, maxPrefillTokens: 20 } }],
  ['guesses from the text', { speculation: 'ngram', limits: { numBlocks: 45, maxSequences: 3 } }],
  ['an MTP module', { speculation: 'mtp', mtp: 0.7, limits: { numBlocks: 45, maxSequences: 4 } }],
  [
    'a bad MTP module',
    { speculation: 'auto', mtp: 0.1, limits: { numBlocks: 60, maxSequences: 3 } },
  ],
];

test.each(
  arrangements.flatMap(([name, options]) =>
    [1, 2, 3].map((seed) => [name, seed, options] as const),
  ),
)('%s: every reply is that of an engine that shares nothing (%i)', async (_, seed, options) => {
  const random = mulberry32(seed);
  const next = (limit: number) => Math.floor(random() * limit);
  const model: FakeModelOptions = {
    onLogits: talkative,
    ...(options.mtp !== undefined && { mtpAccuracy: options.mtp }),
  };
  const size = { contextTokens: 100, ...options.limits };
  const { engine, start } = setup({ ...options, model, limits: size });
  const alone = setup({
    model: { onLogits: talkative },
    limits: { contextTokens: 100 },
    prefixCache: false,
  });
  const checks: Promise<void>[] = [];
  let cached = 0;
  for (let i = 0; i < 80; i++) {
    const prompt = branching(next);
    const o = {
      seed: i,
      temperature: next(2) / 2,
      maxTokens: 1 + next(25),
      cacheSalt: `${next(2)}`,
    };
    const { sequence, tokens, done } = start(prompt, o);
    if (next(8) === 0) engine.abort(sequence, 'abort');
    if (next(3) === 0) await new Promise((resolve) => setTimeout(resolve, next(3)));
    if (next(8) === 0) engine.abort(sequence, 'abort');
    const check = async () => {
      const expected = await alone.start(prompt, o).done;
      const isWhole = sequence.finishReason !== 'abort';
      expect(tokens).toEqual(isWhole ? expected : expected.slice(0, tokens.length));
      cached += sequence.cachedTokens ?? 0;
    };
    checks.push(done.then(check));
  }
  await Promise.all(checks);
  expect(cached).toBeGreaterThan(60);
  expect(engine.numFreeBlocks).toBe(engine.limits.numBlocks);
  await Promise.all([engine.close(), alone.engine.close()]);
});

/** Says the same phrases again and again, so that there is something to guess. */
function talkative(row: Float32Array, context: readonly number[]): void {
  const likeliest = row.indexOf(row.reduce((a, b) => Math.max(a, b)));
  if (likeliest % 10 !== 0) row[((context.at(-1) as number) * 5 + 3) % 64] = 12;
}

test('an MTP module that is always right stays so on shared blocks: its rows are those of the sequence', async () => {
  const model = { mtpAccuracy: 1 };
  const { engine, start, ask } = setup({
    speculation: 'mtp',
    model,
    limits: { contextTokens: 300 },
  });
  const options = { maxTokens: 30, logitBias: { 256: -100 } };
  const common = numbers(64); // whole blocks: what comes next differs
  const first = await ask([...common, 1, 2, 3], options);
  await Promise.all([4, 5, 6].map((i) => start([...common, i, 7, 8], options).done));
  const second = await ask([...common, 9, 9, 9], options);
  expect(second.cached).toBe(60);
  const turn = await ask([...common, 1, 2, 3, ...first.tokens, 5, 5], options);
  expect(turn.cached).toBe(92); // the module did not see the last step
  const { draftedTokens, acceptedTokens } = engine.counters;
  expect(draftedTokens).toBeGreaterThan(60);
  expect(acceptedTokens).toBe(draftedTokens);
  await engine.close();
});

test('blocks that an MTP module has not seen are shared without drafts, and replaced when it has', () => {
  const blocks = new BlockManager(40, 4, { hasDrafts: true });
  const params = samplingParams({}, defaults, 259, []);
  const sink = { onToken: () => 'continue' as const, onFinish() {}, onError() {} };
  let id = 0;
  const run = (drafts: boolean, tries = false) => {
    const sequence = new Sequence(id++, numbers(33), params, sink);
    sequence.triesDrafts = tries;
    sequence.status = 'running';
    const match = blocks.match(sequence);
    blocks.share(sequence, match);
    const found = [sequence.numComputedTokens, sequence.numDraftRows];
    blocks.allocate(sequence, 33);
    sequence.numComputedTokens = 32;
    if (drafts) sequence.numDraftRows = 32;
    blocks.keep(sequence);
    blocks.checkIntegrity([sequence]);
    sequence.status = 'finished';
    blocks.free(sequence);
    blocks.checkIntegrity([]);
    return found;
  };
  expect(run(false)).toEqual([0, 0]);
  expect(run(false)).toEqual([32, 0]);
  expect(run(true, true)).toEqual([0, 0]);
  expect(blocks.numCachedBlocks).toBe(8);
  expect(run(false)).toEqual([32, 32]);
  expect(blocks.numFreeBlocks).toBe(40);
});

/** Collides all the time, in all the ways: with other tokens, other beginnings, other salts. */
const badHash = (_: number, tokens: Int32Array, start: number) => (tokens[start] as number) & 7;
const flatHash = (before: number) => (before + 1) & 7;

test.each([
  ['a good hash', undefined],
  ['one that sees a token', badHash],
  ['one that sees nothing', flatHash],
])('%s: blocks that are shared hold the sequence`s own tokens, whatever their keys', (_, chain) => {
  const random = mulberry32(3);
  const next = (limit: number) => Math.floor(random() * limit);
  const blocks = new BlockManager(40, 2, { hasDrafts: true, ...(chain && { chain }) });
  const params = samplingParams({}, defaults, 259, []);
  const sink = { onToken: () => 'continue' as const, onFinish() {}, onError() {} };
  /** What was computed into each block: salt, and all tokens up to the one behind it. */
  const contents: string[] = [];
  const contentOf = ({ tokens, cacheSalt }: Sequence, index: number) =>
    `${cacheSalt}|${tokens.subarray(0, 2 * index + 3)}`;
  const running: Sequence[] = [];
  let hits = 0;
  for (let i = 0; i < 3000; i++) {
    if (running.length === 4 || (running.length > 0 && next(2) === 0)) {
      const [sequence] = running.splice(next(running.length), 1) as [Sequence];
      sequence.status = 'finished';
      blocks.free(sequence);
    } else {
      const prompt = Array.from({ length: 3 + next(12) }, (_, j) => next(2) * (1 + (j & 1)));
      const sequence = new Sequence(i, prompt, params, sink, { cacheSalt: `${next(2)}` });
      sequence.triesDrafts = next(4) === 0;
      sequence.status = 'running';
      blocks.share(sequence, blocks.match(sequence));
      const shared = sequence.blocks.length;
      for (let b = 0; b < shared; b++) {
        expect(contents[sequence.blocks.at(b)]).toBe(contentOf(sequence, b));
      }
      hits += shared;
      expect(blocks.allocate(sequence, prompt.length)).toBe(true);
      const full = Math.floor((prompt.length - 1) / 2);
      for (let b = shared; b < full; b++) contents[sequence.blocks.at(b)] = contentOf(sequence, b);
      sequence.numComputedTokens = prompt.length - 1;
      if (next(2) === 0 && sequence.numDraftRows === shared * 2) {
        sequence.numDraftRows = sequence.numComputedTokens;
      }
      blocks.keep(sequence);
      for (let b = 0; b < full; b++) {
        expect(contents[sequence.blocks.at(b)]).toBe(contentOf(sequence, b));
      }
      running.push(sequence);
    }
    if (i % 10 === 0) blocks.checkIntegrity(running);
  }
  expect(hits).toBeGreaterThan(chain === undefined ? 500 : 50);
});
