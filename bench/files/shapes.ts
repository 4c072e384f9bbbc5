/**
 * Shapes of published models, by the names the benchmark's rows use. Numbers are from the models'
 * own config.json. The weights that fill them are random: how fast a model runs does not depend on
 * what it knows.
 */
import type { ModelConfig } from '../../src/formats/model-config.ts';

const qwen2 = {
  architecture: 'qwen2',
  numHiddenLayers: 28,
  headDim: 128,
  maxPositionEmbeddings: 131072,
  rmsNormEps: 1e-6,
  tieWordEmbeddings: false,
  rope: { theta: 10000, dims: 128, interleaved: false, scaling: { type: 'none' } },
  numNextnPredictLayers: 0,
} as const;

const distillQwen1_5b: ModelConfig = {
  ...qwen2,
  name: 'R1-Distill-Qwen-1.5B shape',
  vocabSize: 151936,
  hiddenSize: 1536,
  intermediateSize: 8960,
  numAttentionHeads: 12,
  numKeyValueHeads: 2,
};

const distillQwen7b: ModelConfig = {
  ...qwen2,
  name: 'R1-Distill-Qwen-7B shape',
  vocabSize: 152064,
  hiddenSize: 3584,
  intermediateSize: 18944,
  numAttentionHeads: 28,
  numKeyValueHeads: 4,
};

const yarn = { type: 'yarn', betaFast: 32, betaSlow: 1 } as const;

const qwen3_8b: ModelConfig = {
  name: 'R1-0528-Qwen3-8B shape',
  architecture: 'qwen3',
  vocabSize: 151936,
  hiddenSize: 4096,
  intermediateSize: 12288,
  numHiddenLayers: 36,
  numAttentionHeads: 32,
  numKeyValueHeads: 8,
  headDim: 128,
  maxPositionEmbeddings: 131072,
  rmsNormEps: 1e-6,
  tieWordEmbeddings: false,
  rope: {
    theta: 1e6,
    dims: 128,
    interleaved: false,
    scaling: {
      ...yarn,
      factor: 4,
      originalMaxPositionEmbeddings: 32768,
      attentionFactor: 0.1 * Math.log(4) + 1,
      mscaleAllDim: 0,
    },
  },
  numNextnPredictLayers: 0,
};

const v2Lite: ModelConfig = {
  name: 'DeepSeek-V2-Lite shape',
  architecture: 'deepseek2',
  vocabSize: 102400,
  hiddenSize: 2048,
  intermediateSize: 10944,
  numHiddenLayers: 27,
  numAttentionHeads: 16,
  numKeyValueHeads: 16,
  headDim: 192,
  maxPositionEmbeddings: 163840,
  rmsNormEps: 1e-6,
  tieWordEmbeddings: false,
  rope: {
    theta: 10000,
    dims: 64,
    interleaved: true,
    scaling: {
      ...yarn,
      factor: 40,
      originalMaxPositionEmbeddings: 4096,
      attentionFactor: 1,
      // biome-ignore lint/suspicious/noApproximativeNumericConstant: it is what config.json says.
      mscaleAllDim: 0.707,
    },
  },
  mla: {
    qLoraRank: undefined,
    kvLoraRank: 512,
    qkNopeHeadDim: 128,
    qkRopeHeadDim: 64,
    vHeadDim: 128,
  },
  moe: {
    nRoutedExperts: 64,
    nSharedExperts: 2,
    numExpertsPerTok: 6,
    moeIntermediateSize: 1408,
    firstKDenseReplace: 1,
    scoringFunc: 'softmax',
    nGroup: 1,
    topkGroup: 1,
    groupScore: 'max',
    normTopkProb: false,
    routedScalingFactor: 1,
  },
  numNextnPredictLayers: 0,
};

/** Small enough that any device runs it at once: to try the benchmark itself. */
const tiny: ModelConfig = {
  ...distillQwen1_5b,
  name: 'tiny shape',
  vocabSize: 1024,
  hiddenSize: 256,
  intermediateSize: 512,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  headDim: 64,
  rope: { ...qwen2.rope, dims: 64 },
};

const tinyLite: ModelConfig = {
  ...v2Lite,
  name: 'tiny latent shape',
  vocabSize: 1024,
  hiddenSize: 512,
  intermediateSize: 672,
  numHiddenLayers: 3,
  numAttentionHeads: 4,
  numKeyValueHeads: 4,
  moe: { ...v2Lite.moe!, nRoutedExperts: 8, numExpertsPerTok: 2, moeIntermediateSize: 96 },
};

export const shapes = {
  '1.5b': distillQwen1_5b,
  '7b': distillQwen7b,
  '8b': qwen3_8b,
  'v2-lite': v2Lite,
  tiny,
  'tiny-lite': tinyLite,
} as const satisfies Record<string, ModelConfig>;

export type ShapeName = keyof typeof shapes;
