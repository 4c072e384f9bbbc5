/** y[i] = cache[index[i]]: a sequence's latents out of the KV cache. */
import { at } from '../compiler/ir/builder.ts';
import type { Value } from '../compiler/ir/types.ts';
import { cache, defineKernel, f32, i32 } from '../compiler/kernel.ts';
import type { CacheFormat } from '../compiler/lowering.ts';
import {
  blockValues,
  cacheArgs,
  cacheParams,
  elementBytes,
  formatOf,
  loadCached,
} from './emit/cache.ts';
import {
  defineProgram,
  int,
  programFamily,
  reads,
  strideOf,
  writes,
} from './emit/define-program.ts';
import { rowOf } from './emit/map.ts';

const params = { ...{ index: int, y: int, yStride: int, width: int }, ...cacheParams('cache') };

const program = programFamily(
  (format: CacheFormat) => `gather_cache ${format}`,
  (key, format) =>
    defineProgram(key, params, (k, p, { start, end }) => {
      const bytes = elementBytes(format);
      const rowBytes = k.mul(p.width, bytes);
      const whole = k.and(p.width, -k.lanes);
      k.loop(start, end, 1, (row) => {
        const slot = k.loadI32(at(p.index, row, 4));
        const from = rowOf(k, p.cache, slot, rowBytes);
        const scales = rowOf(k, p.cacheScales, slot, p.cacheScaleBytes);
        const to = rowOf(k, p.y, row, p.yStride);
        const scaleAt = (i: Value) => at(scales, k.shr(i, Math.log2(blockValues)), 4);
        k.loop(0, whole, k.lanes, (i) => {
          const x = loadCached(k, format, 'f32x', at(from, i, bytes));
          const y = format === 'int8' ? k.mul(x, k.loadSplat('f32x', scaleAt(i))) : x;
          k.store(at(to, i, 4), y);
        });
        k.loop(whole, p.width, 1, (i) => {
          const x = loadCached(k, format, 'f32', at(from, i, bytes));
          k.store(at(to, i, 4), format === 'int8' ? k.mul(x, k.loadF32(scaleAt(i))) : x);
        });
      });
    }),
);

export const gatherCache = defineKernel({
  name: 'gather_cache',
  params: {
    cache: cache.rowsIn('slots', 'width'),
    index: i32.in('rows'),
    y: f32.out('rows', 'width'),
  },
  parallelOver: 'rows',

  reference({ cache, index, y }, row) {
    y.row(row).set(cache.row(index.data[row]));
  },

  lower({ cache, index, y }, { rows, width }, context) {
    const args = { index: reads(index), y: writes(y), yStride: strideOf(y), width };
    const from = cacheArgs('cache', cache, 'in');
    context.launch(program(formatOf(cache)).launch({ ...args, ...from }, rows));
  },

  indices: ({ rows, slots }) => ({
    index: Int32Array.from({ length: rows }, (_, r) => (r * 13) % slots),
  }),

  shapes: [
    { slots: 16, rows: 1, width: 5 },
    { slots: 64, rows: 17, width: 576 },
  ],
});
