/**
 * Which number format llama-quantize gives each tensor: the recipes of its llama_tensor_get_type
 * (src/llama-quant.cpp, MIT) without an importance matrix, for the file types the benchmark asks
 * for. MXFP4 is the one of our own: llama-quantize keeps it to experts, here every matrix has it.
 */
import { type DType, dtypes } from '../../src/base/dtypes.ts';
import type { ModelConfig } from '../../src/formats/model-config.ts';
import type { ShapeTensor } from './shape-tensors.ts';

const baseTypes = {
  ...{ F16: 'f16', BF16: 'bf16', Q8_0: 'q8_0', Q4_0: 'q4_0', IQ4_NL: 'iq4_nl', MXFP4: 'mxfp4' },
  ...{ Q6_K: 'q6_k', Q5_K_M: 'q5_k', Q4_K_M: 'q4_k', Q4_K_S: 'q4_k', Q3_K_M: 'q3_k', Q2_K: 'q2_k' },
  IQ4_XS: 'iq4_xs',
} as const satisfies Record<string, DType>;

export type FileType = keyof typeof baseTypes;
export const fileTypes = Object.keys(baseTypes) as FileType[];

export function recipeDtype(tensor: ShapeTensor, fileType: FileType, config: ModelConfig): DType {
  const { name, dims } = tensor;
  if (dims.length === 1 || name.endsWith('ffn_gate_inp.weight')) return 'f32';
  return fitting(wanted(tensor, fileType, config), dims.at(-1)!);
}

function wanted({ name, layer }: ShapeTensor, fileType: FileType, config: ModelConfig): DType {
  const base = baseTypes[fileType];
  if (fileType === 'F16' || fileType === 'BF16' || fileType === 'Q8_0') return base;
  if (name === 'output.weight') return fileType === 'MXFP4' ? 'q8_0' : 'q6_k';
  if (name === 'token_embd.weight') return fileType === 'MXFP4' ? 'q8_0' : base;

  const layers = config.numHiddenLayers;
  const isGrouped = !config.mla && config.numAttentionHeads / config.numKeyValueHeads >= 4;
  if (name.endsWith('attn_v.weight')) {
    return valueRules[fileType]?.(layer, layers, isGrouped) ?? base;
  }
  if (name.includes('ffn_down')) return downRules[fileType]?.(layer, layers, isGrouped) ?? base;
  if (name.endsWith('attn_output.weight')) return outputRules[fileType] ?? base;
  return base;
}

type Rule = (layer: number, layers: number, isGrouped: boolean) => DType | undefined;
type Rules = Partial<Record<FileType, Rule>>;

/** The first and last eighth, and every third between. */
function usesMoreBits(layer: number, layers: number): boolean {
  const eighth = Math.floor(layers / 8);
  const isOuter = layer < eighth || layer >= Math.floor((7 * layers) / 8);
  return isOuter || (layer - eighth) % 3 === 2;
}

const sixBits: Rule = (layer, layers) => (usesMoreBits(layer, layers) ? 'q6_k' : undefined);
const isFirstEighth = (layer: number, layers: number) => layer < Math.floor(layers / 8);
const groupedFive: Rule = (_layer, _layers, isGrouped) => (isGrouped ? 'q5_k' : undefined);

const valueRules: Rules = {
  Q4_K_M: sixBits,
  Q5_K_M: sixBits,
  Q4_K_S: (layer) => (layer < 4 ? 'q5_k' : undefined),
  Q3_K_M: (layer) => (layer < 2 ? 'q5_k' : 'q4_k'),
  Q2_K: (_layer, _layers, isGrouped) => (isGrouped ? 'q4_k' : 'q3_k'),
  IQ4_NL: groupedFive,
  IQ4_XS: groupedFive,
};

const firstFive: Rule = (layer, layers) => (isFirstEighth(layer, layers) ? 'q5_k' : undefined);

const downRules: Rules = {
  Q4_K_M: sixBits,
  Q5_K_M: sixBits,
  Q4_K_S: firstFive,
  IQ4_NL: firstFive,
  IQ4_XS: firstFive,
  Q3_K_M: (layer, layers) => (layer < Math.floor(layers / 16) ? 'q5_k' : 'q4_k'),
  Q2_K: () => 'q3_k',
};

const outputRules: Partial<Record<FileType, DType>> = { Q3_K_M: 'q4_k', Q2_K: 'q3_k' };

const fallBacks: Partial<Record<DType, DType>> = { q4_k: 'q5_0', q5_k: 'q5_1', q6_k: 'q8_0' };

/** A row that is no whole blocks of a format gets another one, of blocks of 32. */
function fitting(dtype: DType, columns: number): DType {
  if (columns % dtypes[dtype].blockElements === 0) return dtype;
  return fallBacks[dtype] ?? 'iq4_nl';
}
