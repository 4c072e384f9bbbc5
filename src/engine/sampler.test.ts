import { expect, test } from 'vitest';
import { Sampler } from './sampler.ts';
import { SamplerState } from './sampler-state.ts';
import { type SamplingOptions, samplingParams } from './sampling-params.ts';

const defaults = { temperature: 1, topP: 1, topK: 0, minP: 0 };

function state(options: SamplingOptions, vocabSize: number, prompt: number[] = []) {
  return new SamplerState(samplingParams({ seed: 1, ...options }, defaults, vocabSize, []), prompt);
}

/** Logits of a lumpy distribution: many small values, a few large, exact ties. */
function lumpy(size: number, seed = 1): Float32Array {
  let x = seed;
  return Float32Array.from({ length: size }, (_, i) => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return i % 7 === 0 ? 1.5 : (x / 2 ** 32) ** 3 * 6 - 2;
  });
}

const softmax = (logits: readonly number[]) => {
  const max = Math.max(...logits);
  const weights = logits.map((l) => Math.exp(l - max));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / sum);
};
const normalised = (p: readonly number[]) => {
  const sum = p.reduce((a, b) => a + b, 0);
  return p.map((x) => x / sum);
};

/** The textbook: every rule written down plainly, in the documented order. */
function expectedDistribution(
  row: Float32Array,
  o: SamplingOptions,
  prompt: number[],
  reply: number[],
) {
  const l = [...row];
  for (const [id, bias] of Object.entries(o.logitBias ?? {})) l[Number(id)]! += bias;
  for (const id of new Set([...prompt, ...reply])) {
    const r = o.repetitionPenalty ?? 1;
    l[id] = l[id]! > 0 ? l[id]! / r : l[id]! * r;
  }
  for (const id of reply) l[id]! -= o.frequencyPenalty ?? 0;
  for (const id of new Set(reply)) l[id]! -= o.presencePenalty ?? 0;
  let p = softmax(l.map((x) => x / (o.temperature ?? 1)));
  const max = Math.max(...p);
  p = normalised(p.map((x) => (x < (o.minP ?? 0) * max ? 0 : x)));
  const order = p.map((_, i) => i).sort((a, b) => p[b]! - p[a]! || a - b);
  if (o.topK) for (const id of order.slice(o.topK)) p[id] = 0;
  p = normalised(p);
  let mass = 0;
  for (const id of order) {
    if (mass >= (o.topP ?? 1) && mass > 0) p[id] = 0;
    mass += p[id]!;
  }
  return normalised(p);
}

/** Pearson's statistic over the tokens that are expected at least five times. */
function chiSquare(counts: readonly number[], p: readonly number[], draws: number) {
  let statistic = 0;
  let cells = 0;
  let [rareCount, rareExpected] = [0, 0];
  p.forEach((probability, id) => {
    if (probability * draws < 5) {
      rareCount += counts[id]!;
      rareExpected += probability * draws;
      return;
    }
    statistic += (counts[id]! - probability * draws) ** 2 / (probability * draws);
    cells++;
  });
  if (rareExpected >= 5) {
    statistic += (rareCount - rareExpected) ** 2 / rareExpected;
    cells++;
  }
  return { statistic, freedom: cells - 1 };
}
/** Upper 0.1 % point (Wilson and Hilferty's approximation). */
const limit = (freedom: number) =>
  freedom * (1 - 2 / (9 * freedom) + 3.09 * Math.sqrt(2 / (9 * freedom))) ** 3;

const cases: [string, SamplingOptions][] = [
  ['plain', {}],
  ['a low temperature', { temperature: 0.6 }],
  ['a high temperature', { temperature: 2 }],
  ['top-k', { topK: 5 }],
  ['top-k beyond the vocabulary', { topK: 1000 }],
  ['top-p', { topP: 0.7 }],
  ['top-p after temperature', { temperature: 0.6, topP: 0.95 }],
  ['min-p', { minP: 0.2 }],
  ['all filters', { temperature: 1.3, topK: 20, topP: 0.9, minP: 0.05 }],
  ['penalties', { repetitionPenalty: 1.3, presencePenalty: 0.5, frequencyPenalty: 0.4 }],
  ['bias', { logitBias: { 3: 2, 4: -100 } }],
  [
    'everything',
    { temperature: 0.8, topK: 30, topP: 0.9, repetitionPenalty: 1.1, logitBias: { 9: 1 } },
  ],
];

