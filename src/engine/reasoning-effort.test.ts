import { expect, test } from 'vitest';
import { reasoningEfforts, thinkTokensOf } from './reasoning-effort.ts';

const contextTokens = 32_768;

test.each([
  ['none', 0],
  ['minimal', 541],
  ['low', 2048],
  ['medium', 8192],
  ['high', undefined],
  ['xhigh', undefined],
  ['max', undefined],
  ['ultra', undefined],
  [0, 0],
  [1, 541],
  [25, 2048],
  [50, 8192],
  [74, 31_000],
  [75, undefined],
  [100, undefined],
] as const)('%s is %s tokens of 32768', (effort, expected) => {
  expect(thinkTokensOf(effort, { contextTokens })).toBe(expected);
});

test('more effort is never less thinking, and a small context still allows some', () => {
  const budgets = Array.from(
    { length: 101 },
    (_, effort) => thinkTokensOf(effort, { contextTokens: 16 }) ?? Number.POSITIVE_INFINITY,
  );
  expect(budgets).toEqual(budgets.toSorted((a, b) => a - b));
  expect(budgets[1]).toBe(1);
});

test('DeepSeek`s words: minimal is low, medium and xhigh are high, ultra is max', () => {
  const tokens = reasoningEfforts.map((effort) =>
    thinkTokensOf(effort, { contextTokens, api: 'deepseek' }),
  );
  expect(tokens).toEqual([0, 2048, 2048, ...new Array(5).fill(undefined)]);
});

test('what is no effort is refused', () => {
  for (const effort of ['huge', 'toString', -1, 101, 1.5, Number.NaN]) {
    const call = () => thinkTokensOf(effort as never, { contextTokens });
    expect(call).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  }
});
