import { expect, test } from 'vitest';
import { contextParts } from './context-parts.ts';

const dims = (maxBlocks: number, sequences = 1) => ({ maxBlocks, sequences });

test('a context stays whole where it is short or the threads have enough to do', () => {
  expect(contextParts(dims(31), 16, 1, 8).count).toBe(1); // 496 tokens
  expect(contextParts(dims(1000), 16, 16, 8).count).toBe(1);
  expect(contextParts(dims(1000), 16, 8, 8).count).toBe(1); // the same for each
});

test('equal numbers of items are not equal work when sequences differ in length', () => {
  expect(contextParts(dims(1000, 8), 16, 8, 8).count).toBe(2);
});

test.each([
  [32, 16, 1, 2],
  [1001, 16, 3, 16],
  [5, 512, 1, 64],
])('parts of %i blocks of %i tokens are at least 256 tokens and leave none out', (...args) => {
  const [blocks, blockTokens, items, threads] = args;
  const parts = contextParts(dims(blocks), blockTokens, items, threads);
  expect(parts.count).toBeGreaterThan(1);
  expect(parts.blocks * blockTokens).toBeGreaterThanOrEqual(256);
  expect(parts.count * parts.blocks).toBeGreaterThanOrEqual(blocks);
  expect((parts.count - 1) * parts.blocks).toBeLessThan(blocks); // and none is empty
});
