import { expect, test } from 'vitest';
import { error, SampanError } from '../../base/errors.ts';
import type { TensorView } from '../../base/tensor-view.ts';
import { parseGgufConfig } from './gguf-config.ts';
import { array, bool, f32, type GgufValue, text, u32 } from './gguf-value.ts';
import { GgufMetadata } from './metadata.ts';

type Plain = Record<string, number | string | boolean | GgufValue | undefined>;

/** Metadata as a converter writes it: whole numbers as u32, others as f32. */
function described(plain: Plain, tensors: Record<string, number[]> = {}) {
  const entries = new Map<string, GgufValue>();
  for (const [key, value] of Object.entries(plain)) {
    if (typeof value === 'object') entries.set(key, value);
    else if (typeof value === 'string') entries.set(key, text(value));
    else if (typeof value === 'boolean') entries.set(key, bool(value));
    else if (typeof value === 'number') {
      entries.set(key, Number.isInteger(value) ? u32(value) : f32(Math.fround(value)));
    }
  }
  const file = 'model.gguf';
  const view = (name: string): TensorView => {
    const dims = tensors[name];
    if (!dims) throw error('tensor_missing', { file, tensor: name });
    return { name, dtype: 'f32', dims, bytes: new Uint8Array() };
  };
  return {
    file,
    metadata: new GgufMetadata(file, entries),
    has: (name: string) => Object.hasOwn(tensors, name),
    get: view,
    names: () => Object.keys(tensors),
  };
}

const ggufConfig = (model: ReturnType<typeof described>) => parseGgufConfig(model.metadata, model);

const tokens = (count: number) => array('string', Array(count).fill('x'));

/** As in unsloth's DeepSeek-R1-Distill-Llama-8B. */
const llama: Plain = {
  'general.architecture': 'llama',
  'general.name': 'DeepSeek R1 Distill Llama 8B',
  'llama.block_count': 32,
  'llama.context_length': 131072,
  'llama.embedding_length': 4096,
  'llama.feed_forward_length': 14336,
  'llama.attention.head_count': 32,
  'llama.attention.head_count_kv': 8,
  'llama.rope.freq_base': f32(500000),
  'llama.attention.layer_norm_rms_epsilon': 1e-5,
  'llama.attention.key_length': 128,
  'llama.attention.value_length': 128,
  'llama.vocab_size': 128256,
  'llama.rope.dimension_count': 128,
};

/** As in the converter's DeepSeek-V3 of today. */
const v3: Plain = {
  'general.architecture': 'deepseek2',
  'deepseek2.block_count': 61,
  'deepseek2.context_length': 163840,
  'deepseek2.embedding_length': 7168,
  'deepseek2.feed_forward_length': 18432,
  'deepseek2.attention.head_count': 128,
  'deepseek2.attention.head_count_kv': 1,
  'deepseek2.rope.freq_base': f32(10000),
  'deepseek2.attention.layer_norm_rms_epsilon': 1e-6,
  'deepseek2.expert_used_count': 8,
  'deepseek2.expert_group_count': 8,
  'deepseek2.expert_group_used_count': 4,
  'deepseek2.expert_gating_func': 2,
  'deepseek2.leading_dense_block_count': 3,
  'deepseek2.vocab_size': 129280,
  'deepseek2.attention.q_lora_rank': 1536,
  'deepseek2.attention.kv_lora_rank': 512,
  'deepseek2.attention.key_length': 576,
  'deepseek2.attention.value_length': 512,
  'deepseek2.attention.key_length_mla': 192,
  'deepseek2.attention.value_length_mla': 128,
  'deepseek2.expert_feed_forward_length': 2048,
  'deepseek2.expert_count': 256,
  'deepseek2.expert_shared_count': 1,
  'deepseek2.expert_weights_scale': 2.5,
  'deepseek2.expert_weights_norm': true,
  'deepseek2.rope.dimension_count': 64,
  'deepseek2.rope.scaling.type': 'yarn',
  'deepseek2.rope.scaling.factor': f32(40),
  'deepseek2.rope.scaling.original_context_length': 4096,
  'deepseek2.rope.scaling.yarn_log_multiplier': 0.1,
};

