import { expect, test } from 'vitest';
import { logAxis } from './log-axis.ts';

const place = { from: 0, to: 600, maxTicks: 8 };

test('equal factors are equal distances, and the values are within the axis', () => {
  const axis = logAxis([10, 1000], place);
  expect(axis.at(100) - axis.at(10)).toBeCloseTo(axis.at(1000) - axis.at(100));
  expect(axis.at(10)).toBeGreaterThan(0);
  expect(axis.at(1000)).toBeLessThan(600);
});

test('what lies outside is held to the ends', () => {
  const axis = logAxis([10, 1000], place);
  expect([axis.clamped(1e-9), axis.clamped(1e9)].map(Math.round)).toEqual([0, 600]);
});

test.each([[[27, 82]], [[0.3, 4000]], [[1e-9, 1e12]], [[5, 5]], [[99.9, 100.1]]])(
  'of %j a few round numbers within the axis are written',
  (values) => {
    const { ticks, low, high } = logAxis(values, place);
    expect(ticks.length).toBeGreaterThanOrEqual(2);
    expect(ticks.length).toBeLessThanOrEqual(8);
    expect(ticks.every((tick) => tick >= low && tick <= high)).toBe(true);
    for (const tick of ticks) expect(Number(tick.toPrecision(2))).toBe(tick);
  },
);

test('what has no logarithm is left out; nothing at all goes from 1 to 10', () => {
  expect(logAxis([0, -5, Number.NaN, 10, 40], place).low).toBeGreaterThan(5);
  const empty = logAxis([], place);
  expect(empty.low).toBeLessThanOrEqual(1);
  expect(empty.high).toBeGreaterThanOrEqual(10);
});
