import { expect, test } from 'vitest';
import { roundChip, roundInstance } from '../fixtures/round-chip.ts';
import { allReduceSeconds, allToAllSeconds, destinationsOf, sendSeconds } from './links.ts';

// 100 GB/s among 8 neighbours, 10 GB/s beyond.
const instance = roundInstance('r1-distill-llama-8b', 'bf16', 'tp8');
const late = roundInstance('r1-distill-llama-8b', 'bf16', 'tp8', {
  factors: { collectiveMicros: 10 },
});

test('a ring sends 2 (n − 1) / n of the bytes from each chip', () => {
  expect(allReduceSeconds(instance, 2, 1e9)).toBeCloseTo(1e9 / 100e9, 12);
  expect(allReduceSeconds(instance, 8, 1e9)).toBeCloseTo((1.75 * 1e9) / 100e9, 12);
  expect(allReduceSeconds(instance, 1, 1e9)).toBe(0);
});

test('tokens go once to each chip that has one of their experts', () => {
  const inside = roundInstance('deepseek-r1', 'fp8', 'dp8ep8');
  const to = destinationsOf(inside, 8);
  expect(to.domains).toBe(1);
  expect(to.chips).toBeCloseTo(8 * (1 - (7 / 8) ** 8), 12);
  expect(allToAllSeconds(inside, to, 1e9)).toBeCloseTo((to.chips * 1e9) / 100e9, 12);
});

test('past the domain they go once to each machine, which takes longer than from there on', () => {
  const outside = roundInstance('deepseek-r1', 'fp8', 'dp32ep32');
  const to = destinationsOf(outside, 8);
  expect(to.domains).toBeCloseTo(4 * (1 - (3 / 4) ** 8), 12);
  // A quarter of the machines is one's own.
  const leaving = (to.domains * 3) / 4;
  expect(allToAllSeconds(outside, to, 1e9)).toBeCloseTo((leaving * 1e9) / 10e9, 9);
});

test('past the domain the share of a sum that leaves takes the slow links', () => {
  // Of 15 others, 8 are outside.
  const perByte = 8 / 15 / 10e9 + 7 / 15 / 100e9;
  expect(allReduceSeconds(instance, 16, 1e9)).toBeCloseTo((30 / 16) * 1e9 * perByte, 9);
});

test('each collective waits, twice as long past the domain', () => {
  expect(allReduceSeconds(late, 8, 0)).toBeCloseTo(10e-6, 12);
  expect(allReduceSeconds(late, 16, 0)).toBeCloseTo(20e-6, 12);
});

test('what leaves the instance takes the slow link; without any published, PCIe', () => {
  const alone = {
    ...instance,
    chip: { ...roundChip, scaleUp: undefined, scaleOut: undefined },
  } as unknown as typeof instance;
  expect(sendSeconds(alone, 32e9)).toBeCloseTo(1, 9);
  expect(sendSeconds(instance, 1e9)).toBeGreaterThan(1e9 / 100e9);
});
