/** Which codec, or which plain number format, matrix products read a dtype with. */
import type { DType } from '../../base/dtypes.ts';
import { block32Codecs } from './block32-codecs.ts';
import type { Codec } from './codec.ts';
import { type FloatType, floatTypes } from './float-layout.ts';
import { gridCodecs } from './grid-codecs.ts';
import { kCodecs } from './k-codecs.ts';

const codecs = new Map<DType, Codec>(
  [...kCodecs, ...block32Codecs, ...gridCodecs].map((codec) => [codec.dtype, codec]),
);

/** Undefined for numbers as they stand. */
export function codecOf(dtype: DType): Codec | undefined {
  return codecs.get(dtype);
}

export function floatTypeOf(dtype: DType): FloatType {
  const type = floatTypes.find((name) => name === dtype);
  if (!type) throw new Error(`no layout for weights of ${dtype}`);
  return type;
}
