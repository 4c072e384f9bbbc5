import { expect, test } from 'vitest';
import { BlockManager } from './block-manager.ts';
import { samplingParams } from './sampling-params.ts';
import { Sequence } from './sequence.ts';

const sink = { onToken: () => 'continue' as const, onFinish() {}, onError() {} };
const params = samplingParams({}, { temperature: 0, topP: 1, topK: 0, minP: 0 }, 10, []);
const sequence = (id: number, tokens: number) =>
  new Sequence(id, new Array(tokens).fill(1), params, sink);

test('blocks are added as tokens need them and come back lowest first', () => {
  const blocks = new BlockManager(4, 4);
  const a = sequence(0, 20);
  expect(blocks.allocate(a, 4)).toBe(true);
  expect([...a.blocks.view()]).toEqual([0]);
  expect(blocks.allocate(a, 5)).toBe(true);
  expect([...a.blocks.view()]).toEqual([0, 1]);
  expect(blocks.slot(a, 5)).toBe(5);
  blocks.free(a);
  expect(blocks.numFreeBlocks).toBe(4);
  const b = sequence(1, 4);
  blocks.allocate(b, 1);
  expect([...b.blocks.view()]).toEqual([0]);
});

test('where there is no room nothing changes', () => {
  const blocks = new BlockManager(2, 4);
  const a = sequence(0, 20);
  expect(blocks.allocate(a, 9)).toBe(false);
  expect(a.blocks.length).toBe(0);
  expect(blocks.numFreeBlocks).toBe(2);
});

test('freeing makes the sequence start over', () => {
  const blocks = new BlockManager(2, 4);
  const a = sequence(0, 6);
  blocks.allocate(a, 6);
  a.numComputedTokens = 6;
  blocks.free(a);
  expect([a.numComputedTokens, a.numPendingTokens, a.blocks.length]).toEqual([0, 6, 0]);
});

test('integrity: a leak, a block with two owners and a missing block are noticed', () => {
  const blocks = new BlockManager(3, 4);
  const [a, b] = [sequence(0, 8), sequence(1, 8)];
  blocks.allocate(a, 5);
  blocks.checkIntegrity([a]);
  expect(() => blocks.checkIntegrity([])).toThrow('block 0: not as many users');
  b.blocks.push(0);
  expect(() => blocks.checkIntegrity([a, b])).toThrow('block 0: not as many users');
  b.blocks.pop();
  a.numComputedTokens = 9;
  expect(() => blocks.checkIntegrity([a])).toThrow('sequence 0 lacks blocks');
});
