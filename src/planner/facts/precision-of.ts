/**
 * A precision as it is for one model. Dense models have their attention quantised where latent
 * attention is left alone, and a model in the precision of its makers keeps its cache their way.
 */
import type { Precision } from './precision.ts';
import type { ServedModel } from './served-model.ts';

export function precisionOf(model: ServedModel, precision: Precision): Precision {
  const { groupedAttention, ...rest } = precision;
  const native = precision.id === model.nativePrecision ? model.nativeKvBytes : undefined;
  const kvBytes = native ?? precision.kvBytes;
  const isGrouped = model.layers.every(({ attention }) => attention.kind === 'grouped');
  if (groupedAttention === undefined || !isGrouped) return { ...rest, kvBytes };
  return {
    ...rest,
    kvBytes,
    weightBytes: { ...precision.weightBytes, attention: groupedAttention.weightBytes },
    products: { ...precision.products, attention: groupedAttention.products },
  };
}
