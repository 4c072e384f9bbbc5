import { expect, test } from 'vitest';
import { mulberry32 } from '../../base/mulberry32.ts';
import { BlockList } from './block-list.ts';

test('blocks begin on cache lines, behind each other', () => {
  const blocks = new BlockList(1024, 4096);
  expect([1, 64, 65, 0].map((size) => blocks.allocate(size))).toEqual([1024, 1088, 1152, 1280]);
  expect(blocks.highest).toBe(1344);
});

test('what was given back is given out again, the smallest hole that fits first', () => {
  const blocks = new BlockList(0, 4096);
  const [a, , c] = [256, 64, 128, 64].map((size) => blocks.allocate(size) as number);
  blocks.free(a);
  blocks.free(c);
  expect(blocks.allocate(100)).toBe(c);
  expect(blocks.allocate(100)).toBe(a);
  expect(blocks.allocate(100)).toBe(a + 128);
  expect(blocks.highest).toBe(512);
});

test('neighbours join, and the last ones fall back to the top', () => {
  const blocks = new BlockList(0, 512);
  const all = Array.from({ length: 8 }, () => blocks.allocate(64) as number);
  expect(blocks.allocate(64)).toBeUndefined();
  for (const index of [1, 3, 2]) blocks.free(all[index]);
  expect(blocks.allocate(192)).toBe(64);
  blocks.free(64);
  for (const index of [7, 0, 5, 6, 4]) blocks.free(all[index]);
  expect(blocks.allocate(512)).toBe(0);
});

test('giving back what is not taken is refused', () => {
  const blocks = new BlockList(0, 512);
  blocks.free(blocks.allocate(64) as number);
  expect(() => blocks.free(0)).toThrow('no block at 0 is taken');
  expect(() => blocks.free(64)).toThrow('no block at 64');
});

test('5,000 random steps never give out a byte twice, and end with all of it free', () => {
  const random = mulberry32(11);
  const blocks = new BlockList(0, 65_536);
  const owner = new Int32Array(65_536 / 64);
  const taken = new Map<number, number>();
  for (let step = 1; step <= 5000; step++) {
    const size = Math.ceil(random() * 4096);
    const address = random() < 0.6 ? blocks.allocate(size) : undefined;
    if (address !== undefined) {
      const lines = owner.subarray(address / 64, Math.ceil((address + size) / 64));
      expect(lines.every((line) => line === 0)).toBe(true);
      lines.fill(step);
      taken.set(address, size);
    } else if (taken.size > 0) {
      const [freed, bytes] = [...taken][Math.floor(random() * taken.size)];
      owner.fill(0, freed / 64, Math.ceil((freed + bytes) / 64));
      taken.delete(freed);
      blocks.free(freed);
    }
  }
  for (const address of taken.keys()) blocks.free(address);
  expect(blocks.allocate(65_536)).toBe(0);
});
