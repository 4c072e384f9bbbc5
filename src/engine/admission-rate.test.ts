import { expect, test } from 'vitest';
import { AdmissionRate } from './admission-rate.ts';

test('half of the queue at the rate of the last few, within bounds', () => {
  const rate = new AdmissionRate();
  expect(rate.retryAfterSeconds(100, 0)).toBe(1);
  for (let i = 0; i < 100; i++) rate.note(i * 500);
  // Two begin per second.
  expect(rate.retryAfterSeconds(20, 100 * 500)).toBe(5);
  expect(rate.retryAfterSeconds(1, 100 * 500)).toBe(1);
  expect(rate.retryAfterSeconds(1e6, 100 * 500)).toBe(120);
  // Nothing has begun for a minute: it has become slower.
  expect(rate.retryAfterSeconds(20, 110_000)).toBeGreaterThan(30);
});
