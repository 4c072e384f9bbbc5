/** y[i] = x[index[i]]: rows that want logits, or a sequence's latents out of the KV cache. */
import { defineKernel, f32, i32 } from '../compiler/kernel.ts';

export const gatherRows = defineKernel({
  name: 'gather_rows',
  params: {
    x: f32.in('from', 'width'),
    index: i32.in('rows'),
    y: f32.out('rows', 'width'),
  },
  parallelOver: 'rows',

  reference({ x, index, y }, row) {
    y.row(row).set(x.row(index.data[row]));
  },

  indices: ({ rows, from }) => ({
    index: Int32Array.from({ length: rows }, (_, r) => (r * 13) % from),
  }),

  shapes: [
    { from: 3, rows: 1, width: 5 },
    { from: 64, rows: 17, width: 576 },
  ],
});
