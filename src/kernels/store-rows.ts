/** cache[slots[token]] = rows[token]: new keys, values or latents go to their place in the KV cache. */
import { defineKernel, f32, i32 } from '../compiler/kernel.ts';

export const storeRows = defineKernel({
  name: 'store_rows',
  params: {
    rows: f32.in('tokens', 'width'),
    slots: i32.in('tokens'),
    cache: f32.inout('slots', 'width'),
  },
  parallelOver: 'tokens',

  reference({ rows, slots, cache }, token) {
    cache.row(slots.data[token]).set(rows.row(token));
  },

  /** Distinct: two tokens never go to one slot. */
  indices: ({ tokens, slots }) => ({
    slots: Int32Array.from({ length: tokens }, (_, t) => slots - 1 - t),
  }),

  shapes: [
    { tokens: 1, slots: 4, width: 3 },
    { tokens: 5, slots: 64, width: 576 },
  ],
});