test('a llama distill: interleaved pairs, factors in a tensor, head tied where it is missing', () => {
  const config = ggufConfig(described(llama, { 'rope_freqs.weight': [64] }));
  expect(config).toEqual({
    architecture: 'llama',
    name: 'DeepSeek R1 Distill Llama 8B',
    vocabSize: 128256,
    hiddenSize: 4096,
    intermediateSize: 14336,
    numHiddenLayers: 32,
    numNextnPredictLayers: 0,
    numAttentionHeads: 32,
    numKeyValueHeads: 8,
    headDim: 128,
    maxPositionEmbeddings: 131072,
    rmsNormEps: 1e-5,
    tieWordEmbeddings: true,
    rope: {
      theta: 500000,
      dims: 128,
      interleaved: true,
      scaling: { type: 'factors-in-tensor' },
    },
  });
  expect(ggufConfig(described(llama, { 'output.weight': [1] })).tieWordEmbeddings).toBe(false);
});

test('qwen2 without its optional keys takes llama.cpp’s defaults', () => {
  const config = ggufConfig(
    described({
      'general.architecture': 'qwen2',
      'qwen2.block_count': 28,
      'qwen2.context_length': 131072,
      'qwen2.embedding_length': 1536,
      'qwen2.feed_forward_length': 8960,
      'qwen2.attention.head_count': 12,
      'qwen2.attention.layer_norm_rms_epsilon': 1e-6,
      'tokenizer.ggml.tokens': tokens(151936),
    }),
  );
  expect(config).toMatchObject({
    name: 'model',
    vocabSize: 151936,
    headDim: 128,
    numKeyValueHeads: 12,
    rope: { theta: 10000, dims: 128, interleaved: false, scaling: { type: 'none' } },
  });
});

test('qwen3 with yarn: the paper’s attention factor, times attn_factor where it is given', () => {
  const qwen3 = {
    'general.architecture': 'qwen3',
    'qwen3.block_count': 36,
    'qwen3.context_length': 131072,
    'qwen3.embedding_length': 4096,
    'qwen3.feed_forward_length': 12288,
    'qwen3.attention.head_count': 32,
    'qwen3.attention.head_count_kv': 8,
    'qwen3.attention.key_length': 128,
    'qwen3.attention.value_length': 128,
    'qwen3.attention.layer_norm_rms_epsilon': 1e-6,
    'qwen3.rope.freq_base': f32(1000000),
    'qwen3.rope.scaling.type': 'yarn',
    'qwen3.rope.scaling.factor': f32(4),
    'qwen3.rope.scaling.original_context_length': 32768,
    'tokenizer.ggml.tokens': tokens(151936),
  };
  const { scaling } = ggufConfig(described(qwen3)).rope;
  expect(scaling).toEqual({
    type: 'yarn',
    factor: 4,
    originalMaxPositionEmbeddings: 32768,
    betaFast: 32,
    betaSlow: 1,
    attentionFactor: 0.1 * Math.log(4) + 1,
    mscaleAllDim: 0,
  });
  const scaled = { ...qwen3, 'qwen3.rope.scaling.attn_factor': 0.5 };
  expect(ggufConfig(described(scaled)).rope.scaling).toMatchObject({
    attentionFactor: (0.1 * Math.log(4) + 1) / 2,
  });
});

