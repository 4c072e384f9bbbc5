/**
 * Which dtype a tensor of a GGUF file gets, by the name of a recipe: llama-quantize's rules for
 * the mixes offered here. Vectors, norms and routers stay f32. A row that does not fill the
 * blocks of its format falls back to q8_0, and one that does not fill those to f16.
 * Two differences: there a Q4_K row falls back to Q5_0, and a model of exactly eight experts gets
 * more bits in places (a rule meant for Mixtral).
 */
import type { EncodableDType } from '../../../base/blocks/encode-row.ts';
import { dtypes } from '../../../base/dtypes.ts';

/** LLAMA_FTYPE, which tools show as the file's quantisation. */
export const ggufTypes = {
  f32: { dtype: 'f32', fileType: 0 },
  f16: { dtype: 'f16', fileType: 1 },
  q4_0: { dtype: 'q4_0', fileType: 2 },
  q8_0: { dtype: 'q8_0', fileType: 7 },
  q4_k_m: { dtype: 'q4_k', fileType: 15 },
} as const satisfies Record<string, { dtype: EncodableDType; fileType: number }>;

export type GgufType = keyof typeof ggufTypes;

export interface TensorSituation {
  readonly name: string;
  readonly dims: readonly number[];
  /** The embedding is the head as well. */
  readonly isTied: boolean;
  readonly numLayers: number;
}

export function tensorDType(type: GgufType, tensor: TensorSituation): EncodableDType {
  const { name, dims } = tensor;
  const isKept = /norm\.weight$|ffn_gate_inp|\.bias$/.test(name);
  if (dims.length < 2 || isKept) return 'f32';
  return fitting(wanted(type, tensor), dims.at(-1)!);
}

function wanted(type: GgufType, { name, isTied, numLayers }: TensorSituation): EncodableDType {
  const { dtype } = ggufTypes[type];
  if (type === 'f32' || type === 'f16' || type === 'q8_0') return dtype;
  const isHead = name === 'output.weight' || (isTied && name === 'token_embd.weight');
  if (isHead) return 'q6_k';
  const layer = /^blk\.(\d+)\..*(?:attn_v\.|ffn_down)/.exec(name)?.[1];
  return type === 'q4_k_m' && layer && hasMoreBits(Number(layer), numLayers) ? 'q6_k' : dtype;
}

/** The first and the last eighth of the layers, and every third between. */
function hasMoreBits(layer: number, numLayers: number): boolean {
  const eighth = Math.floor(numLayers / 8);
  const last = Math.floor((7 * numLayers) / 8);
  return layer < eighth || layer >= last || (layer - eighth) % 3 === 2;
}

function fitting(dtype: EncodableDType, columns: number): EncodableDType {
  const fits = (candidate: EncodableDType) => columns % dtypes[candidate].blockElements === 0;
  return [dtype, 'q8_0' as const].find(fits) ?? 'f16';
}
