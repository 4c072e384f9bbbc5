/**
 * cache[slots[token]] = rows[token]: what storing rows and storing keys have in common, which is
 * all but how the cache lies. The program is the caller's.
 */
import { type cache, defineKernel, f32, i32 } from '../../compiler/kernel.ts';
import type { CacheFormat } from '../../compiler/lowering.ts';
import { cacheArgs, cacheParams, formatOf } from './cache.ts';
import { type DefinedProgram, int, reads, strideOf } from './define-program.ts';

export const storeParams = {
  ...{ rows: int, rowsStride: int, slots: int, width: int },
  ...cacheParams('cache'),
};

export function defineStore(
  name: string,
  into: typeof cache.rowsInout,
  program: (format: CacheFormat) => DefinedProgram<typeof storeParams>,
) {
  return defineKernel({
    name,
    params: {
      rows: f32.in('tokens', 'width'),
      slots: i32.in('tokens'),
      cache: into('slots', 'width'),
    },
    parallelOver: 'tokens',

    reference({ rows, slots, cache }, token) {
      cache.row(slots.data[token]).set(rows.row(token));
    },

    lower({ rows, slots, cache }, { tokens, width }, context) {
      const args = { rows: reads(rows), rowsStride: strideOf(rows), slots: reads(slots), width };
      const to = cacheArgs('cache', cache, 'inout');
      context.launch(program(formatOf(cache)).launch({ ...args, ...to }, tokens));
    },

    /** Distinct: two tokens never go to one slot. */
    indices: ({ tokens, slots }) => ({
      slots: Int32Array.from({ length: tokens }, (_, t) => slots - 1 - t),
    }),

    shapes: [
      { tokens: 1, slots: 16, width: 3 },
      { tokens: 5, slots: 64, width: 576 },
    ],
  });
}
