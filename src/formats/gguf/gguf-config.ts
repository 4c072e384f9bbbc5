/**
 * GGUF metadata → ModelConfig for the architectures llama, qwen2, qwen3 and deepseek2 (V2-Lite,
 * V2, V3, R1, V3.1). Keys and meanings are llama.cpp's (llama-arch.cpp, src/models/); a few
 * questions that metadata leaves open are answered by which tensors are there.
 * Refuses unknown architectures, missing keys and values out of bounds or that do not divide
 * (file_damaged), and variants that would silently give wrong answers (config_unsupported).
 */
import path from 'node:path';
import { error } from '../../base/errors.ts';
import type { TensorSource } from '../../base/tensor-view.ts';
import {
  configLimits as limits,
  type MlaConfig,
  type ModelConfig,
  type MoeConfig,
} from '../model-config.ts';
import { ArchitectureFields } from './architecture-fields.ts';
import { parseGgufRope } from './gguf-rope.ts';
import type { GgufMetadata } from './metadata.ts';

const architectures = ['llama', 'qwen2', 'qwen3', 'deepseek2'];

export function parseGgufConfig(metadata: GgufMetadata, tensors: TensorSource): ModelConfig {
  const { file } = metadata;
  const architecture = metadata.string('general.architecture') ?? '';
  if (!architectures.includes(architecture)) {
    const expected = architectures.join(', ');
    throw error('architecture_unknown', { file, found: architecture || 'nothing', expected });
  }
  const fields = new ArchitectureFields(metadata, architecture);
  const isDeepseek = architecture === 'deepseek2';
  if (!isDeepseek && fields.optionalCount('expert_count', limits.experts, 0)) {
    throw fields.unsupported('expert_count', `${architecture} without experts`);
  }

  const hiddenSize = fields.count('embedding_length', limits.width);
  const numAttentionHeads = fields.count('attention.head_count', limits.heads);
  const mla = isDeepseek ? parseMla(fields) : undefined;
  const headDim = mla
    ? mla.qkNopeHeadDim + mla.qkRopeHeadDim
    : parseHeadDim(fields, hiddenSize, numAttentionHeads);
  const layers = countLayers(fields, tensors, isDeepseek);
  const moe = isDeepseek ? parseMoe(fields, layers.numHiddenLayers) : undefined;
  const maxPositionEmbeddings = fields.count('context_length', limits.positions);
  const rotated = mla ? mla.qkRopeHeadDim : headDim;
  return {
    architecture,
    name: metadata.string('general.name') || path.basename(file, '.gguf'),
    vocabSize: parseVocabSize(fields, tensors),
    hiddenSize,
    intermediateSize: fields.count('feed_forward_length', limits.width),
    ...layers,
    numAttentionHeads,
    numKeyValueHeads: mla ? numAttentionHeads : parseKeyValueHeads(fields, numAttentionHeads),
    headDim,
    maxPositionEmbeddings,
    rmsNormEps: fields.number('attention.layer_norm_rms_epsilon', 1, 0),
    tieWordEmbeddings: !tensors.has('output.weight'),
    rope: parseGgufRope(fields, tensors, rotated, maxPositionEmbeddings),
    ...(mla && { mla }),
    ...(moe && { moe }),
  };
}

/** Both places may state it, and one may be out of date: then the embedding decides. */
function parseVocabSize(fields: ArchitectureFields, tensors: TensorSource): number {
  const stated = fields.optionalCount('vocab_size', limits.vocabulary);
  const list = fields.metadata.entries.get('tokenizer.ggml.tokens');
  const listed = list?.type === 'array' && list.length > 0 ? list.length : undefined;
  const embedding = 'token_embd.weight';
  const rows = tensors.has(embedding) ? tensors.get(embedding).dims[0] : undefined;
  const isStatedRight = stated !== undefined && stated === rows;
  const vocabSize = isStatedRight ? stated : (listed ?? stated);
  if (vocabSize !== undefined && vocabSize <= limits.vocabulary) return vocabSize;
  throw fields.damaged('vocab_size', `1 to ${limits.vocabulary}, or a token list of that length`);
}

/**
 * llama.cpp counts MTP modules among the blocks, and converters that drop them may leave the key:
 * a module is there when its first matrix is, a layer when its norm is.
 */
function countLayers(fields: ArchitectureFields, tensors: TensorSource, isDeepseek: boolean) {
  const blocks = fields.count('block_count', limits.layers);
  const modules = isDeepseek
    ? (fields.optionalCount('nextn_predict_layers', limits.nextn, 0) ?? 0)
    : 0;
  if (modules >= blocks) {
    throw fields.damaged('nextn_predict_layers', `fewer than the ${blocks} blocks`);
  }
  const isModule = (block: number) => tensors.has(`blk.${block}.nextn.eh_proj.weight`);
  const isCountedIn =
    isModule(blocks - modules) || !tensors.has(`blk.${blocks - 1}.attn_norm.weight`);
  const numHiddenLayers = isCountedIn ? blocks - modules : blocks;
  let numNextnPredictLayers = 0;
  while (numNextnPredictLayers < modules && isModule(numHiddenLayers + numNextnPredictLayers)) {
    numNextnPredictLayers++;
  }
  return { numHiddenLayers, numNextnPredictLayers };
}