test.each(cases)('draws follow the textbook distribution: %s', (_, options) => {
  const vocabSize = 64;
  const [prompt, reply] = [
    [1, 2, 3],
    [7, 7, 7, 9, 14],
  ];
  const row = lumpy(vocabSize);
  const p = expectedDistribution(row, options, prompt, reply);
  const sequence = state(options, vocabSize, prompt);
  for (const token of reply) sequence.count(token);
  const sampler = new Sampler(vocabSize);
  const draws = 30_000;
  const counts = new Array<number>(vocabSize).fill(0);
  for (let i = 0; i < draws; i++) counts[sampler.sample(row, sequence)]!++;

  counts.forEach((count, id) => {
    if (p[id] === 0) expect(count, `token ${id} is out`).toBe(0);
  });
  const { statistic, freedom } = chiSquare(counts, p, draws);
  expect(statistic).toBeLessThan(limit(freedom));
});

test('a nucleus that reaches into a long flat tail is cut where the textbook cuts it', () => {
  const [size, peak, draws] = [2000, 1234, 1000];
  const row = new Float32Array(size).map((_, id) => (id === peak ? 9 : id * 1e-6));
  const p = expectedDistribution(row, { topP: 0.9 }, [], []);
  const sequence = state({ topP: 0.9 }, size);
  const sampler = new Sampler(size);
  const drawn = Array.from({ length: draws }, () => sampler.sample(row, sequence));
  expect(drawn.filter((id) => p[id] === 0)).toEqual([]);
  const share = drawn.filter((id) => id === peak).length / draws;
  expect(Math.abs(share - p[peak]!)).toBeLessThan(0.05);
  expect(p.filter((x) => x > 0).length).toBeGreaterThan(500);
  expect(new Set(drawn).size).toBeGreaterThan(50);
});

test('the chi-square test itself notices a distribution that is 10 % off', () => {
  const p = expectedDistribution(lumpy(64), {}, [], []);
  const wrong = normalised(p.map((x, i) => (i % 2 ? x * 1.1 : x)));
  const sampler = new Sampler(64);
  const sequence = state({}, 64);
  const counts = new Array<number>(64).fill(0);
  for (let i = 0; i < 30_000; i++) counts[sampler.sample(lumpy(64), sequence)]!++;
  const { statistic, freedom } = chiSquare(counts, wrong, 30_000);
  expect(statistic).toBeGreaterThan(limit(freedom));
});

test('greedy takes the likeliest after bias and penalties, ties to the smaller id, and draws nothing', () => {
  const sampler = new Sampler(4);
  const row = Float32Array.of(1, 3, 3, 2);
  expect(sampler.sample(row, state({ temperature: 0 }, 4))).toBe(1);
  expect(sampler.sample(row, state({ temperature: 0, logitBias: { 3: 5 } }, 4))).toBe(3);
  const penalised = state({ temperature: 0, frequencyPenalty: 1 }, 4);
  penalised.count(1);
  expect(sampler.sample(row, penalised)).toBe(2);
  expect([...row]).toEqual([1, 3, 3, 2]);
});

test('the repetition penalty makes likely and unlikely tokens less likely, in prompt and reply', () => {
  const sampler = new Sampler(3);
  const options = { temperature: 0, repetitionPenalty: 2 };
  expect(sampler.sample(Float32Array.of(3, 2, 1), state(options, 3, [0]))).toBe(1);
  expect(sampler.sample(Float32Array.of(-2, -3, -9), state(options, 3, [0]))).toBe(1);
  const replied = state(options, 3);
  replied.count(0);
  expect(sampler.sample(Float32Array.of(3, 2, 1), replied)).toBe(1);
});

test('top-k of ties keeps the smaller ids', () => {
  const sampler = new Sampler(6);
  const row = Float32Array.of(0, 1, 1, 1, 1, 0);
  const sequence = state({ topK: 2 }, 6);
  const drawn = new Set(Array.from({ length: 200 }, () => sampler.sample(row, sequence)));
  expect([...drawn].sort()).toEqual([1, 2]);
});

test('a top-p smaller than the likeliest token leaves that token', () => {
  const sampler = new Sampler(3);
  const sequence = state({ topP: 0.01 }, 3);
  for (let i = 0; i < 50; i++) {
    expect(sampler.sample(Float32Array.of(0, 0.1, 0), sequence)).toBe(1);
  }
});

test('temperatures next to zero and logits far apart do not overflow', () => {
  const sampler = new Sampler(3);
  const row = Float32Array.of(-3e38, 3e38, Number.NEGATIVE_INFINITY);
  for (const temperature of [Number.MIN_VALUE, 1e-6, 100]) {
    expect(sampler.sample(row, state({ temperature }, 3))).toBe(1);
  }
});

test('the same seed draws the same tokens, another seed others', () => {
  const row = lumpy(64);
  const draw = (seed: number) => {
    const sequence = state({ seed }, 64);
    const sampler = new Sampler(64);
    return Array.from({ length: 40 }, () => sampler.sample(row, sequence));
  };
  expect(draw(5)).toEqual(draw(5));
  expect(draw(5)).not.toEqual(draw(6));
  expect(draw(5)).not.toEqual(draw(5 + 2 ** 32));
});

