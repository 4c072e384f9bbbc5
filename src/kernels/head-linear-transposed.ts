/**
 * The transpose of head_linear: y[head] = W[head]ᵀ · x[head], summed over the head's rows
 * [rowOffset, rowOffset + inDim). It absorbs q into the latent where the checkpoint keeps kv_b,
 * and expands keys where it keeps the absorbed k_b (llama.cpp's attn_k_b).
 */
import { defineKernel, f32, scalar, weight } from '../compiler/kernel.ts';
import { scratchRow } from './dot.ts';

export const headLinearTransposed = defineKernel({
  name: 'head_linear_transposed',
  params: {
    x: f32.in('tokens', 'xHeads', 'xWidth'),
    w: weight('rows', 'out'),
    y: f32.inout('tokens', 'heads', 'yWidth'),
    headRows: scalar,
    rowOffset: scalar,
    inDim: scalar,
    xOffset: scalar,
    yOffset: scalar,
  },
  parallelOver: 'heads',

  reference({ x, w, y, headRows, rowOffset, inDim, xOffset, yOffset }, head, dims) {
    const out = dims.out;
    const tokens = dims.tokens;
    const xHead = dims.xHeads === 1 ? 0 : head;
    const row = scratchRow(out);
    const sums = new Float64Array(tokens * out);
    for (let r = 0; r < inDim; r++) {
      w.decodeRow(head * headRows + rowOffset + r, row);
      for (let t = 0; t < tokens; t++) {
        const value = x.data[t * x.rowStride + xHead * dims.xWidth + xOffset + r];
        for (let i = 0; i < out; i++) {
          sums[t * out + i] = sums[t * out + i] + value * row[i];
        }
      }
    }
    for (let t = 0; t < tokens; t++) {
      const to = t * y.rowStride + head * dims.yWidth + yOffset;
      y.data.set(sums.subarray(t * out, (t + 1) * out), to);
    }
  },

  shapes: [
    {
      ...{ tokens: 1, heads: 1, xHeads: 1, xWidth: 4, out: 32, rows: 4, yWidth: 32 },
      ...{ headRows: 4, rowOffset: 0, inDim: 4, xOffset: 0, yOffset: 0 },
    },
    {
      ...{ tokens: 3, heads: 4, xHeads: 4, xWidth: 40, out: 64, rows: 4 * 40, yWidth: 80 },
      ...{ headRows: 40, rowOffset: 8, inDim: 24, xOffset: 4, yOffset: 16 },
    },
  ],
});