function parseHeadDim(fields: ArchitectureFields, hiddenSize: number, heads: number): number {
  const stated = fields.optionalCount('attention.key_length', limits.headWidth);
  if (stated === undefined && hiddenSize % heads !== 0) {
    throw fields.damaged('embedding_length', `a multiple of attention.head_count, ${heads}`);
  }
  const headDim = stated ?? hiddenSize / heads;
  if (headDim % 2 !== 0 || headDim > limits.headWidth) {
    const name = stated === undefined ? 'embedding_length' : 'attention.key_length';
    throw fields.damaged(name, `heads of even width up to ${limits.headWidth}`);
  }
  for (const name of ['attention.value_length', 'rope.dimension_count']) {
    const same = fields.optionalCount(name, limits.headWidth) ?? headDim;
    if (same !== headDim) throw fields.unsupported(name, `the width of a head, ${headDim}`);
  }
  return headDim;
}

function parseKeyValueHeads(fields: ArchitectureFields, heads: number): number {
  const name = 'attention.head_count_kv';
  const keyValueHeads = fields.optionalCount(name, limits.heads) ?? heads;
  if (heads % keyValueHeads === 0) return keyValueHeads;
  throw fields.damaged(name, `a divisor of attention.head_count, ${heads}`);
}

/**
 * Files of today describe one key-value head as wide as the latent row (head_count_kv 1,
 * key_length 576) and give the heads' own widths as *_mla; older ones, with attn_kv_b whole, have
 * the heads' widths in key_length and value_length.
 */
function parseMla(fields: ArchitectureFields): MlaConfig {
  const isSplit = fields.optionalCount('attention.key_length_mla', limits.headWidth, 0);
  const suffix = isSplit ? '_mla' : '';
  const headDim = fields.count(`attention.key_length${suffix}`, limits.headWidth);
  const qkRopeHeadDim = fields.count('rope.dimension_count', limits.headWidth);
  if (qkRopeHeadDim % 2 !== 0 || qkRopeHeadDim >= headDim) {
    throw fields.damaged('rope.dimension_count', `an even number below ${headDim}, a head's width`);
  }
  return {
    // Absent for V2-Lite; 0 says the same.
    qLoraRank: fields.optionalCount('attention.q_lora_rank', limits.width, 0) || undefined,
    kvLoraRank: fields.count('attention.kv_lora_rank', limits.width),
    qkNopeHeadDim: headDim - qkRopeHeadDim,
    qkRopeHeadDim,
    vHeadDim: fields.count(`attention.value_length${suffix}`, limits.headWidth),
  };
}

/** undefined: every layer is dense. */
function parseMoe(fields: ArchitectureFields, layers: number): MoeConfig | undefined {
  const firstKDenseReplace =
    fields.optionalCount('leading_dense_block_count', limits.layers, 0) ?? 0;
  if (firstKDenseReplace >= layers) return undefined;

  const nRoutedExperts = fields.count('expert_count', limits.experts);
  const numExpertsPerTok = fields.count('expert_used_count', nRoutedExperts);
  return {
    nRoutedExperts,
    nSharedExperts: fields.optionalCount('expert_shared_count', limits.experts, 0) ?? 0,
    numExpertsPerTok,
    moeIntermediateSize: fields.count('expert_feed_forward_length', limits.width),
    firstKDenseReplace,
    ...parseRouting(fields, nRoutedExperts, numExpertsPerTok),
    normTopkProb: fields.flag('expert_weights_norm', false),
    // 0 stands for "not scaled" in older files.
    routedScalingFactor: fields.optionalNumber('expert_weights_scale', 1e4, 0) || 1,
  };
}

/**
 * Without a gating function the file is an old V2: softmax. Without group keys there are no groups,
 * though V2 (8, best 3) and V3 (8, best 4) were trained with them: the files of early 2025 lack the
 * keys, llama.cpp routes them over all experts, and so are they measured and known. How a group is
 * scored no key says: by its best expert with softmax (V2), its two best with sigmoid (V3), as
 * DeepSeek's own code does.
 */
function parseRouting(fields: ArchitectureFields, experts: number, expertsPerToken: number) {
  const gating = fields.optionalCount('expert_gating_func', 2 ** 16, 0) || 1;
  if (gating > 2) {
    throw fields.unsupported('expert_gating_func', '1 (softmax) and 2 (sigmoid)');
  }
  const isSigmoid = gating === 2;
  const nGroup = fields.optionalCount('expert_group_count', limits.experts, 0) || 1;
  const topkGroup = nGroup === 1 ? 1 : fields.count('expert_group_used_count', limits.experts);
  const groupSize = experts / nGroup;
  if (!Number.isInteger(groupSize) || (isSigmoid && nGroup > 1 && groupSize < 2)) {
    const size = isSigmoid ? 'equal size, two or more' : 'equal size';
    throw fields.damaged('expert_group_count', `groups of ${size}, for ${experts} experts`);
  }
  if (topkGroup > nGroup) {
    throw fields.damaged('expert_group_used_count', `at most expert_group_count, ${nGroup}`);
  }
  if (expertsPerToken > groupSize * topkGroup) {
    const candidates = groupSize * topkGroup;
    throw fields.damaged('expert_used_count', `at most ${candidates}, those of the groups used`);
  }
  return {
    scoringFunc: isSigmoid ? ('sigmoid' as const) : ('softmax' as const),
    nGroup,
    topkGroup,
    groupScore: isSigmoid ? ('top2-sum' as const) : ('max' as const),
  };
}
