/** How weights are kept and multiplied when a model is served: one row per way. */
import type { RateType } from './chip.ts';

export type PrecisionId =
  | 'bf16'
  | 'fp8'
  | 'int8'
  | 'int4'
  | 'w4a8'
  | 'fp4'
  | 'mxfp4'
  | 'q4_k_m'
  | 'q8_0';

/** Parts of a model that ways of quantisation treat differently. */
export type WeightPart = 'attention' | 'dense' | 'sharedExperts' | 'routedExperts' | 'head';

export interface Precision {
  readonly id: PrecisionId;
  readonly name: string;
  readonly aliases: readonly string[];
  /** Bytes per weight, scales included. `head`: the head and the embedding. */
  readonly weightBytes: { readonly [part in WeightPart]: number };
  /** What the products of a part are multiplied in. Weights kept narrower are widened on the way. */
  readonly products: { readonly [part in WeightPart]: RateType };
  /** Of models without latent attention, where that differs: precision-of.ts puts it in place. */
  readonly groupedAttention?: { readonly weightBytes: number; readonly products: RateType };
  /** Bytes per element of the KV cache unless asked otherwise. */
  readonly kvBytes: number;
  readonly source: string;
}
