import { expect, test } from 'vitest';
import { chartNumber, percent } from './chart-number.ts';

test.each([
  [0, '0'],
  [0.05, '0.05'],
  [1.2345, '1.23'],
  [20, '20'],
  [999.6, '1k'],
  [1500, '1.5k'],
  [2_000_000, '2M'],
  [3.352e12, '3.35T'],
  [0.000012, '1.2e-5'],
  [Number.NaN, '?'],
])('%d is written %s', (value, text) => {
  expect(chartNumber(value)).toBe(text);
});

test('a share that is there is never said to be nothing', () => {
  expect([0, 0.004, 0.006, 0.5, 1].map(percent)).toEqual(['0 %', '<1 %', '<1 %', '50 %', '100 %']);
});