test('DeepSeek V3 of today: head widths from the _mla keys', () => {
  const config = ggufConfig(described(v3));
  expect(config).toMatchObject({
    numHiddenLayers: 61,
    numNextnPredictLayers: 0,
    numAttentionHeads: 128,
    numKeyValueHeads: 128,
    headDim: 192,
    rmsNormEps: 1e-6,
    rope: { dims: 64, interleaved: true },
  });
  expect(config.mla).toEqual({
    qLoraRank: 1536,
    kvLoraRank: 512,
    qkNopeHeadDim: 128,
    qkRopeHeadDim: 64,
    vHeadDim: 128,
  });
  expect(config.moe).toEqual({
    nRoutedExperts: 256,
    nSharedExperts: 1,
    numExpertsPerTok: 8,
    moeIntermediateSize: 2048,
    firstKDenseReplace: 3,
    scoringFunc: 'sigmoid',
    nGroup: 8,
    topkGroup: 4,
    groupScore: 'top2-sum',
    normTopkProb: true,
    routedScalingFactor: 2.5,
  });
  expect(config.rope.scaling).toMatchObject({ factor: 40, attentionFactor: 1, mscaleAllDim: 1 });
});

test('an old DeepSeek V2-Lite: widths of the heads themselves, no q_lora, softmax, no groups', () => {
  const old: Plain = { ...v3, 'deepseek2.rope.scaling.yarn_log_multiplier': 0.08 };
  for (const key of ['key_length_mla', 'value_length_mla', 'q_lora_rank']) {
    delete old[`deepseek2.attention.${key}`];
  }
  for (const key of ['group_count', 'group_used_count', 'gating_func', 'weights_norm']) {
    delete old[`deepseek2.expert_${key}`];
  }
  const config = ggufConfig(
    described({
      ...old,
      'deepseek2.attention.head_count': 16,
      'deepseek2.attention.head_count_kv': 16,
      'deepseek2.attention.key_length': 192,
      'deepseek2.attention.value_length': 128,
      'deepseek2.expert_count': 64,
      'deepseek2.expert_used_count': 6,
      'deepseek2.expert_weights_scale': f32(0),
    }),
  );
  expect(config.mla).toMatchObject({ qLoraRank: undefined, qkNopeHeadDim: 128, vHeadDim: 128 });
  expect(config.moe).toMatchObject({
    scoringFunc: 'softmax',
    nGroup: 1,
    topkGroup: 1,
    groupScore: 'max',
    normTopkProb: false,
    routedScalingFactor: 1,
  });
  expect(config.rope.scaling).toMatchObject({ attentionFactor: 1, mscaleAllDim: 0.8 });
});

test('MTP modules are counted by their tensors', () => {
  const key = 'deepseek2.nextn_predict_layers';
  const inside = described(
    { ...v3, [key]: 1, 'deepseek2.block_count': 62 },
    { 'blk.61.attn_norm.weight': [1], 'blk.61.nextn.eh_proj.weight': [1] },
  );
  expect(ggufConfig(inside)).toMatchObject({ numHiddenLayers: 61, numNextnPredictLayers: 1 });
  const dropped = described(
    { ...v3, [key]: 1, 'deepseek2.block_count': 62 },
    { 'blk.60.attn_norm.weight': [1] },
  );
  expect(ggufConfig(dropped)).toMatchObject({ numHiddenLayers: 61, numNextnPredictLayers: 0 });
  const notCounted = described({ ...v3, [key]: 1 }, { 'blk.60.attn_norm.weight': [1] });
  expect(ggufConfig(notCounted)).toMatchObject({ numHiddenLayers: 61, numNextnPredictLayers: 0 });
});

test('where the stated vocabulary and the token list differ, the embedding decides', () => {
  const both = { ...llama, 'tokenizer.ggml.tokens': tokens(128258) };
  const sizeWith = (rows: number) =>
    ggufConfig(described(both, { 'token_embd.weight': [rows, 4096] })).vocabSize;
  expect(sizeWith(128256)).toBe(128256);
  expect(sizeWith(128258)).toBe(128258);
});

