import { expect, test } from 'vitest';
import { LatencyHistogram } from './latency-histogram.ts';

test('each value falls under the first bound that is not below it', () => {
  const histogram = new LatencyHistogram([0.01, 0.1]);
  for (const ms of [0, 10, 10.5, 100, 101, 1e9]) histogram.note(ms);
  expect([...histogram.counts]).toEqual([2, 2, 2]);
  expect(histogram.count).toBe(6);
  expect(histogram.sumSeconds).toBeCloseTo(1e6 + 0.2215, 6);
});
