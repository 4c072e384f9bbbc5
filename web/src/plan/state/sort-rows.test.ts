import { expect, test } from 'vitest';
import { fakePlan } from '../../../../test/fakes/fake-planner.ts';
import { sortKeys } from './plan-state.ts';
import { sortRows } from './sort-rows.ts';

const { rows } = fakePlan({ model: 'deepseek-r1', rate: 20, inTokens: 2000, outTokens: 800 });

test('the planner’s order is kept, with its ranks, whatever they are sorted by', () => {
  expect(sortRows(rows, 'rank', false).map(({ row }) => row)).toEqual(rows);
  for (const key of sortKeys) {
    const sorted = sortRows(rows, key, true);
    expect(sorted.every(({ row, rank }) => rows[rank - 1] === row)).toBe(true);
    expect(sorted).toHaveLength(rows.length);
  }
});

test('up and down', () => {
  const times = sortRows(rows, 'tpot', false).map(({ row }) => row.prediction.tpotMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  const down = sortRows(rows, 'tpot', true).map(({ row }) => row.prediction.tpotMs);
  expect(down).toEqual(times.toReversed());
});

test('what has no price comes last either way', () => {
  const unpriced = rows.filter(({ cost }) => cost === undefined).length;
  for (const isDescending of [false, true]) {
    const sorted = sortRows(rows, 'cost', isDescending).map(({ row }) => row.cost);
    expect(sorted.slice(-unpriced)).toEqual(Array(unpriced).fill(undefined));
    expect(sorted.slice(0, -unpriced)).not.toContain(undefined);
  }
});
