/**
 * cache[slots[token]] = rows[token]: new keys go to their place in the KV cache.
 * Attention reads keys a dimension at a time, so devices may keep them otherwise than values.
 */
import { at } from '../compiler/ir/builder.ts';
import type { Value } from '../compiler/ir/types.ts';
import { cache } from '../compiler/kernel.ts';
import type { CacheFormat } from '../compiler/lowering.ts';
import { blockValues, elementBytes, keyGroup, scaleOf, storeCached } from './emit/cache.ts';
import { defineProgram, programFamily } from './emit/define-program.ts';
import { rowOf } from './emit/map.ts';
import { defineStore, storeParams } from './emit/store-kernel.ts';

/** Element (slot, i) lies at ((slot / 16) · width + i) · 16 + slot % 16, a block's scale likewise. */
const program = programFamily(
  (format: CacheFormat) => `store_keys ${format}`,
  (key, format) =>
    defineProgram(key, storeParams, (k, p, { start, end }) => {
      const dimensionBytes = keyGroup * elementBytes(format);
      const groupBytes = k.mul(p.width, dimensionBytes);
      k.loop(start, end, 1, (token) => {
        const from = rowOf(k, p.rows, token, p.rowsStride);
        const slot = k.loadI32(at(p.slots, token, 4));
        const groupNumber = k.shr(slot, Math.log2(keyGroup));
        const lane = k.and(slot, keyGroup - 1);
        const group = rowOf(k, p.cache, groupNumber, groupBytes);
        const to = k.variable(k.add(group, k.mul(lane, elementBytes(format))));
        const storeValues = (values: Value, count: Value, factor?: Value) =>
          k.loop(0, count, 1, (i) => {
            const x = k.loadF32(at(values, i, 4));
            storeCached(k, format, at(to), factor ? k.mul(x, factor) : x);
            k.set(to, k.add(to, dimensionBytes));
          });
        if (format === 'f16') return storeValues(from, p.width);
        const groupScales = k.mul(p.cacheScaleBytes, keyGroup);
        const scales = k.add(rowOf(k, p.cacheScales, groupNumber, groupScales), k.shl(lane, 2));
        k.loop(0, p.width, blockValues, (first) => {
          const block = k.add(from, k.shl(first, 2));
          const count = k.min(k.sub(p.width, first), blockValues);
          const { scale, inverse } = scaleOf(k, block, count);
          // 16 scales of 4 bytes for 32 values: 2 bytes for each of `first`.
          k.store(at(scales, first, 2), scale);
          storeValues(block, count, inverse);
        });
      });
    }),
);

export const storeKeys = defineStore('store_keys', cache.keysInout, program);
