/** cache[slots[token]] = rows[token]: new values, or latents, go to their place in the KV cache. */
import { at, type Builder } from '../compiler/ir/builder.ts';
import type { Value } from '../compiler/ir/types.ts';
import { cache } from '../compiler/kernel.ts';
import type { CacheFormat } from '../compiler/lowering.ts';
import { blockValues, elementBytes, scaleOf, storeCached } from './emit/cache.ts';
import { defineProgram, programFamily } from './emit/define-program.ts';
import { rowOf } from './emit/map.ts';
import { defineStore, storeParams } from './emit/store-kernel.ts';

const program = programFamily(
  (format: CacheFormat) => `store_rows ${format}`,
  (key, format) =>
    defineProgram(key, storeParams, (k, p, { start, end }) => {
      const rowBytes = k.mul(p.width, elementBytes(format));
      k.loop(start, end, 1, (token) => {
        const from = rowOf(k, p.rows, token, p.rowsStride);
        const slot = k.loadI32(at(p.slots, token, 4));
        const to = rowOf(k, p.cache, slot, rowBytes);
        if (format === 'f16') return storeValues(k, format, from, to, p.width, undefined);
        const scales = rowOf(k, p.cacheScales, slot, p.cacheScaleBytes);
        k.loop(0, p.width, blockValues, (first) => {
          const block = k.add(from, k.shl(first, 2));
          const count = k.min(k.sub(p.width, first), blockValues);
          const { scale, inverse } = scaleOf(k, block, count);
          k.store(at(scales, k.shr(first, Math.log2(blockValues)), 4), scale);
          storeValues(k, format, block, k.add(to, first), count, inverse);
        });
      });
    }),
);

/** to[i] = from[i] · factor, `count` of them. */
function storeValues(
  k: Builder,
  format: CacheFormat,
  from: Value,
  to: Value,
  count: Value,
  factor: Value | undefined,
): void {
  const scale = elementBytes(format);
  const whole = k.and(count, -k.lanes);
  k.loop(0, whole, k.lanes, (i) => {
    const x = k.load('f32x', at(from, i, 4));
    storeCached(k, format, at(to, i, scale), factor ? k.mul(x, k.splat(factor)) : x);
  });
  k.loop(whole, count, 1, (i) => {
    const x = k.loadF32(at(from, i, 4));
    storeCached(k, format, at(to, i, scale), factor ? k.mul(x, factor) : x);
  });
}

export const storeRows = defineStore('store_rows', cache.rowsInout, program);
