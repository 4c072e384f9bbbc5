import { expect, test } from 'vitest';
import { canKeepInt8 } from './kv-cache.ts';

test('int8 keys and values want heads of a multiple of 32, or MLA', () => {
  expect([64, 80, 96, 128].filter((headDim) => canKeepInt8({ headDim }))).toEqual([64, 96, 128]);
  const sizes = { kvLoraRank: 40, qkNopeHeadDim: 16, qkRopeHeadDim: 8, vHeadDim: 16 };
  expect(canKeepInt8({ headDim: 24, mla: { qLoraRank: undefined, ...sizes } })).toBe(true);
});
