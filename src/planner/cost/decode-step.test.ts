import { expect, test } from 'vitest';
import { figure, reachedOps, roundInstance } from '../fixtures/round-chip.ts';
import { decodeStep, exchangeSeconds, tokensPerStep } from './decode-step.ts';

test('a dense model reads all its weights for each token: 8B in BF16 at 1 TB/s takes 15 ms', () => {
  const step = decodeStep(roundInstance('r1-distill-llama-8b', 'bf16', 'tp1'), 1, 1);
  // 8,030,261,248 parameters, of which the embedding (128,256 × 4,096) is looked up, not read.
  const weightBytes = 2 * (8_030_261_248 - 128_256 * 4096);
  expect(step.seconds / (weightBytes / 1e12)).toBeCloseTo(1, 3);
  expect(step.limit).toBe('memory');
});

test('the cache is read for each sequence: 131,072 bytes a token of Llama 8B', () => {
  const instance = roundInstance('r1-distill-llama-8b', 'bf16', 'tp1');
  const perSequence = (context: number) =>
    decodeStep(instance, 11, context).parts.attention -
    decodeStep(instance, 10, context).parts.attention;
  expect(perSequence(10_000) / ((131_072 * 10_000) / 1e12)).toBeCloseTo(1, 3);
});

test('with many sequences products compute: 2 operations for each parameter and token', () => {
  const instance = roundInstance('r1-distill-llama-8b', 'bf16', 'tp1');
  const { parts, limit } = decodeStep(instance, 20_000, 1);
  const operations = 2 * (8_030_261_248 - 128_256 * 4096) * 20_000;
  expect(parts.products / (operations / reachedOps)).toBeCloseTo(1, 2);
  expect(limit).toBe('compute');
});

test('of E experts, B tokens that choose k each read 1 − (1 − k/E)^B', () => {
  const instance = roundInstance('deepseek-r1', 'fp8', 'tp8');
  const experts = instance.layers.at(-1)?.experts;
  if (experts === undefined) throw new Error('R1 has experts');
  expect([experts.routed, experts.perToken]).toEqual([256, 8]);
  // 58 layers, 256 experts of 3 × 7,168 × 2,048, an eighth on each chip.
  const all = (58 * 256 * 3 * 7168 * 2048 * (1 + 4 / 128 ** 2)) / 8 / 1e12;
  for (const tokens of [1, 8, 64]) {
    const covered = 1 - (1 - 8 / 256) ** tokens;
    const { parts } = decodeStep(instance, tokens, 1);
    expect(parts.experts / (all * covered)).toBeCloseTo(1, 2);
  }
});

test('experts that lie whole on chips wait for the fullest', () => {
  const seconds = (imbalance: number) =>
    decodeStep(roundInstance('deepseek-r1', 'fp8', 'dp8ep8', { factors: { imbalance } }), 8, 1)
      .parts.experts;
  expect(seconds(1.3) / seconds(1)).toBeCloseTo(1.3, 6);
  const cut = roundInstance('deepseek-r1', 'fp8', 'tp8', { factors: { imbalance: 1.3 } });
  expect(decodeStep(cut, 8, 1).parts.experts).toBeCloseTo(seconds(1), 12);
});

test('a layer sums twice over its chips: 2 (n − 1) / n of the activations each', () => {
  const { parts } = decodeStep(roundInstance('r1-distill-llama-8b', 'bf16', 'tp4'), 16, 1);
  const bytes = 16 * 4096 * 2;
  expect(parts.collectives).toBeCloseTo((32 * 2 * 2 * (3 / 4) * bytes) / 100e9, 12);
});

test('tokens go to their experts in 8 bits and come back in 16', () => {
  const instance = roundInstance('deepseek-r1', 'fp8', 'dp8ep8');
  const destinations = 8 * (1 - (7 / 8) ** 8);
  const bytes = 4 * destinations * 7168 * 3;
  expect(exchangeSeconds(instance, 8, 4)).toBeCloseTo(bytes / 100e9, 12);
});

test('drafted tokens count if all before them did', () => {
  expect(tokensPerStep({ mtpAcceptance: [] })).toBe(1);
  expect(tokensPerStep({ mtpAcceptance: [0.7] })).toBeCloseTo(1.7, 12);
  expect(tokensPerStep({ mtpAcceptance: [0.8, 0.5] })).toBeCloseTo(1 + 0.8 + 0.4, 12);
});

test('drafting pays where memory limits, and costs more for each step', () => {
  const step = (mtpAcceptance: number[]) => {
    const instance = roundInstance('deepseek-r1', 'fp8', 'tp8', { mtpAcceptance });
    const { seconds } = decodeStep(instance, 1, 1000);
    return { seconds, perToken: seconds / tokensPerStep(instance) };
  };
  expect(step([0.8]).seconds).toBeGreaterThan(step([]).seconds);
  expect(step([0.8]).perToken).toBeLessThan(step([]).perToken);
});

test.each(['tp1', 'tp8', 'tp8pp2', 'dp8ep8', 'tp2dp4', 'tp4dp4ep16'])(
  '%s is never slower with more bandwidth, compute or faster links',
  (layout) => {
    const seconds = (chip: Parameters<typeof roundInstance>[3]) =>
      decodeStep(roundInstance('deepseek-r1', 'fp8', layout, chip), 64, 4000).seconds;
    const base = seconds({});
    expect(seconds({ chip: { bandwidthGbs: figure(2000) } })).toBeLessThan(base);
    const rates = { bf16: figure(375), fp8: figure(750), int8: figure(500) };
    expect(seconds({ chip: { rates } })).toBeLessThan(base);
    const scaleUp = { gbs: figure(200), domain: 8, name: 'up' };
    expect(seconds({ chip: { scaleUp } })).toBeLessThanOrEqual(base);
    const scaleOut = { gbs: figure(20), name: 'out' };
    expect(seconds({ chip: { scaleOut } })).toBeLessThanOrEqual(base);
  },
);

test.each(['tp8', 'tp8pp2', 'dp8ep8', 'tp4dp4ep16'])(
  '%s: a step is longer, and each sequence cheaper, with more sequences',
  (layout) => {
    const instance = roundInstance('deepseek-r1', 'fp8', layout);
    for (let sequences = 1; sequences < 5000; sequences *= 2) {
      const few = decodeStep(instance, sequences, 3000).seconds;
      const many = decodeStep(instance, sequences * 2, 3000).seconds;
      expect(many).toBeGreaterThanOrEqual(few);
      expect(many / 2).toBeLessThanOrEqual(few);
    }
  },
);
