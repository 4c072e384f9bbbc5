import { expect, test } from 'vitest';
import { FakeModel, type FakeModelOptions } from '../../test/fakes/fake-model.ts';
import type { FakeMtp } from '../../test/fakes/fake-mtp.ts';
import { freeSteps } from '../../test/fakes/free-steps.ts';
import { mulberry32 } from '../base/mulberry32.ts';
import { Engine, type EngineLimits, type EngineOptions } from './engine.ts';
import { type SamplingOptions, samplingParams } from './sampling-params.ts';
import type { Sequence, TokenSink, Verdict } from './sequence.ts';
import type { StepCost } from './step-cost.ts';

const limits: EngineLimits = {
  ...{ contextTokens: 300, numBlocks: 1600, blockTokens: 4, maxSequences: 16 },
  ...{ maxPrefillTokens: 64, vocabSize: 259 },
};
const defaults = { temperature: 0, topP: 1, topK: 0, minP: 0 };

interface Request {
  readonly prompt: readonly number[];
  readonly options?: SamplingOptions;
  readonly verdict?: (tokens: readonly number[]) => Verdict;
}
interface Result {
  readonly tokens: readonly number[];
  /** A number from the row that each token was drawn from. */
  readonly rows: readonly number[];
  readonly end: unknown;
}

function setup(
  options: EngineOptions & { limits?: Partial<EngineLimits>; model?: FakeModelOptions } = {},
) {
  const model = new FakeModel(options.model ?? { onLogits: talkative });
  const engine = new Engine(
    model,
    { ...limits, ...options.limits },
    { stepCost: freeSteps, ...options },
  );
  const start = ({ prompt, options, verdict }: Request) => {
    const params = samplingParams({ seed: 1, ...options }, defaults, 259, [256]);
    const tokens: number[] = [];
    const rows: number[] = [];
    let sequence!: Sequence;
    const done = new Promise<Result>((resolve) => {
      const sink: TokenSink = {
        onToken(token, row) {
          tokens.push(token);
          rows.push(row === undefined ? -1 : row[7]! + row[token]!);
          return verdict?.(tokens) ?? 'continue';
        },
        onFinish: ({ finishReason: end }) => resolve({ tokens, rows, end }),
        onError: (_, end) => resolve({ tokens, rows, end }),
      };
      sequence = engine.add(prompt, params, sink);
    });
    return { sequence, done, tokens };
  };
  return { model, engine, start };
}

/** Says the same phrases again and again, and something else now and then. */
function talkative(row: Float32Array, context: readonly number[]): void {
  const likeliest = row.indexOf(row.reduce((a, b) => Math.max(a, b)));
  if (likeliest % 20 === 0) return;
  const last = context.at(-1) as number;
  row[(last * 5 + 3) % 64] = 12;
}

/** Continues the prompt's own text from where its last four tokens stood. */
function copying(row: Float32Array, context: readonly number[]): void {
  const tail = context.slice(-4);
  const place = context.findIndex((_, i) => tail.every((token, j) => context[i + j] === token));
  row.fill(0);
  row[context[place + 4] ?? 5] = 1;
}

/** 16 of all kinds. */
function mixed(): Request[] {
  const kinds: SamplingOptions[] = [
    {},
    { temperature: 0.6 },
    { temperature: 1, topK: 20, topP: 0.9 },
    { presencePenalty: 0.7, frequencyPenalty: 0.3 },
    { temperature: 0.5, repetitionPenalty: 1.2 },
    { logitBias: { 10: 3, 53: -4 } },
    { stopTokens: [17] },
    { temperature: 0.3, minP: 0.1 },
  ];
  const force = [1, 2, 3, 4, 5];
  return Array.from({ length: 16 }, (_, i) => ({
    prompt: Array.from({ length: 1 + i * 4 }, (_, j) => (i * 31 + j * 7) % 64),
    options: { ...kinds[i % 8], maxTokens: 30 + 11 * i, seed: i },
    verdict: (tokens) => {
      if (i === 5 && tokens.length === 41) return { force };
      if (i === 11 && tokens.length % 20 === 0) return { force };
      return i === 13 && tokens.length === 60 ? 'stop' : 'continue';
    },
  }));
}

async function resultsOf(options: Parameters<typeof setup>[0], requests = mixed()) {
  const { engine, start } = setup(options);
  const results = await Promise.all(requests.map((request) => start(request).done));
  expect(engine.numFreeBlocks).toBe(engine.limits.numBlocks);
  await engine.close();
  return { results, counters: engine.counters };
}

async function oneByOne(requests = mixed()) {
  const { engine, start } = setup({ speculation: 'off' });
  const results: Result[] = [];
  for (const request of requests) results.push(await start(request).done);
  expect(engine.counters.draftedTokens).toBe(0);
  await engine.close();
  return results;
}

