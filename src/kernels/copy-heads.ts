/**
 * y[head][yOffset…] = x[head][xOffset…], `count` elements: q's rotated part goes beside its
 * absorbed part.
 */
import { defineKernel, f32, scalar } from '../compiler/kernel.ts';
import { defineProgram, reads, strideOf, updates } from './emit/define-program.ts';
import { copyElements, rowOf } from './emit/map.ts';

const program = defineProgram(
  'copy_heads',
  {
    ...{ x: 'int', xStride: 'int', xHeadBytes: 'int', xOffset: 'int', count: 'int' },
    ...{ y: 'int', yStride: 'int', yHeadBytes: 'int', yOffset: 'int', heads: 'int' },
  },
  (k, p, { start, end }) => {
    k.loop(start, end, 1, (token) => {
      const from = k.add(rowOf(k, p.x, token, p.xStride), k.shl(p.xOffset, 2));
      const to = k.add(rowOf(k, p.y, token, p.yStride), k.shl(p.yOffset, 2));
      k.loop(0, p.heads, 1, (head) => {
        const head0 = rowOf(k, from, head, p.xHeadBytes);
        copyElements(k, p.count, head0, rowOf(k, to, head, p.yHeadBytes));
      });
    });
  },
);

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

  lower({ x, xOffset, yOffset, count, y }, { tokens, heads, xWidth, yWidth }, context) {
    const from = { x: reads(x), xStride: strideOf(x), xHeadBytes: 4 * xWidth, xOffset, count };
    const to = { y: updates(y), yStride: strideOf(y), yHeadBytes: 4 * yWidth, yOffset, heads };
    context.launch(program.launch({ ...from, ...to }, tokens));
  },

  shapes: [
    { tokens: 1, heads: 1, xWidth: 4, yWidth: 3, xOffset: 1, yOffset: 0, count: 3 },
    { tokens: 3, heads: 16, xWidth: 192, yWidth: 576, xOffset: 128, yOffset: 512, count: 64 },
  ],
});
