import { expect, test } from 'vitest';
import { expectedTokens, shareDrafts } from './draft-budget.ts';

const free = () => 1;
const share = (chances: number[], maxDrafts: number, cost: (rows: number) => number = free) =>
  shareDrafts(
    chances.map((chance) => ({ chance, maxDrafts })),
    chances.length,
    cost,
  );

test('eight rows in all, the likeliest drafts first', () => {
  expect(share([0.99], 7)).toEqual([7]);
  expect(share([0.99, 0.99], 7)).toEqual([3, 3]);
  expect(share([0.7, 0.99], 7)).toEqual([0, 6]);
  expect(share([0.9, 0.99], 2)).toEqual([2, 2]);
  expect(share([0.9, 0, 0.9, 0.8, 0.95, 0.9], 7)).toEqual([0, 0, 0, 0, 2, 0]);
  expect(share(new Array(8).fill(1), 7)).toEqual(new Array(8).fill(0));
});

test('none that is less likely than 0.35, counting those before it', () => {
  expect(share([0.6], 7)).toEqual([2]);
  expect(share([0.34], 7)).toEqual([0]);
  expect(share([0.5, 0.2], 7)).toEqual([1, 0]);
});

test('as many as bring the most tokens per time', () => {
  expect(share([0.9], 7, (rows) => rows)).toEqual([0]);
  expect(share([0.9], 7, (rows) => 1 + 0.01 * rows)).toEqual([7]);
  expect(share([0.9], 7, (rows) => (rows > 4 ? 2 : 1))).toEqual([3]);
  // A step of five rows is slow, but one of eight is no slower.
  expect(share([0.99], 7, (rows) => (rows > 4 ? 1.5 : 1))).toEqual([7]);
});

test('what may be hoped for: the sum of the chances that count', () => {
  expect(expectedTokens({ chance: 0.5, maxDrafts: 7 })).toBe(0.5);
  expect(expectedTokens({ chance: 0.8, maxDrafts: 2 })).toBeCloseTo(1.44);
  expect(expectedTokens({ chance: 0.9, maxDrafts: 0 })).toBe(0);
});
