import { expect, test } from 'vitest';
import { sequenceRoom } from '../cost/memory.ts';
import { roundInstance } from '../fixtures/round-chip.ts';
import { serveTogether } from './together.ts';

const instance = roundInstance('deepseek-r1', 'fp8', 'tp8', {
  factors: { firstTokenMs: 40, promptsFirst: 0.2, stepMicros: 1000 },
});
const load = { inTokens: 2000, outTokens: 800, cacheHit: 0 };

test('clients in a closed circle: rate × (TTFT + 799 TPOT) is as many as there are', () => {
  for (const concurrency of [1, 7, 64, 100, 5000]) {
    const served = serveTogether(instance, 1, { ...load, concurrency });
    const clients = served.requestsPerSecond * (served.ttftSeconds + 799 * served.tpotSeconds);
    expect(clients / concurrency).toBeCloseTo(1, 9);
  }
});

test('without room in the cache clients wait: TTFT rises, TPOT and the rate stay', () => {
  const room = sequenceRoom(instance, 2000, 800);
  const full = serveTogether(instance, 1, { ...load, concurrency: room });
  const over = serveTogether(instance, 1, { ...load, concurrency: 2 * room });
  expect([full.queues, over.queues]).toEqual([false, true]);
  expect(over.running).toBe(room);
  expect(over.tpotSeconds).toBe(full.tpotSeconds);
  expect(over.requestsPerSecond).toBe(full.requestsPerSecond);
  expect(over.ttftSeconds - full.ttftSeconds).toBeCloseTo(room / full.requestsPerSecond, 9);
});

test('an engine told to run fewer leaves the rest waiting', () => {
  const served = serveTogether(instance, 1, { ...load, concurrency: 64, maxRunning: 16 });
  expect(served.running).toBe(16);
  expect(served.queues).toBe(true);
});

test('copies share the clients out', () => {
  const one = serveTogether(instance, 1, { ...load, concurrency: 32 });
  const four = serveTogether(instance, 4, { ...load, concurrency: 128 });
  expect(four.requestsPerSecond).toBeCloseTo(4 * one.requestsPerSecond, 12);
  expect(four.ttftSeconds).toBe(one.ttftSeconds);
});

test('the more clients, the longer all waits, and the higher the rate', () => {
  let before = serveTogether(instance, 1, { ...load, concurrency: 1 });
  for (let concurrency = 2; concurrency < 200; concurrency++) {
    const served = serveTogether(instance, 1, { ...load, concurrency });
    expect(served.ttftSeconds).toBeGreaterThanOrEqual(before.ttftSeconds);
    expect(served.tpotSeconds).toBeGreaterThanOrEqual(before.tpotSeconds);
    expect(served.requestsPerSecond).toBeGreaterThanOrEqual(before.requestsPerSecond);
    before = served;
  }
});

test('a longer prompt never has a lower TTFT, a prompt in the cache never a higher one', () => {
  let before = 0;
  for (const inTokens of [10, 100, 1000, 5000, 20_000]) {
    const { ttftSeconds } = serveTogether(instance, 1, { ...load, inTokens, concurrency: 16 });
    expect(ttftSeconds).toBeGreaterThan(before);
    before = ttftSeconds;
    const cached = serveTogether(instance, 1, {
      ...load,
      inTokens,
      concurrency: 16,
      cacheHit: 0.5,
    });
    expect(cached.ttftSeconds).toBeLessThanOrEqual(ttftSeconds);
  }
});
