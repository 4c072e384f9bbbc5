import { expect, test } from 'vitest';
import { reachedOps, roundInstance } from '../fixtures/round-chip.ts';
import { prefillInterval, prefillPass } from './prefill-pass.ts';

const dense = roundInstance('r1-distill-llama-8b', 'bf16', 'tp1');

test('a prompt computes 2 operations for each parameter and token, the head once', () => {
  const { parts, limit } = prefillPass(dense, 8192, 0);
  // Neither the embedding nor the head (128,256 × 4,096) multiplies each token; the head is read.
  const operations = 2 * (8_030_261_248 - 2 * 128_256 * 4096) * 8192;
  const head = (2 * 128_256 * 4096) / 1e12;
  expect(parts.products / (operations / reachedOps + head)).toBeCloseTo(1, 3);
  expect(limit).toBe('compute');
});

test('attention grows with the square of the prompt', () => {
  // 32 layers, 32 heads of 128, keys and values, each token sees those before it and itself.
  const keys = (8000 * 8001) / 2;
  const { attention } = prefillPass(dense, 8000, 0).parts;
  expect(attention).toBeCloseTo((2 * 32 * 2 * 32 * 128 * keys) / reachedOps, 9);
});

test('a prompt found in the cache to nine tenths costs about a tenth, and more than one as long', () => {
  const whole = prefillPass(dense, 20_000, 0).seconds;
  const rest = prefillPass(dense, 20_000, 18_000).seconds;
  expect(rest / whole).toBeGreaterThan(0.1);
  expect(rest / whole).toBeLessThan(0.15);
  expect(rest).toBeGreaterThan(prefillPass(dense, 2000, 0).seconds);
});

test.each([
  ['deepseek-r1', 'fp8', 'tp8'],
  ['deepseek-r1', 'fp8', 'dp8ep8'],
  ['deepseek-v3.2', 'fp8', 'tp8pp2'],
  ['deepseek-v4-flash', 'fp8', 'tp4'],
  ['r1-distill-qwen-7b', 'bf16', 'tp2'],
])('%s as %s on %s: a longer prompt never takes less time', (model, precision, layout) => {
  const instance = roundInstance(model, precision, layout, {
    factors: { collectiveMicros: 10, prefillLayerMicros: 100 },
  });
  let before = 0;
  for (let tokens = 1; tokens < 60_000; tokens = Math.ceil(tokens * 1.3)) {
    const { seconds } = prefillPass(instance, tokens, tokens * 0.3);
    expect(seconds).toBeGreaterThanOrEqual(before);
    before = seconds;
  }
});

test('groups and stages read several prompts at once', () => {
  const seconds = (layout: string) => {
    const instance = roundInstance('deepseek-r1', 'fp8', layout);
    const pass = prefillPass(instance, 4000, 0);
    return prefillInterval(instance, pass) / pass.seconds;
  };
  expect(seconds('tp8')).toBe(1);
  expect(seconds('dp8ep8')).toBe(1 / 8);
  expect(seconds('tp8pp2')).toBe(1 / 2);
});
