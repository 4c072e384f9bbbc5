import { expect, test } from 'vitest';
import { wilson } from './wilson.ts';

/** Computed apart from this code. */
test.each([
  [0, 10, 0, 0.277533],
  [10, 10, 0.722467, 1],
  [5, 10, 0.236593, 0.763407],
  [486, 500, 0.953554, 0.983249],
  [1, 500, 0.000353, 0.011241],
])('%i of %i', (successes, trials, low, high) => {
  const [a, b] = wilson(successes, trials);
  expect(a).toBeCloseTo(low, 4);
  expect(b).toBeCloseTo(high, 4);
});

test('of nothing nothing is known', () => {
  expect(wilson(0, 0)).toEqual([0, 1]);
});
