/**
 * Checkpoints that exist only as a configuration: f32 weights made from a seed when asked for, of
 * a scale that makes logits differ. Rows of 256, the blocks of the K and IQ families.
 */
import type { TensorSource, TensorView } from '../../src/base/tensor-view.ts';
import { randomBlocks } from '../../src/formats/gguf/random-blocks.ts';
import type { ModelConfig } from '../../src/formats/model-config.ts';

const shared = {
  name: 'random',
  vocabSize: 288,
  hiddenSize: 256,
  intermediateSize: 256,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  maxPositionEmbeddings: 256,
  rmsNormEps: 1e-6,
  tieWordEmbeddings: false,
};

export const wideQwen2: ModelConfig = {
  ...shared,
  architecture: 'qwen2',
  numKeyValueHeads: 2,
  headDim: 64,
  rope: { theta: 10000, dims: 64, interleaved: false, scaling: { type: 'none' } },
  numNextnPredictLayers: 0,
};

export const wideDeepseek2: ModelConfig = {
  ...shared,
  architecture: 'deepseek2',
  numKeyValueHeads: 4,
  headDim: 96,
  rope: { theta: 10000, dims: 32, interleaved: true, scaling: { type: 'none' } },
  mla: { qLoraRank: 256, kvLoraRank: 256, qkNopeHeadDim: 64, qkRopeHeadDim: 32, vHeadDim: 64 },
  moe: {
    nRoutedExperts: 4,
    nSharedExperts: 1,
    numExpertsPerTok: 4, // no choice that rounding could turn over
    moeIntermediateSize: 256,
    firstKDenseReplace: 1,
    scoringFunc: 'sigmoid',
    nGroup: 1,
    topkGroup: 1,
    groupScore: 'top2-sum',
    normTopkProb: true,
    routedScalingFactor: 2.5,
  },
  numNextnPredictLayers: 1,
};

export function randomCheckpoint(config: ModelConfig): TensorSource {
  return {
    file: config.name,
    has: (name) => dimsOf(name, config) !== undefined,
    names: () => [],
    get(name) {
      const dims = dimsOf(name, config);
      if (!dims) throw new Error(`a random checkpoint has no ${name}`);
      return randomTensor(name, dims);
    },
  };
}

function dimsOf(name: string, config: ModelConfig): number[] | undefined {
  const { hiddenSize: hidden, vocabSize: vocab, numAttentionHeads: heads, mla, moe } = config;
  const part = name.replace(/^model\.layers\.\d+\./, '').replace(/experts\.\d+/, 'expert');
  const inter = /experts?\./.test(part) ? moe!.moeIntermediateSize : config.intermediateSize;
  if (/gate_proj|up_proj/.test(part)) return [inter, hidden];
  if (part.includes('down_proj')) return [hidden, inter];
  const [q, kv] = [heads * config.headDim, config.numKeyValueHeads * config.headDim];
  const common: Record<string, number[]> = {
    'model.embed_tokens.weight': [vocab, hidden],
    'model.norm.weight': [hidden],
    'lm_head.weight': [vocab, hidden],
    'input_layernorm.weight': [hidden],
    'post_attention_layernorm.weight': [hidden],
    'enorm.weight': [hidden],
    'hnorm.weight': [hidden],
    'shared_head.norm.weight': [hidden],
    'eh_proj.weight': [hidden, 2 * hidden],
  };
  const grouped: Record<string, number[]> = {
    'self_attn.q_proj.weight': [q, hidden],
    'self_attn.k_proj.weight': [kv, hidden],
    'self_attn.v_proj.weight': [kv, hidden],
    'self_attn.q_proj.bias': [q],
    'self_attn.k_proj.bias': [kv],
    'self_attn.v_proj.bias': [kv],
    'self_attn.o_proj.weight': [hidden, q],
  };
  const latent: Record<string, number[]> | undefined = mla && {
    'self_attn.q_a_proj.weight': [mla.qLoraRank!, hidden],
    'self_attn.q_a_layernorm.weight': [mla.qLoraRank!],
    'self_attn.q_b_proj.weight': [q, mla.qLoraRank!],
    'self_attn.kv_a_proj_with_mqa.weight': [mla.kvLoraRank + mla.qkRopeHeadDim, hidden],
    'self_attn.kv_a_layernorm.weight': [mla.kvLoraRank],
    'self_attn.kv_b_proj.weight': [heads * (mla.qkNopeHeadDim + mla.vHeadDim), mla.kvLoraRank],
    'self_attn.o_proj.weight': [hidden, heads * mla.vHeadDim],
    'mlp.gate.weight': [moe!.nRoutedExperts, hidden],
    'mlp.gate.e_score_correction_bias': [moe!.nRoutedExperts],
  };
  return common[part] ?? (latent ?? grouped)[part];
}

function randomTensor(name: string, dims: readonly number[]): TensorView {
  const elements = dims.reduce((a, b) => a * b, 1);
  const seed = [...name].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0, 7);
  const bytes = randomBlocks('f32', elements, sigmaOf(name, dims.at(-1)!), seed);
  if (name.includes('norm')) {
    const values = new Float32Array(bytes.buffer);
    for (let i = 0; i < elements; i++) values[i]! += 1;
  }
  return { name, dtype: 'f32', dims, bytes };
}

export function sigmaOf(name: string, columns: number): number {
  if (/norm|bias/.test(name)) return 0.25;
  if (/embed_tokens|token_embd/.test(name)) return 1;
  const isHead = /lm_head|^output\.weight$/.test(name);
  return (isHead ? 2.5 : 1.4) / Math.sqrt(columns);
}
