/**
 * Hugging Face config.json → ModelConfig, for model_type llama, qwen2, qwen3, deepseek_v2 and
 * deepseek_v3. Meanings are those of transformers 5, whose logits ours are compared with.
 * Refuses unknown architectures, values out of bounds or that do not divide (file_damaged), and
 * variants that would silently give wrong answers: biases, sliding windows, other activations,
 * quantisations other than 128x128 FP8 (config_unsupported).
 */
import { error } from '../../base/errors.ts';
import type { JsonObject } from '../json-file.ts';
import {
  configLimits as limits,
  type MlaConfig,
  type ModelConfig,
  type MoeConfig,
} from '../model-config.ts';
import { HfFields } from './hf-fields.ts';
import { parseHfRope } from './hf-rope.ts';

const architectures: Readonly<Record<string, string>> = {
  llama: 'llama',
  qwen2: 'qwen2',
  qwen3: 'qwen3',
  deepseek_v2: 'deepseek2',
  deepseek_v3: 'deepseek2',
};

/** `file` names config.json in errors; `name` is what the checkpoint is called. */
export function parseHfConfig(file: string, name: string, json: JsonObject): ModelConfig {
  const config = new HfFields(file, json);
  const modelType = config.text('model_type') ?? '';
  if (!Object.hasOwn(architectures, modelType)) {
    const expected = Object.keys(architectures).join(', ');
    throw error('architecture_unknown', { file, found: modelType || 'nothing', expected });
  }
  const isDeepseek = modelType.startsWith('deepseek');
  checkVariant(config);

  const hiddenSize = config.count('hidden_size', limits.width);
  const numHiddenLayers = config.count('num_hidden_layers', limits.layers);
  const numAttentionHeads = config.count('num_attention_heads', limits.heads);
  const mla = isDeepseek ? parseMla(config) : undefined;
  const moe = isDeepseek ? parseMoe(config, modelType, numHiddenLayers) : undefined;
  const headDim = mla
    ? mla.qkNopeHeadDim + mla.qkRopeHeadDim
    : parseHeadDim(config, modelType, hiddenSize, numAttentionHeads);
  const maxPositionEmbeddings = config.count('max_position_embeddings', limits.positions);
  return {
    architecture: architectures[modelType] as string,
    name,
    vocabSize: config.count('vocab_size', limits.vocabulary),
    hiddenSize,
    intermediateSize: config.count('intermediate_size', limits.width),
    numHiddenLayers,
    numAttentionHeads,
    numKeyValueHeads: parseKeyValueHeads(config, isDeepseek, numAttentionHeads),
    headDim,
    maxPositionEmbeddings,
    rmsNormEps: config.optionalNumber('rms_norm_eps', 1) ?? 1e-6,
    tieWordEmbeddings: config.flag('tie_word_embeddings', false),
    rope: parseHfRope(config, {
      dims: mla ? mla.qkRopeHeadDim : headDim,
      interleaved: isDeepseek && config.flag('rope_interleave', true),
      maxPositionEmbeddings,
      isDeepseek,
    }),
    ...(mla && { mla }),
    ...(moe && { moe }),
    numNextnPredictLayers: isDeepseek ? parseNextn(config) : 0,
  };
}

function checkVariant(config: HfFields): void {
  config.only('hidden_act', 'silu');
  config.only('attention_bias', false);
  config.only('mlp_bias', false);
  const layerTypes = config.get('layer_types');
  const isFull = Array.isArray(layerTypes) && layerTypes.every((type) => type === 'full_attention');
  if (layerTypes !== undefined && !isFull) {
    throw config.unsupported('layer_types', 'full_attention in every layer');
  }
  if (config.flag('use_sliding_window', false) && !isFull) {
    throw config.unsupported('use_sliding_window', 'full attention');
  }

  const quantization = config.object('quantization_config');
  if (!quantization) return;
  if (quantization.get('quant_method') !== 'fp8')
    throw quantization.unsupported('quant_method', 'fp8');
  const block = quantization.get('weight_block_size');
  const isTiled = Array.isArray(block) && block.length === 2 && block.every((n) => n === 128);
  if (!isTiled) throw quantization.unsupported('weight_block_size', '[128, 128]');
}

function parseHeadDim(config: HfFields, modelType: string, hiddenSize: number, heads: number) {
  const headDim = config.optionalCount('head_dim', limits.headWidth);
  if (headDim === undefined && modelType === 'qwen3') return 128;
  if (headDim === undefined && hiddenSize % heads !== 0) {
    throw config.damaged('hidden_size', `a multiple of num_attention_heads, ${heads}`);
  }
  const width = headDim ?? hiddenSize / heads;
  if (width % 2 !== 0 || width > limits.headWidth) {
    const name = headDim === undefined ? 'hidden_size' : 'head_dim';
    throw config.damaged(name, `heads of even width up to ${limits.headWidth}`);
  }
  return width;
}

