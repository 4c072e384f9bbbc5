/**
 * y = x · wᵀ + bias: the q, k and v projections of Qwen2. See linear.ts.
 */
import { defineKernel, f32, weight } from '../compiler/kernel.ts';
import { dot, scratchRow } from './dot.ts';
import { strideOf } from './emit/define-program.ts';
import { lowerProduct } from './products/lower-product.ts';

export const linearBias = defineKernel({
  name: 'linear_bias',
  params: {
    x: f32.in('tokens', 'in'),
    w: weight('out', 'in'),
    bias: f32.in('out'),
    y: f32.out('tokens', 'out'),
  },
  parallelOver: 'out',

  reference({ x, w, bias, y }, out, { tokens, in: width }) {
    const row = scratchRow(width);
    w.decodeRow(out, row);
    for (let t = 0; t < tokens; t++) {
      const at = t * y.rowStride + out;
      y.data[at] = dot(x.data, t * x.rowStride, row, 0, width) + bias.data[out];
    }
  },

  lower({ x, w, bias, y }, { tokens, out }, context) {
    lowerProduct(context, {
      ...{ kind: 'one', numSegments: 1, w, segmentRows: 0, rowOffset: 0, numRows: out },
      ...{ x: x.memory, xStride: strideOf(x), xHeadBytes: 0, isShared: true, numColumns: tokens },
      ...{ y: y.memory, yStride: strideOf(y), ySegmentBytes: 0 },
      ending: { kind: 'bias', bias: bias.memory },
    });
  },

  shapes: [
    { tokens: 1, in: 256, out: 5 },
    { tokens: 5, in: 288, out: 67 },
    { tokens: 19, in: 256, out: 50 },
  ],
});
