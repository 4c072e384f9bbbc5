/**
 * Causal attention of each query token over its own sequence in a paged cache. Query heads share
 * key/value heads in groups (grouped-query attention); with one key/value head and the latent as
 * both key and value it is MLA's absorbed form. y = softmax(scale · q·kᵀ) · v per head.
 * Position p of sequence s lies in slot blockTables[s][p / blockTokens] · blockTokens + p % blockTokens.
 */
import { defineKernel, f32, i32, scalar } from '../compiler/kernel.ts';
import { dot } from './dot.ts';

let scores = new Float64Array(0);

export const attention = defineKernel({
  name: 'attention',
  params: {
    q: f32.in('tokens', 'heads', 'headDim'),
    /** A key row is kvHeads heads of headDim, side by side. */
    keys: f32.in('slots', 'keyWidth'),
    values: f32.in('slots', 'valueWidth'),
    blockTables: i32.in('sequences', 'maxBlocks'),
    sequenceOf: i32.in('tokens'),
    positions: i32.in('tokens'),
    kvHeads: scalar,
    blockTokens: scalar,
    scale: scalar,
    y: f32.out('tokens', 'heads', 'valueDim'),
  },
  parallelOver: 'tokens',

  reference(args, token, dims) {
    const { q, keys, values, blockTables, kvHeads, blockTokens, scale, y } = args;
    const { headDim, valueDim, heads } = dims;
    const table = blockTables.row(args.sequenceOf.data[token]);
    const context = args.positions.data[token] + 1;
    const slotOf = (p: number) =>
      table[Math.floor(p / blockTokens)] * blockTokens + (p % blockTokens);
    if (scores.length < context) scores = new Float64Array(context * 2);
    const out = y.row(token).fill(0);
    const group = heads / kvHeads;

    for (let head = 0; head < heads; head++) {
      const kvHead = Math.floor(head / group);
      const qStart = token * q.rowStride + head * headDim;
      let max = Number.NEGATIVE_INFINITY;
      for (let p = 0; p < context; p++) {
        const kStart = slotOf(p) * keys.rowStride + kvHead * headDim;
        const score = scale * dot(q.data, qStart, keys.data, kStart, headDim);
        scores[p] = score;
        if (score > max) max = score;
      }
      let sum = 0;
      for (let p = 0; p < context; p++) {
        scores[p] = Math.exp(scores[p] - max);
        sum += scores[p];
      }
      const yStart = head * valueDim;
      for (let p = 0; p < context; p++) {
        const probability = scores[p] / sum;
        const vStart = slotOf(p) * values.rowStride + kvHead * valueDim;
        for (let i = 0; i < valueDim; i++) {
          const v = values.data[vStart + i];
          out[yStart + i] = out[yStart + i] + probability * v;
        }
      }
    }
  },

  /** Sequences take turns; blocks lie backwards in the cache; the last token sees all its blocks. */
  indices: ({ tokens, sequences, maxBlocks, blockTokens }) => ({
    blockTables: Int32Array.from(
      { length: sequences * maxBlocks },
      (_, i) => sequences * maxBlocks - 1 - i,
    ),
    sequenceOf: Int32Array.from({ length: tokens }, (_, t) => t % sequences),
    positions: Int32Array.from({ length: tokens }, (_, t) =>
      Math.max(0, maxBlocks * blockTokens - (tokens - t)),
    ),
  }),

  shapes: [
    {
      ...{ tokens: 1, heads: 1, headDim: 4, keyWidth: 4, valueWidth: 4, valueDim: 4, kvHeads: 1 },
      ...{ sequences: 1, maxBlocks: 1, slots: 4, blockTokens: 4, scale: 0.5 },
    },
    {
      ...{ tokens: 5, heads: 6, headDim: 64, keyWidth: 128, valueWidth: 128, valueDim: 64 },
      ...{ kvHeads: 2, sequences: 2, maxBlocks: 3, slots: 96, blockTokens: 16, scale: 0.125 },
    },
    {
      ...{ tokens: 2, heads: 16, headDim: 576, keyWidth: 576, valueWidth: 512, valueDim: 512 },
      ...{ kvHeads: 1, sequences: 2, maxBlocks: 2, slots: 64, blockTokens: 16, scale: 0.07 },
    },
  ],
});
