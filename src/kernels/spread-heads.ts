/** y[head][yOffset…] = x for every head: MLA's rotated key part is shared by all heads. */
import { defineKernel, f32, scalar } from '../compiler/kernel.ts';

export const spreadHeads = defineKernel({
  name: 'spread_heads',
  params: {
    x: f32.in('tokens', 'width'),
    yOffset: scalar,
    y: f32.inout('tokens', 'heads', 'yWidth'),
  },
  parallelOver: 'tokens',

  reference({ x, yOffset, y }, token, dims) {
    const from = x.row(token);
    const to = y.row(token);
    for (let head = 0; head < dims.heads; head++) {
      to.set(from, head * dims.yWidth + yOffset);
    }
  },

  shapes: [
    { tokens: 1, heads: 1, width: 4, yWidth: 4, yOffset: 0 },
    { tokens: 5, heads: 16, width: 64, yWidth: 192, yOffset: 128 },
  ],
});
