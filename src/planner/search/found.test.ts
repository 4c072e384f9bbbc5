import { expect, test } from 'vitest';
import { cannotBeat, compareFound, type Found, largestPassing } from './found.ts';

const one = (chips: number, capacity: number, kind: 'together' | 'apart' = 'together'): Found => {
  const group = { instance: { tp: 8, pp: 1, dp: 1, ep: 1 }, count: 1 };
  const layout =
    kind === 'together'
      ? ({ kind, serving: group } as const)
      : ({ kind, prefill: group, decode: group } as const);
  return { layout, chips, capacity, replicas: 1, rate: 1, concurrency: 1 };
};
const sorted = (all: Found[], demand: { rate?: number }) =>
  all.sort((a, b) => compareFound(a, b, demand)).map(({ chips, capacity }) => [chips, capacity]);

test('for a rate fewer chips win, then more in reserve', () => {
  expect(sorted([one(16, 9), one(8, 5), one(8, 6)], { rate: 4 })).toEqual([
    [8, 6],
    [8, 5],
    [16, 9],
  ]);
});

test('without a rate the most carried wins, then fewer chips', () => {
  expect(sorted([one(8, 5), one(16, 9), one(12, 9)], {})).toEqual([
    [12, 9],
    [16, 9],
    [8, 5],
  ]);
});

test('of as many chips, together is simpler than apart', () => {
  expect(compareFound(one(8, 5), one(8, 9, 'apart'), { rate: 4 })).toBeLessThan(0);
});

test('a best case is only dismissed where it is sure to be worse', () => {
  expect(cannotBeat(one(16, 99), one(8, 5), { rate: 4 })).toBe(true);
  expect(cannotBeat(one(8, 5), one(8, 99), { rate: 4 })).toBe(false);
  expect(cannotBeat(one(8, 4), one(16, 5), {})).toBe(true);
  expect(cannotBeat(one(16, 5), one(8, 5), {})).toBe(false);
});

test('the largest whole number that passes, in few questions', () => {
  for (const border of [0, 1, 2, 17, 99, 100, 1000]) {
    let asked = 0;
    const found = largestPassing(1, 100, (value) => {
      asked++;
      return value <= border;
    });
    expect(found).toBe(border < 1 ? undefined : Math.min(border, 100));
    expect(asked).toBeLessThanOrEqual(9);
  }
  expect(largestPassing(2, 1, () => true)).toBeUndefined();
});