/** With latent attention there is one latent for all heads: the number is there but means nothing. */
function parseKeyValueHeads(config: HfFields, isDeepseek: boolean, heads: number): number {
  const keyValueHeads = config.optionalCount('num_key_value_heads', limits.heads) ?? heads;
  if (heads % keyValueHeads !== 0 || (isDeepseek && keyValueHeads !== heads)) {
    const expected = isDeepseek ? 'num_attention_heads' : 'a divisor of num_attention_heads';
    throw config.damaged('num_key_value_heads', `${expected}, ${heads}`);
  }
  return keyValueHeads;
}

function parseMla(config: HfFields): MlaConfig {
  const qkRopeHeadDim = config.count('qk_rope_head_dim', limits.headWidth);
  if (qkRopeHeadDim % 2 !== 0) throw config.damaged('qk_rope_head_dim', 'an even number');
  return {
    qLoraRank: config.optionalCount('q_lora_rank', limits.width),
    kvLoraRank: config.count('kv_lora_rank', limits.width),
    qkNopeHeadDim: config.count('qk_nope_head_dim', limits.headWidth),
    qkRopeHeadDim,
    vHeadDim: config.count('v_head_dim', limits.headWidth),
  };
}

/** undefined: every layer is dense. */
function parseMoe(config: HfFields, modelType: string, layers: number): MoeConfig | undefined {
  const nRoutedExperts = config.optionalCount('n_routed_experts', limits.experts);
  const firstKDenseReplace = config.optionalCount('first_k_dense_replace', limits.layers, 0) ?? 0;
  if (nRoutedExperts === undefined || firstKDenseReplace >= layers) return undefined;
  config.only('moe_layer_freq', 1);

  const numExpertsPerTok = config.count('num_experts_per_tok', nRoutedExperts);
  const routing = modelType === 'deepseek_v2' ? parseV2Routing(config) : parseV3Routing(config);
  const { nGroup, topkGroup, groupScore } = routing;
  const groupSize = nRoutedExperts / nGroup;
  if (!Number.isInteger(groupSize) || (groupScore === 'top2-sum' && groupSize < 2)) {
    const size = groupScore === 'max' ? 'equal size' : 'equal size, two or more';
    throw config.damaged('n_group', `groups of ${size}, for ${nRoutedExperts} experts`);
  }
  if (topkGroup > nGroup) throw config.damaged('topk_group', `at most n_group, ${nGroup}`);
  if (numExpertsPerTok > groupSize * topkGroup) {
    const candidates = groupSize * topkGroup;
    throw config.damaged(
      'num_experts_per_tok',
      `at most ${candidates}, those of topk_group groups`,
    );
  }
  return {
    nRoutedExperts,
    nSharedExperts: config.optionalCount('n_shared_experts', limits.experts, 0) ?? 0,
    numExpertsPerTok,
    moeIntermediateSize: config.count('moe_intermediate_size', limits.width),
    firstKDenseReplace,
    routedScalingFactor: config.optionalNumber('routed_scaling_factor', 1e4) ?? 1,
    ...routing,
  };
}

type Routing = Pick<
  MoeConfig,
  'scoringFunc' | 'nGroup' | 'topkGroup' | 'groupScore' | 'normTopkProb'
>;

/**
 * V2 scales its weights always and never normalises them: transformers ignores `norm_topk_prob`
 * here, and every published V2 has it false. `greedy` ignores the groups that V2-Lite states.
 */
function parseV2Routing(config: HfFields): Routing {
  config.only('scoring_func', 'softmax');
  config.only('topk_method', 'greedy', 'group_limited_greedy');
  const isGrouped = config.get('topk_method') === 'group_limited_greedy';
  return {
    scoringFunc: 'softmax',
    nGroup: isGrouped ? config.count('n_group', limits.experts) : 1,
    topkGroup: isGrouped ? config.count('topk_group', limits.experts) : 1,
    groupScore: 'max',
    normTopkProb: false,
  };
}

/** V3: sigmoid scores, groups by their two best with the bias added. */
function parseV3Routing(config: HfFields): Routing {
  config.only('scoring_func', 'sigmoid');
  config.only('topk_method', 'noaux_tc');
  return {
    scoringFunc: 'sigmoid',
    nGroup: config.optionalCount('n_group', limits.experts) ?? 1,
    topkGroup: config.optionalCount('topk_group', limits.experts) ?? 1,
    groupScore: 'top2-sum',
    normTopkProb: config.flag('norm_topk_prob', true),
  };
}

/** transformers 5 also knows it as num_mtp_layers. */
function parseNextn(config: HfFields): number {
  const maxModules = 16;
  return (
    config.optionalCount('num_nextn_predict_layers', maxModules, 0) ??
    config.optionalCount('num_mtp_layers', maxModules, 0) ??
    0
  );
}
