/** Embedding: y[token] = table[id]. Memory-bound: one row of the table per token. */
import { defineKernel, f32, i32, weight } from '../compiler/kernel.ts';

export const embed = defineKernel({
  name: 'embed',
  params: {
    ids: i32.in('tokens'),
    table: weight('vocab', 'hidden'),
    y: f32.out('tokens', 'hidden'),
  },
  parallelOver: 'tokens',

  reference({ ids, table, y }, token) {
    table.decodeRow(ids.data[token], y.row(token));
  },

  /** A few rows a step: decoded where they are needed, so the table is never read whole. */
  lower({ ids, table, y }, { tokens, hidden }, context) {
    context.host(y.memory, 'out', (data) => {
      const wanted = context.integers(ids.memory);
      for (let token = 0; token < tokens; token++) {
        const start = token * y.rowStride;
        table.decodeRow(wanted[token], data.subarray(start, start + hidden));
      }
    });
  },

  indices: ({ tokens, vocab }) => ({
    ids: Int32Array.from({ length: tokens }, (_, t) => (t * 31) % vocab),
  }),

  shapes: [
    { tokens: 1, vocab: 5, hidden: 32 },
    { tokens: 7, vocab: 129, hidden: 256 },
  ],
});