const arrangements: [string, EngineOptions & { limits?: Partial<EngineLimits> }][] = [
  ['one at a time', { limits: { maxSequences: 1 } }],
  ['three at a time', { limits: { maxSequences: 3 } }],
  [
    'blocks of 1, chunks of 5',
    { limits: { maxSequences: 4, blockTokens: 1, maxPrefillTokens: 5 } },
  ],
  ['a cache for one: preemption', { limits: { maxSequences: 6, blockTokens: 2, numBlocks: 150 } }],
];

test.each(arrangements)('replies are those of plain decoding: %s', async (name, options) => {
  const expected = await oneByOne();
  const { results, counters } = await resultsOf(options);
  expect(results).toEqual(expected);
  expect(counters.acceptedTokens).toBeGreaterThan(100);
  expect(counters.draftedTokens).toBeGreaterThan(counters.acceptedTokens);
  expect(counters.preemptions > 0).toBe(name.includes('preemption'));
});

test.each([0, 0.5, 0.9, 1])(
  'and with an MTP module that is right as often as %d',
  async (mtpAccuracy) => {
    const model = { onLogits: talkative, mtpAccuracy };
    const expected = await oneByOne();
    for (const speculation of ['auto', 'mtp'] as const) {
      for (const [, options] of arrangements) {
        const { results } = await resultsOf({ ...options, model, speculation });
        expect(results).toEqual(expected);
      }
    }
  },
);

test('a storm of aborts and late arrivals: what was given out is a beginning of the plain reply', async () => {
  const random = mulberry32(5);
  const next = (limit: number) => Math.floor(random() * limit);
  const model = { onLogits: talkative, mtpAccuracy: 0.8 };
  const { engine, start } = setup({ model, limits: { maxSequences: 5, numBlocks: 90 } });
  const expected = await oneByOne();
  const requests = mixed();
  const checks: Promise<void>[] = [];
  for (let i = 0; i < 60; i++) {
    const which = next(16);
    const { sequence, done, tokens } = start(requests[which] as Request);
    if (next(3) > 0) await new Promise((resolve) => setTimeout(resolve, next(8)));
    if (next(3) === 0) engine.abort(sequence, 'abort');
    const check = ({ end }: Result) => {
      expect((expected[which] as Result).tokens.slice(0, tokens.length)).toEqual(tokens);
      if (end !== 'abort') expect(tokens).toEqual(expected[which]?.tokens);
    };
    checks.push(done.then(check));
  }
  await Promise.all(checks);
  expect(engine.numFreeBlocks).toBe(90);
  await engine.close();
});

test('random text: hardly a token is drafted', async () => {
  const { engine, start } = setup({ model: {}, limits: { contextTokens: 6000, vocabSize: 64 } });
  const { tokens } = await start({ prompt: [1, 2, 3], options: { maxTokens: 3000 } }).done;
  expect(tokens).toHaveLength(3000);
  expect(engine.counters.draftedTokens).toBeLessThan(0.02 * 3000);
  await engine.close();
});

test('a long passage of the prompt that is copied: more than three tokens per step', async () => {
  const passage = Array.from({ length: 240 }, (_, i) => (i * i * 7 + i * 13) % 250);
  const prompt = [...passage, 251, 252, ...passage.slice(0, 5)];
  const { model, engine, start } = setup({
    model: { onLogits: copying },
    limits: { contextTokens: 600 },
  });
  const { sequence, done } = start({ prompt, options: { maxTokens: 200 } });
  const { tokens } = await done;
  expect(tokens).toEqual(passage.slice(5, 205));
  const decodeSteps = model.steps.filter((step) => step.tokens <= 8).length;
  expect(tokens.length / decodeSteps).toBeGreaterThan(3);
  expect([sequence.draftedTokens, sequence.acceptedTokens]).toEqual([
    engine.counters.draftedTokens,
    engine.counters.acceptedTokens,
  ]);
  await engine.close();
});

test('a step has at most 8 rows, and no drafts beside a chunk of a prompt', async () => {
  const steps: { rows: number; sequences: number; drafts: number; isPrefill: boolean }[] = [];
  const model: FakeModelOptions = {
    onLogits: talkative,
    mtpAccuracy: 0.9,
    onStep: ({ tokens, sequences, logitRows }) => {
      const ends = sequences.map(({ queryStart, queryTokens }) => queryStart + queryTokens - 1);
      const drafts = [...logitRows].filter((row) => !ends.includes(row)).length;
      const isPrefill = tokens.length - drafts > sequences.length;
      steps.push({ rows: tokens.length, sequences: sequences.length, drafts, isPrefill });
    },
  };
  await resultsOf({ model, limits: { maxSequences: 5, maxPrefillTokens: 8 } });
  const isMixed = ({ isPrefill, sequences }: (typeof steps)[number]) => isPrefill && sequences > 1;
  expect(steps.filter(isMixed).length).toBeGreaterThan(10);
  expect(steps.filter(({ isPrefill, drafts }) => isPrefill && drafts > 0)).toEqual([]);
  expect(Math.max(...steps.map(({ drafts, rows }) => (drafts > 0 ? rows : 0)))).toBe(8);
  expect(steps.some(({ drafts, sequences }) => drafts > 1 && sequences === 5)).toBe(true);
});

