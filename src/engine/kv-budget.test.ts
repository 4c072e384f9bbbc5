import { expect, test } from 'vitest';
import { type KvWish, kvBudget, kvBudgetWithin } from './kv-budget.ts';

const wish: KvWish = {
  kvBytesPerToken: 1000,
  weightBytes: 0,
  deviceBytes: Number.POSITIVE_INFINITY,
  maxPositionEmbeddings: 131_072,
  maxSequences: 4,
};
const gigabyte = 1e9;

test('with memory to spare: 32768 tokens for every sequence', () => {
  const budget = kvBudget(wish, gigabyte);
  expect(budget).toMatchObject({ contextTokens: 32_768, numBlocks: 4 * 2048, blockTokens: 16 });
  expect(budget.bytes).toBe(131_072_000);
  expect(budget.note).toBe('room for 4 full contexts of 32768 tokens');
});

test('never more context than the checkpoint was made for', () => {
  expect(kvBudget({ ...wish, maxPositionEmbeddings: 4096 }, gigabyte).contextTokens).toBe(4096);
  expect(() => kvBudget({ ...wish, contextTokens: 131_073 }, gigabyte)).toThrow(
    'Option contextTokens: found 131073, expected a whole number from 2 to 131072.',
  );
});

test('less memory: fewer full contexts first, then a shorter one; the note says what limited it', () => {
  const fewer = kvBudget(wish, 160e6);
  expect([fewer.contextTokens, fewer.numBlocks]).toEqual([32_768, 5000]);
  expect(fewer.note).toBe(
    'room for 2 full contexts of 32768 tokens, limited by half of the free memory (80 MB)',
  );
  const shorter = kvBudget(wish, 20e6);
  expect(shorter.contextTokens).toBe(10_000);
  expect(shorter.note).toContain('room for 1 full context of 10000 tokens, limited by half');
});

test('what the weights need is not counted as free', () => {
  const budget = kvBudget({ ...wish, weightBytes: 100e6 }, 120e6);
  expect(budget.contextTokens).toBe(10_000);
});

test('kvBytes takes the place of the memory share', () => {
  const budget = kvBudget({ ...wish, kvBytes: 33e6 }, 1);
  expect([budget.contextTokens, budget.numBlocks]).toEqual([32_768, 2062]);
  expect(budget.note).toContain('limited by kvBytes (33 MB)');
});

test('what the device cannot hold is no room either, whatever the system has', () => {
  const budget = kvBudget({ ...wish, deviceBytes: 80e6 }, gigabyte);
  expect([budget.contextTokens, budget.numBlocks]).toEqual([32_768, 2500]);
  expect(budget.note).toContain('limited by half of the device’s memory (40 MB)');
  const shorter = kvBudget({ ...wish, deviceBytes: 20e6, kvBytes: 33e6 }, gigabyte);
  expect([shorter.contextTokens, shorter.isShortened]).toEqual([10_000, false]);
  expect(() => kvBudget({ ...wish, contextTokens: 32_768, deviceBytes: 20e6 }, gigabyte)).toThrow(
    expect.objectContaining({ fields: expect.objectContaining({ available: '10 MB' }) }),
  );
});

test('a context that was asked for and does not fit is an error with both sizes', () => {
  expect(() => kvBudget({ ...wish, contextTokens: 32_768 }, 20e6)).toThrow(
    expect.objectContaining({
      code: 'kv_cache_too_large',
      fields: { contextTokens: 32_768, needed: '33 MB', available: '10 MB' },
    }),
  );
  expect(() => kvBudget(wish, 100)).toThrow(
    expect.objectContaining({ code: 'kv_cache_too_large' }),
  );
});

test('a context always fits into the blocks', () => {
  for (const contextTokens of [2, 15, 16, 17, 1000]) {
    for (const kvBytes of [16_000, 32_000, 1_100_000, 5_000_000]) {
      if (Math.ceil(contextTokens / 16) * 16_000 > kvBytes) continue;
      const budget = kvBudget({ ...wish, contextTokens, kvBytes }, 0);
      expect(budget.numBlocks * 16).toBeGreaterThanOrEqual(budget.contextTokens);
      expect(budget.bytes).toBeLessThanOrEqual(kvBytes);
    }
  }
});

/** So much is free, and more each time room is made. */
function roomOf(...freeBytes: number[]) {
  const asked = { times: 0 };
  const room = {
    freeBytes: () => freeBytes[asked.times] as number,
    makeRoom: async () => {
      if (asked.times === freeBytes.length - 1) return false;
      asked.times++;
      return true;
    },
  };
  return { room, asked };
}

test('room is made until the context is as long as it would be, and no more', async () => {
  const { room, asked } = roomOf(100, 20e6, 80e6, gigabyte);
  expect((await kvBudgetWithin(room, wish)).contextTokens).toBe(32_768);
  expect(asked.times).toBe(2);
});

test('where no room can be made it becomes shorter, or an error', async () => {
  expect((await kvBudgetWithin(roomOf(100, 20e6).room, wish)).contextTokens).toBe(10_000);
  await expect(kvBudgetWithin(roomOf(100, 200).room, wish)).rejects.toMatchObject({
    code: 'kv_cache_too_large',
  });
});

test('room is not made for what does not hang on it', async () => {
  const { room, asked } = roomOf(100, gigabyte);
  await kvBudgetWithin(room, { ...wish, kvBytes: 20e6 });
  const tooLong = kvBudgetWithin(room, { ...wish, contextTokens: 200_000 });
  await expect(tooLong).rejects.toMatchObject({ code: 'invalid_option' });
  const small = { ...wish, deviceBytes: 10 };
  await expect(kvBudgetWithin(room, small)).rejects.toMatchObject({ code: 'kv_cache_too_large' });
  expect(asked.times).toBe(0);
});