test('random numbers are even in [0, 1)', () => {
  const sequence = state({ seed: 0 }, 1);
  const counts = new Array<number>(100).fill(0);
  for (let i = 0; i < 100_000; i++) counts[Math.floor(sequence.draw() * 100)]!++;
  expect(counts).toHaveLength(100);
  const { statistic, freedom } = chiSquare(counts, new Array(100).fill(0.01), 100_000);
  expect(statistic).toBeLessThan(limit(freedom));
});

test('the first numbers of neighbouring seeds are as even', () => {
  for (const step of [1, 2 ** 20, 2 ** 33]) {
    const counts = new Array<number>(100).fill(0);
    for (let i = 0; i < 20_000; i++) {
      counts[Math.floor(state({ seed: i * step }, 1).draw() * 100)]!++;
    }
    const { statistic, freedom } = chiSquare(counts, new Array(100).fill(0.01), 20_000);
    expect(statistic).toBeLessThan(limit(freedom));
  }
});

test('log probabilities are those of the untouched distribution, the likeliest first', () => {
  const row = lumpy(64);
  const p = softmax([...row]);
  const order = p.map((_, i) => i).sort((a, b) => p[b]! - p[a]! || a - b);
  const sampler = new Sampler(64);
  const { logprob, top } = sampler.logprobs(row, 11, 20);
  expect(logprob).toBeCloseTo(Math.log(p[11]!), 6);
  expect(top.map(({ id }) => id)).toEqual(order.slice(0, 20));
  for (const { id, logprob } of top) expect(logprob).toBeCloseTo(Math.log(p[id]!), 6);
  const all = sampler.logprobs(row, 0, 64).top.reduce((sum, t) => sum + Math.exp(t.logprob), 0);
  expect(all).toBeCloseTo(1, 9);
  expect(sampler.logprobs(row, 0, 0).top).toEqual([]);
});

test.each([
  ['NaN', [0, Number.NaN, 1]],
  ['Infinity', [0, Number.POSITIVE_INFINITY, 1]],
  ['-Infinity', [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]],
])('logits that are %s are refused, greedy or not', (found, values) => {
  const row = Float32Array.from(values as number[]);
  const sampler = new Sampler(row.length);
  for (const temperature of [0, 1]) {
    expect(() => sampler.sample(row, state({ temperature }, row.length))).toThrow(
      expect.objectContaining({ code: 'logits_invalid', fields: { found } }),
    );
  }
});

/** Bits of these tokens. */
function maskOf(tokens: readonly number[], size: number): Uint32Array {
  const mask = new Uint32Array(Math.ceil(size / 32));
  for (const token of tokens) mask[token >>> 5]! |= 1 << (token & 31);
  return mask;
}

test.each<SamplingOptions>([
  { temperature: 0 },
  { temperature: 1.5 },
  { temperature: 1, topK: 3 },
  { temperature: 1, topP: 0.5, minP: 0.01 },
  { temperature: 1, logitBias: { 3: 100 }, frequencyPenalty: 1, repetitionPenalty: 1.5 },
])('a mask leaves what the sampler would do with nothing else in the vocabulary: %j', (options) => {
  const size = 100;
  const row = lumpy(size);
  const allowed = [0, 7, 31, 32, 50, 63, 64, 99];
  const sampler = new Sampler(size);
  const alone = new Sampler(size);
  const cut = row.map((value, i) => (allowed.includes(i) ? value : Number.NEGATIVE_INFINITY));
  const [a, b] = [state(options, size, [7, 50]), state(options, size, [7, 50])];
  for (let i = 0; i < 200; i++) {
    const token = sampler.sample(row, a, maskOf(allowed, size));
    expect(allowed).toContain(token);
    expect(token).toBe(alone.sample(cut, b));
    a.count(token);
    b.count(token);
  }
});

test('a mask that leaves nothing, or nothing with a chance, is an error', () => {
  const sampler = new Sampler(40);
  const row = lumpy(40);
  row[39] = Number.NEGATIVE_INFINITY;
  const deadEnd = expect.objectContaining({ code: 'constraint_dead_end' });
  for (const tokens of [[], [39]]) {
    expect(() => sampler.sample(row, state({}, 40), maskOf(tokens, 40))).toThrow(deadEnd);
  }
  row[3] = Number.NaN;
  const invalid = expect.objectContaining({ code: 'logits_invalid' });
  expect(() => sampler.sample(row, state({}, 40), maskOf([3, 4], 40))).toThrow(invalid);
  expect(sampler.sample(row, state({ temperature: 0 }, 40), maskOf([4], 40))).toBe(4);
});
