/**
 * y[head][yOffset…] = x[head][xOffset…], `count` elements: q's rotated part goes beside its
 * absorbed part.
 */
import { defineKernel, f32, scalar } from '../compiler/kernel.ts';

export const copyHeads = defineKernel({
  name: 'copy_heads',
  params: {
    x: f32.in('tokens', 'heads', 'xWidth'),
    xOffset: scalar,
    yOffset: scalar,
    count: scalar,
    y: f32.inout('tokens', 'heads', 'yWidth'),
  },
  parallelOver: 'tokens',

  reference({ x, xOffset, yOffset, count, y }, token, dims) {
    const from = x.row(token);
    const to = y.row(token);
    for (let head = 0; head < dims.heads; head++) {
      const start = head * dims.xWidth + xOffset;
      to.set(from.subarray(start, start + count), head * dims.yWidth + yOffset);
    }
  },

  shapes: [
    { tokens: 1, heads: 1, xWidth: 4, yWidth: 3, xOffset: 1, yOffset: 0, count: 3 },
    { tokens: 3, heads: 16, xWidth: 192, yWidth: 576, xOffset: 128, yOffset: 512, count: 64 },
  ],
});
