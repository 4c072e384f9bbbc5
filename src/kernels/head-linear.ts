/**
 * One small linear layer per head: y[head] = W[head] · x[head]. MLA's up-projections and their
 * absorbed forms (arXiv:2405.04434, 2.1). W's rows are `headRows` per head; of these the layer
 * uses [rowOffset, rowOffset + outDim): a checkpoint's kv_b holds a head's key and value parts
 * one after the other. `xHeads` = 1 means that all heads read the same x (the latent).
 * x is read from column xOffset of each head, y written from yOffset: parts of wider heads.
 */
import { defineKernel, f32, scalar, weight } from '../compiler/kernel.ts';
import { dot, scratchRow } from './dot.ts';
import { part, strideOf } from './emit/define-program.ts';
import { lowerProduct } from './products/lower-product.ts';

export const headLinear = defineKernel({
  name: 'head_linear',
  params: {
    x: f32.in('tokens', 'xHeads', 'xWidth'),
    w: weight('rows', 'in'),
    y: f32.inout('tokens', 'heads', 'yWidth'),
    headRows: scalar,
    rowOffset: scalar,
    outDim: scalar,
    xOffset: scalar,
    yOffset: scalar,
  },
  parallelOver: 'heads',

  reference({ x, w, y, headRows, rowOffset, outDim, xOffset, yOffset }, head, dims) {
    const width = dims.in;
    const xHead = dims.xHeads === 1 ? 0 : head;
    const row = scratchRow(width);
    for (let r = 0; r < outDim; r++) {
      w.decodeRow(head * headRows + rowOffset + r, row);
      for (let t = 0; t < dims.tokens; t++) {
        const xStart = t * x.rowStride + xHead * dims.xWidth + xOffset;
        const to = t * y.rowStride + head * dims.yWidth + yOffset + r;
        y.data[to] = dot(x.data, xStart, row, 0, width);
      }
    }
  },

  lower({ x, w, y, headRows, rowOffset, outDim, xOffset, yOffset }, dims, context) {
    const { tokens, heads, xHeads, xWidth, yWidth } = dims;
    lowerProduct(context, {
      ...{ kind: 'heads', numSegments: heads, w, segmentRows: headRows, rowOffset },
      ...{ numRows: outDim, isShared: xHeads === 1, numColumns: tokens },
      ...{ x: part(x.memory, 4 * xOffset), xStride: strideOf(x), xHeadBytes: 4 * xWidth },
      ...{ y: part(y.memory, 4 * yOffset), yStride: strideOf(y), ySegmentBytes: 4 * yWidth },
    });
  },

  shapes: [
    {
      ...{ tokens: 1, heads: 1, xHeads: 1, xWidth: 32, in: 32, rows: 4, yWidth: 4 },
      ...{ headRows: 4, rowOffset: 0, outDim: 4, xOffset: 0, yOffset: 0 },
    },
    {
      ...{ tokens: 3, heads: 4, xHeads: 4, xWidth: 96, in: 64, rows: 4 * 40, yWidth: 56 },
      ...{ headRows: 40, rowOffset: 16, outDim: 24, xOffset: 32, yOffset: 8 },
    },
  ],
});
