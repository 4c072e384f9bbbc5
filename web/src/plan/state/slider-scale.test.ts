import { expect, test } from 'vitest';
import { planRanges } from './plan-state.ts';
import { logScale, shareScale } from './slider-scale.ts';

test.each([
  ['rate', planRanges.rate],
  ['inTokens', planRanges.inTokens],
  ['tpotMs', planRanges.tpotMs],
] as const)('%s: from end to end in rising steps, each its own place', (_, range) => {
  const { stops, indexOf } = logScale(range);
  expect(stops[0]).toBe(range.min);
  expect(stops.at(-1)).toBe(range.max);
  for (const [i, stop] of stops.entries()) {
    if (i > 0) expect(stop).toBeGreaterThan(stops[i - 1] as number);
    expect(indexOf(stop)).toBe(i); // or an arrow key would be stuck
  }
});

test('a value between two stops stands at the nearer one', () => {
  const { stops, indexOf } = logScale(planRanges.inTokens);
  expect(stops[indexOf(2011)]).toBe(2000);
  expect(stops[indexOf(1e9)]).toBe(1_000_000);
});

test('the end of an open scale is no limit', () => {
  const { stops, indexOf } = logScale({ ...planRanges.tpotMs, isOpen: true });
  expect(stops.at(-1)).toBeUndefined();
  expect(indexOf(undefined)).toBe(stops.length - 1);
  expect(indexOf(planRanges.tpotMs.max)).toBe(stops.length - 2);
});

test('shares go by hundredths', () => {
  const { stops, indexOf } = shareScale();
  expect(stops).toHaveLength(101);
  expect(indexOf(0.07)).toBe(7);
});