test('drafts end before the reply and the context do', async () => {
  for (const [numPrompt, maxTokens] of [
    [20, 250],
    [20, 1000],
  ] as const) {
    const model: FakeModelOptions = {
      onLogits: (row, context) => {
        row[context.length % 5] = 9;
      },
      onStep: ({ positions }) =>
        expect(Math.max(...positions)).toBeLessThan(Math.min(300, numPrompt + maxTokens) - 1),
    };
    const { engine, start } = setup({ model });
    const { end, tokens } = await start({
      prompt: Array.from({ length: numPrompt }, (_, i) => i),
      options: { maxTokens },
    }).done;
    expect(end).toBe('length');
    expect(tokens).toHaveLength(Math.min(maxTokens, 300 - numPrompt));
    expect(engine.counters.acceptedTokens).toBeGreaterThan(150);
    await engine.close();
  }
});

test('blocks that wrong guesses were written to are free again in the next step', async () => {
  const requests = mixed().slice(0, 4);
  const excess: number[] = [];
  const model: FakeModelOptions = {
    onLogits: talkative,
    onStep: ({ sequences }) => {
      for (const { blockTable, contextTokens } of sequences) {
        excess.push(blockTable.length - contextTokens);
      }
    },
  };
  const tight = { blockTokens: 1, numBlocks: 300, maxSequences: 4 };
  const { counters, results } = await resultsOf({ model, limits: tight }, requests);
  expect(results).toEqual(await oneByOne(requests));
  expect(counters.draftedTokens).toBeGreaterThan(counters.acceptedTokens);
  expect(Math.max(...excess)).toBe(0);
});

test('an MTP module that is always right gives two tokens a step; it sees every token once', async () => {
  const { model, engine, start } = setup({ model: { mtpAccuracy: 1 } });
  const { tokens } = await start({ prompt: [9, 8, 7], options: { maxTokens: 101 } }).done;
  expect(tokens).toHaveLength(101);
  // One for the prompt, then two at a time.
  expect(model.steps).toHaveLength(51);
  const { draftedTokens, acceptedTokens } = engine.counters;
  expect([draftedTokens, acceptedTokens]).toEqual([50, 50]);
  expect(model.mtp?.calls.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(103);
  await engine.close();
  expect(model.mtp?.cache?.isClosed).toBe(true);
});

test('one that is always wrong is left alone soon, and tried again by few', async () => {
  const { model, engine, start } = setup({ model: { mtpAccuracy: 0 } });
  for (let i = 0; i < 20; i++) {
    await start({ prompt: [i, 1], options: { maxTokens: 100 } }).done;
  }
  expect(engine.counters.draftedTokens).toBeLessThan(50);
  expect(model.mtp?.calls.length).toBeLessThan(0.1 * model.steps.length);
  expect(model.mtp?.calls.length).toBeGreaterThan(20);
  await engine.close();
});

test('one that was left alone and is right by now comes back for all', async () => {
  const { model, engine, start } = setup({ model: { mtpAccuracy: 0 } });
  const reply = (i: number) => start({ prompt: [i, 1], options: { maxTokens: 60 } });
  for (let i = 0; i < 4; i++) await reply(i).done;
  (model.mtp as FakeMtp).accuracy = 1;
  for (let i = 0; i < 12; i++) await reply(i).done;
  const { sequence, done } = reply(13);
  await done;
  expect(sequence.acceptedTokens).toBeGreaterThan(25);
  await engine.close();
});

test('speculation off: no module, no cache for it, no draft', async () => {
  const model = { onLogits: talkative, mtpAccuracy: 1 };
  for (const speculation of ['off', 'ngram'] as const) {
    const { model: fake, engine, start } = setup({ model, speculation });
    await start({ prompt: [1], options: { maxTokens: 90 } }).done;
    expect(fake.mtp?.cache).toBeUndefined();
    expect(engine.counters.draftedTokens > 0).toBe(speculation === 'ngram');
    await engine.close();
  }
});

test('an MTP module that takes longer than a step is left alone soon', async () => {
  const stepCost: StepCost = {
    ...freeSteps,
    relative: (_rows, _base, withDraft) => (withDraft ? 2.1 : 1),
  };
  const { model, engine, start } = setup({ model: { mtpAccuracy: 1 }, stepCost });
  await start({ prompt: [1, 2], options: { maxTokens: 100 } }).done;
  expect(model.mtp?.calls.length).toBeLessThan(20);
  await engine.close();
});

test('where rows cost as much as steps nothing is drafted', async () => {
  const times = new Map<number, number>();
  const dear: StepCost = {
    ...freeSteps,
    note: (rows) => void times.set(rows, (times.get(rows) ?? 0) + 1),
    relative: (rows, baseRows) => rows / baseRows,
  };
  const { engine, start } = setup({ stepCost: dear });
  await start({ prompt: [1], options: { maxTokens: 200 } }).done;
  expect(engine.counters.draftedTokens).toBe(0);
  expect([...times.keys()]).toEqual([1]);
  await engine.close();
});
