/** y[head][yOffset…] = x for every head: MLA's rotated key part is shared by all heads. */
import { defineKernel, f32, scalar } from '../compiler/kernel.ts';
import { defineProgram, reads, strideOf, updates } from './emit/define-program.ts';
import { copyElements, rowOf } from './emit/map.ts';

const program = defineProgram(
  'spread_heads',
  {
    ...{ x: 'int', xStride: 'int', width: 'int' },
    ...{ y: 'int', yStride: 'int', yOffset: 'int', heads: 'int', headBytes: 'int' },
  },
  (k, p, { start, end }) => {
    k.loop(start, end, 1, (token) => {
      const from = rowOf(k, p.x, token, p.xStride);
      const to = k.add(rowOf(k, p.y, token, p.yStride), k.shl(p.yOffset, 2));
      k.loop(0, p.heads, 1, (head) => {
        copyElements(k, p.width, from, rowOf(k, to, head, p.headBytes));
      });
    });
  },
);

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

  lower({ x, yOffset, y }, { tokens, width, heads, yWidth }, context) {
    const args = { x: reads(x), xStride: strideOf(x), width, y: updates(y), yStride: strideOf(y) };
    const head = { yOffset, heads, headBytes: 4 * yWidth };
    context.launch(program.launch({ ...args, ...head }, tokens));
  },

  shapes: [
    { tokens: 1, heads: 1, width: 4, yWidth: 4, yOffset: 0 },
    { tokens: 5, heads: 16, width: 64, yWidth: 192, yOffset: 128 },
  ],
});