test('linear scaling, in its older spelling too', () => {
  const scale = (plain: Plain) => ggufConfig(described({ ...llama, ...plain })).rope.scaling;
  expect(scale({ 'llama.rope.scale_linear': f32(4) })).toEqual({ type: 'linear', factor: 4 });
  const linear = { 'llama.rope.scaling.type': 'linear', 'llama.rope.scaling.factor': f32(2) };
  expect(scale(linear)).toEqual({ type: 'linear', factor: 2 });
  expect(scale({ ...linear, 'llama.rope.scaling.type': 'none' })).toEqual({ type: 'none' });
});

const refusals: [string, Plain, Plain, string, RegExp][] = [
  [
    'an unknown architecture',
    llama,
    { 'general.architecture': 'gemma3' },
    'architecture_unknown',
    /gemma3.*deepseek2/,
  ],
  [
    'a missing key',
    llama,
    { 'llama.block_count': undefined },
    'file_damaged',
    /llama\.block_count: found nothing, expected an integer from 1/,
  ],
  [
    'wide heads',
    llama,
    { 'llama.embedding_length': 16384, 'llama.attention.key_length': undefined },
    'file_damaged',
    /up to 256/,
  ],
  ['zero heads', llama, { 'llama.attention.head_count': 0 }, 'file_damaged', /head_count: found 0/],
  [
    'too many layers',
    llama,
    { 'llama.block_count': 4294967295 },
    'file_damaged',
    /block_count: found 4294967295/,
  ],
  [
    'a string for a number',
    llama,
    { 'llama.block_count': '32' },
    'file_damaged',
    /block_count: found string 32/,
  ],
  [
    'heads that do not divide',
    llama,
    { 'llama.attention.head_count_kv': 7 },
    'file_damaged',
    /head_count_kv: found 7, expected a divisor/,
  ],
  [
    'experts in llama',
    llama,
    { 'llama.expert_count': 8 },
    'config_unsupported',
    /expert_count is 8/,
  ],
  [
    'partly rotated heads',
    llama,
    { 'llama.rope.dimension_count': 64 },
    'config_unsupported',
    /dimension_count is 64/,
  ],
  ['longrope', llama, { 'llama.rope.scaling.type': 'longrope' }, 'config_unsupported', /longrope/],
  [
    'NaN for eps',
    llama,
    { 'llama.attention.layer_norm_rms_epsilon': f32(Number.NaN) },
    'file_damaged',
    /found NaN/,
  ],
  ['no vocabulary', llama, { 'llama.vocab_size': undefined }, 'file_damaged', /vocab_size/],
  [
    'rope as wide as the head',
    v3,
    { 'deepseek2.rope.dimension_count': 192 },
    'file_damaged',
    /below 192/,
  ],
  [
    'no value width',
    v3,
    { 'deepseek2.attention.value_length_mla': undefined },
    'file_damaged',
    /value_length_mla/,
  ],
  [
    'more experts used than there are',
    v3,
    { 'deepseek2.expert_used_count': 300 },
    'file_damaged',
    /from 1 to 256/,
  ],
  [
    'groups that do not divide',
    v3,
    { 'deepseek2.expert_group_count': 7 },
    'file_damaged',
    /expert_group_count/,
  ],
  [
    'an unknown gate',
    v3,
    { 'deepseek2.expert_gating_func': 4 },
    'config_unsupported',
    /expert_gating_func is 4/,
  ],
  [
    'more groups used than there are',
    v3,
    { 'deepseek2.expert_group_used_count': 9 },
    'file_damaged',
    /at most expert_group_count, 8/,
  ],
  [
    'more MTP modules than blocks',
    v3,
    { 'deepseek2.block_count': 1, 'deepseek2.nextn_predict_layers': 2 },
    'file_damaged',
    /nextn/,
  ],
];

test.each(refusals)('refuses %s', (_, base, change, code, message) => {
  try {
    ggufConfig(described({ ...base, ...change }));
    expect.unreachable();
  } catch (cause) {
    expect(cause).toBeInstanceOf(SampanError);
    expect((cause as SampanError).code).toBe(code);
    expect((cause as SampanError).message).toMatch(message);
  }
});
