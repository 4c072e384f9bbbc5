/**
 * ModelConfig → GGUF metadata, keys and meanings as llama.cpp reads them (src/llama-arch.cpp,
 * src/models/*.cpp). Its peculiarities are commented where they are met.
 * Refuses what GGUF cannot say: YaRN that scales cos and sin of latent attention.
 */
import { error } from '../../../base/errors.ts';
import type { MlaConfig, ModelConfig, MoeConfig } from '../../model-config.ts';
import { bool, f32, type GgufValue, text, u32 } from '../gguf-value.ts';

const gatingFunction = { softmax: 1, sigmoid: 2 };

export function metadataFromConfig(config: ModelConfig, file: string): Map<string, GgufValue> {
  const { architecture, mla, moe, rope } = config;
  const metadata = new Map<string, GgufValue>([
    ['general.architecture', text(architecture)],
    ['general.type', text('model')],
    ['general.name', text(config.name)],
  ]);
  const set = (key: string, value: GgufValue) => metadata.set(`${architecture}.${key}`, value);

  // llama.cpp counts MTP modules among the blocks.
  set('block_count', u32(config.numHiddenLayers + config.numNextnPredictLayers));
  set('context_length', u32(config.maxPositionEmbeddings));
  set('embedding_length', u32(config.hiddenSize));
  set('feed_forward_length', u32(config.intermediateSize));
  set('vocab_size', u32(config.vocabSize));
  set('attention.head_count', u32(config.numAttentionHeads));
  set('attention.layer_norm_rms_epsilon', f32(config.rmsNormEps));
  set('rope.freq_base', f32(rope.theta));
  set('rope.dimension_count', u32(rope.dims));
  if (mla) {
    setLatentAttention(set, mla);
  } else {
    set('attention.head_count_kv', u32(config.numKeyValueHeads));
    set('attention.key_length', u32(config.headDim));
    set('attention.value_length', u32(config.headDim));
  }
  if (moe) setExperts(set, moe);
  if (config.numNextnPredictLayers > 0) {
    set('nextn_predict_layers', u32(config.numNextnPredictLayers));
  }
  setRopeScaling(set, config, file);
  return metadata;
}

type Set = (key: string, value: GgufValue) => void;

/** The latent row is one key-value head for all; the heads' own widths are the `_mla` keys. */
function setLatentAttention(set: Set, mla: MlaConfig): void {
  set('attention.head_count_kv', u32(1));
  // 0 says "no such rank". llama.cpp leaves the key out for V2-Lite, which it knows by its 27
  // layers, and demands it of every other model.
  set('attention.q_lora_rank', u32(mla.qLoraRank ?? 0));
  set('attention.kv_lora_rank', u32(mla.kvLoraRank));
  set('attention.key_length', u32(mla.kvLoraRank + mla.qkRopeHeadDim));
  set('attention.value_length', u32(mla.kvLoraRank));
  set('attention.key_length_mla', u32(mla.qkNopeHeadDim + mla.qkRopeHeadDim));
  set('attention.value_length_mla', u32(mla.vHeadDim));
}

function setExperts(set: Set, moe: MoeConfig): void {
  set('leading_dense_block_count', u32(moe.firstKDenseReplace));
  set('expert_count', u32(moe.nRoutedExperts));
  set('expert_used_count', u32(moe.numExpertsPerTok));
  set('expert_shared_count', u32(moe.nSharedExperts));
  set('expert_feed_forward_length', u32(moe.moeIntermediateSize));
  set('expert_weights_scale', f32(moe.routedScalingFactor));
  set('expert_weights_norm', bool(moe.normTopkProb));
  set('expert_gating_func', u32(gatingFunction[moe.scoringFunc]));
  if (moe.nGroup > 1) {
    set('expert_group_count', u32(moe.nGroup));
    set('expert_group_used_count', u32(moe.topkGroup));
  }
}

function setRopeScaling(set: Set, config: ModelConfig, file: string): void {
  const { scaling } = config.rope;
  if (scaling.type === 'linear') {
    set('rope.scaling.type', text('linear'));
    set('rope.scaling.factor', f32(scaling.factor));
  }
  if (scaling.type !== 'yarn') return; // llama3 becomes a tensor
  set('rope.scaling.type', text('yarn'));
  set('rope.scaling.factor', f32(scaling.factor));
  set('rope.scaling.original_context_length', u32(scaling.originalMaxPositionEmbeddings));
  set('rope.scaling.yarn_beta_fast', f32(scaling.betaFast));
  set('rope.scaling.yarn_beta_slow', f32(scaling.betaSlow));
  if (config.mla) {
    // llama.cpp takes the ratio of mscale and mscale_all_dim for 1, which it is for V2 and V3.
    if (Math.abs(scaling.attentionFactor - 1) > 1e-6 || scaling.mscaleAllDim === 0) {
      throw error('gguf_cannot_say', {
        file,
        field: 'rope_scaling',
        found: `mscale_all_dim ${scaling.mscaleAllDim} and factor ${scaling.attentionFactor} on cos and sin`,
        expected: 'equal mscale and mscale_all_dim',
      });
    }
    set('rope.scaling.yarn_log_multiplier', f32(0.1 * scaling.mscaleAllDim));
    return;
  }
  // The paper's factor is implied; what is written multiplies it.
  const implied = 0.1 * Math.log(scaling.factor) + 1;
  if (Math.abs(scaling.attentionFactor - implied) > 1e-6) {
    set('rope.scaling.attn_factor', f32(scaling.attentionFactor / implied));
  }
}
