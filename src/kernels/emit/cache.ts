/**
 * How a KV cache lies in memory on compiled devices. Rows stand one after the other; keys in groups
 * of 16 slots, a group's dimension by dimension: (slots / 16, width, 16). So sixteen scores come out
 * of one vector multiplication per dimension, without sums across lanes.
 *
 * f16: as it is. int8: 32 values of a row share a f32 scale, their largest over 127. Scales lie
 * behind all values, as the values do: (slots, blocks), of keys (slots / 16, blocks, 16). A block
 * at a row's end may be short; heads begin with a block.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Address, Value } from '../../compiler/ir/types.ts';
import type { Access } from '../../compiler/kernel.ts';
import type { CacheFormat, LaunchArg, LowerTensor } from '../../compiler/lowering.ts';
import { int, part } from './define-program.ts';

/** Slots of a group of keys. */
export const keyGroup = 16;
/** Values of a row that share a scale. */
export const blockValues = 32;
const scaleBytes = 4;

export function cacheRowBytes(format: CacheFormat, width: number): number {
  return elementBytes(format) * width + (format === 'int8' ? rowScaleBytes(width) : 0);
}

export function elementBytes(format: CacheFormat): 1 | 2 {
  return format === 'int8' ? 1 : 2;
}

/** Bytes of the scales of a row, or of one of 16 keys. */
function rowScaleBytes(width: number): number {
  return scaleBytes * Math.ceil(width / blockValues);
}

/** Parameters for a cache named `name`, as `cacheArgs` gives them. */
export function cacheParams<N extends string>(name: N) {
  return { [name]: int, [`${name}Scales`]: int, [`${name}ScaleBytes`]: int } as Record<
    CacheNames<N>,
    'int'
  >;
}
type CacheNames<N extends string> = N | `${N}Scales` | `${N}ScaleBytes`;

/** Where its values lie, where its scales do (if any) and how many bytes those of a row take. */
export function cacheArgs<N extends string>(name: N, tensor: LowerTensor, access: Access) {
  const [slots, width] = tensor.dims;
  const { memory } = tensor;
  const isScaled = formatOf(tensor) === 'int8';
  const scales: LaunchArg = isScaled ? { memory: part(memory, slots * width), access } : { int: 0 };
  return {
    [name]: { memory: isScaled ? part(memory, 0, slots * width) : memory, access },
    [`${name}Scales`]: scales,
    [`${name}ScaleBytes`]: { int: rowScaleBytes(width) },
  } as Record<CacheNames<N>, LaunchArg>;
}

export function formatOf({ cacheFormat }: LowerTensor): CacheFormat {
  if (cacheFormat === undefined) throw new Error('not a cache');
  return cacheFormat;
}

/** Values as they stand, as f32; of int8 they want their scale. */
export function loadCached(
  k: Builder,
  format: CacheFormat,
  type: 'f32' | 'f32x',
  address: Address,
): Value {
  if (format === 'f16') return k.op(type === 'f32' ? 'load_f16' : 'load_f16_f32x', [], { address });
  if (type === 'f32') return k.op('int_to_f32', [k.op('load_i8', [], { address })]);
  return k.op('to_f32x', [k.op('load_i8_i32x', [], { address })]);
}

/** A f16, or the int8 of a number that was divided by its scale. */
export function storeCached(k: Builder, format: CacheFormat, to: Address, value: Value): void {
  if (format === 'f16') {
    k.op(value.type === 'f32' ? 'store_f16' : 'store_f32x_f16', [value], { address: to });
  } else if (value.type === 'f32') {
    k.op('store_i8', [k.op('f32_to_int', [value])], { address: to });
  } else k.op('store_i32x_i8', [k.op('to_i32x', [value])], { address: to });
}

/** The scale for `count` f32s, and what to multiply them by to have whole numbers up to 127. */
export function scaleOf(k: Builder, from: Value, count: Value): { scale: Value; inverse: Value } {
  const largest = k.variable(k.f32x(0));
  const whole = k.and(count, -k.lanes);
  k.loop(0, whole, k.lanes, (i) => {
    const x = k.load('f32x', at(from, i, 4));
    k.set(largest, k.max(largest, k.max(x, k.sub(k.f32x(0), x))));
  });
  const most = k.variable(k.max(k.reduceMax(largest), k.f32(1e-30)));
  k.loop(whole, count, 1, (i) => {
    const x = k.loadF32(at(from, i, 4));
    k.set(most, k.max(most, k.max(x, k.sub(k.f32(0), x))));
  });
  const scale = k.mul(most, k.f32(1 / 127));
  return { scale, inverse: k.div(k.f32(1), scale) };
}
