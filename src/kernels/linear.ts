/**
 * Linear layer: y = x · wᵀ. Weight rows are outputs, as checkpoints store them, in any dtype.
 * Split over outputs, so that each weight row is decoded once for all tokens.
 */
import { defineKernel, f32, weight } from '../compiler/kernel.ts';
import { dot, scratchRow } from './dot.ts';
import { strideOf } from './emit/define-program.ts';
import { lowerProduct } from './products/lower-product.ts';

export const linear = defineKernel({
  name: 'linear',
  params: {
    x: f32.in('tokens', 'in'),
    w: weight('out', 'in'),
    y: f32.out('tokens', 'out'),
  },
  parallelOver: 'out',

  reference({ x, w, y }, out, dims) {
    const tokens = dims.tokens;
    const width = dims.in;
    const row = scratchRow(width);
    w.decodeRow(out, row);
    for (let t = 0; t < tokens; t++) {
      y.data[t * y.rowStride + out] = dot(x.data, t * x.rowStride, row, 0, width);
    }
  },

  lower({ x, w, y }, { tokens, out }, context) {
    lowerProduct(context, {
      ...{ kind: 'one', numSegments: 1, w, segmentRows: 0, rowOffset: 0, numRows: out },
      ...{ x: x.memory, xStride: strideOf(x), xHeadBytes: 0, isShared: true, numColumns: tokens },
      ...{ y: y.memory, yStride: strideOf(y), ySegmentBytes: 0 },
    });
  },

  shapes: [
    { tokens: 1, in: 256, out: 5 },
    { tokens: 5, in: 512, out: 67 },
    { tokens: 2, in: 1536, out: 64 },
  ],
});
