import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { SampanError } from '../../base/errors.ts';
import type { JsonObject } from '../json-file.ts';
import { parseHfConfig } from './hf-config.ts';

interface Published {
  readonly config: JsonObject;
  /** The same as transformers 5 writes it: `rope_parameters`. */
  readonly saved: JsonObject;
  readonly truth: {
    readonly ropeType: string;
    readonly theta: number;
    readonly attentionFactor: number;
    readonly numKeyValueHeads: number;
    readonly rotatedDims: number;
    readonly softmaxScale?: number;
  };
}

const published = JSON.parse(
  readFileSync(
    path.resolve(import.meta.dirname, '../../../test/golden/hf-config/published.json'),
    'utf8',
  ),
) as Record<string, Published>;
const configOf = (name: string) => published[name]!.config;
const parse = (json: JsonObject) => parseHfConfig('config.json', 'm', json);

const qwen = configOf('DeepSeek-R1-Distill-Qwen-1.5B');
const qwen3 = configOf('a Qwen3 with yarn');
const v2 = configOf('DeepSeek-V2');
const v3 = configOf('DeepSeek-V3');
const v3Rope = v3.rope_scaling as JsonObject;

describe.each(Object.entries(published))('%s', (_, { config, saved, truth }) => {
  const parsed = parse(config);
  const { scaling } = parsed.rope;

  test('has the rotary embedding that transformers computes', () => {
    expect(scaling.type).toBe(truth.ropeType === 'default' ? 'none' : truth.ropeType);
    expect(parsed.rope.theta).toBe(truth.theta);
    expect(parsed.rope.dims).toBe(truth.rotatedDims);
    const attentionFactor = scaling.type === 'yarn' ? scaling.attentionFactor : 1;
    expect(attentionFactor).toBeCloseTo(truth.attentionFactor, 12);
    expect(parsed.numKeyValueHeads).toBe(truth.numKeyValueHeads);
  });

  test('has the softmax scale that transformers computes', () => {
    const isYarn = scaling.type === 'yarn';
    const mscale = isYarn ? 0.1 * scaling.mscaleAllDim * Math.log(scaling.factor) + 1 : 1;
    const expected = truth.softmaxScale ?? parsed.headDim ** -0.5;
    expect(parsed.headDim ** -0.5 * mscale ** 2).toBeCloseTo(expected, 12);
  });

  test('means the same in the form transformers 5 saves', () => {
    expect(parse(saved)).toEqual(parsed);
  });
});

test('DeepSeek-V3 is read field by field', () => {
  expect(parse(v3)).toEqual({
    architecture: 'deepseek2',
    name: 'm',
    vocabSize: 129280,
    hiddenSize: 7168,
    intermediateSize: 18432,
    numHiddenLayers: 61,
    numAttentionHeads: 128,
    numKeyValueHeads: 128,
    headDim: 192,
    maxPositionEmbeddings: 163840,
    rmsNormEps: 1e-6,
    tieWordEmbeddings: false,
    rope: {
      theta: 10000,
      dims: 64,
      interleaved: true,
      scaling: {
        type: 'yarn',
        factor: 40,
        originalMaxPositionEmbeddings: 4096,
        betaFast: 32,
        betaSlow: 1,
        attentionFactor: 1,
        mscaleAllDim: 1,
      },
    },
    mla: { qLoraRank: 1536, kvLoraRank: 512, qkNopeHeadDim: 128, qkRopeHeadDim: 64, vHeadDim: 128 },
    moe: {
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
    },
    numNextnPredictLayers: 1,
  });
});

test('V2 routes by softmax, its groups by their best expert, scaled and never normalised', () => {
  const grouped = { scoringFunc: 'softmax', nGroup: 8, topkGroup: 3, groupScore: 'max' };
  expect(parse(v2).moe).toMatchObject({ ...grouped, routedScalingFactor: 16 });
  expect(parse({ ...v2, norm_topk_prob: true }).moe).toMatchObject({ normTopkProb: false });
  const greedy = parse({ ...v2, topk_method: 'greedy' }).moe;
  expect(greedy).toMatchObject({ nGroup: 1, topkGroup: 1 });
});

test('V2-Lite projects queries directly', () => {
  const { mla } = parse(configOf('DeepSeek-V2-Lite'));
  expect(mla).toMatchObject({ qLoraRank: undefined, kvLoraRank: 512 });
});

test('without routed experts, or with every layer dense, there is no router', () => {
  expect(parse({ ...v3, n_routed_experts: null }).moe).toBeUndefined();
  expect(parse({ ...v3, first_k_dense_replace: 61 }).moe).toBeUndefined();
});

test('absent fields have the values transformers gives them', () => {
  const { head_dim: _, num_key_value_heads: __, ...rest } = qwen3;
  expect(parse(rest)).toMatchObject({ headDim: 128, numKeyValueHeads: 32 });
  const { rms_norm_eps: ___, rope_theta: ____, tie_word_embeddings: _____, ...bare } = qwen;
  expect(parse(bare)).toMatchObject({ rmsNormEps: 1e-6, tieWordEmbeddings: false });
  expect(parse(bare).rope.theta).toBe(10_000);
  expect(parse({ ...v3, num_nextn_predict_layers: null }).numNextnPredictLayers).toBe(0);
});

test('rope_scaling goes before rope_parameters, an empty one does not', () => {
  const both = { ...qwen, rope_parameters: { rope_type: 'linear', factor: 3, rope_theta: 7 } };
  expect(parse(both).rope).toMatchObject({ theta: 7, scaling: { type: 'linear', factor: 3 } });
  expect(parse({ ...both, rope_scaling: {} }).rope.scaling.type).toBe('linear');
  const scaled = { ...both, rope_scaling: { type: 'linear', factor: 5 } };
  expect(parse(scaled).rope).toMatchObject({ theta: 10_000, scaling: { factor: 5 } });
});

test('R1-0528-Qwen3-8B’s attn_factor cancels the usual factor', () => {
  const attn_factor = 0.8782488562869419;
  const rope_scaling = { ...(qwen3.rope_scaling as JsonObject), attn_factor };
  const { scaling } = parse({ ...qwen3, rope_scaling }).rope;
  expect(scaling.type === 'yarn' && scaling.attentionFactor).toBeCloseTo(1, 12);
});

describe('refuses', () => {
  const failure = (json: JsonObject) => {
    try {
      parse(json);
    } catch (thrown) {
      if (thrown instanceof SampanError) return thrown;
      throw thrown;
    }
    throw new Error('it was parsed');
  };

  const damaged: [JsonObject, string][] = [
    [{ ...qwen, hidden_size: 0 }, 'hidden_size: found 0, expected an integer from 1 to'],
    [{ ...qwen, hidden_size: 1536.5 }, 'hidden_size: found 1536.5'],
    [{ ...qwen, hidden_size: '1536' }, 'hidden_size: found "1536"'],
    [{ ...qwen, hidden_size: undefined }, 'hidden_size: found nothing'],
    [{ ...qwen, hidden_size: 1e300 }, 'hidden_size: found 1e+300'],
    [{ ...qwen, vocab_size: [1] }, 'vocab_size: found [1]'],
    [{ ...qwen, num_hidden_layers: 5000 }, 'from 1 to 4096'],
    [{ ...qwen, num_attention_heads: 7 }, 'hidden_size: found 1536, expected a multiple of'],
    [{ ...qwen, hidden_size: 36 }, 'heads of even width'],
    [{ ...qwen3, head_dim: 3 }, 'head_dim: found 3, expected heads of even width'],
    [{ ...qwen3, head_dim: 320 }, 'head_dim: found 320, expected an integer from 1 to 256'],
    [{ ...qwen, hidden_size: 6144 }, 'heads of even width up to 256'],
    [{ ...qwen, num_key_value_heads: 5 }, 'num_key_value_heads: found 5, expected a divisor'],
    [{ ...qwen, rms_norm_eps: -1 }, 'rms_norm_eps: found -1'],
    [{ ...qwen, tie_word_embeddings: 1 }, 'tie_word_embeddings: found 1, expected true or false'],
    [{ ...qwen, rope_scaling: 7 }, 'rope_scaling: found 7, expected an object'],
    [{ ...qwen, rope_scaling: { type: 'linear' } }, 'rope_scaling.factor: found nothing'],
    [{ ...qwen, rope_scaling: { type: 'linear', factor: 0.5 } }, 'rope_scaling.factor: found 0.5'],
    [{ ...qwen, rope_scaling: { type: 'llama3', factor: 8 } }, 'low_freq_factor: found nothing'],
    [
      {
        ...qwen,
        rope_scaling: { type: 'llama3', factor: 8, low_freq_factor: 4, high_freq_factor: 4 },
      },
      'high_freq_factor: found 4, expected more than',
    ],
    [{ ...v3, rope_scaling: { ...v3Rope, beta_fast: 0.5 } }, 'beta_fast: found 0.5'],
    [{ ...v3, num_key_value_heads: 64 }, 'num_key_value_heads: found 64'],
    [{ ...v3, qk_rope_head_dim: 63 }, 'qk_rope_head_dim: found 63, expected an even'],
    [{ ...v3, kv_lora_rank: null }, 'kv_lora_rank: found nothing'],
    [{ ...v3, n_group: 7 }, 'n_group: found 7, expected groups of equal size'],
    [{ ...v3, n_group: 256 }, 'expected groups of equal size, two or more'],
    [{ ...v3, topk_group: 9 }, 'topk_group: found 9, expected at most n_group, 8'],
    [{ ...v3, topk_group: 1, num_experts_per_tok: 33 }, 'found 33, expected at most 32'],
    [{ ...v3, num_experts_per_tok: 257 }, 'num_experts_per_tok: found 257'],
    [{ ...v2, n_group: null }, 'n_group: found nothing'],
  ];
  test.each(damaged)('%# a value out of bounds, by file, field, found, expected', (json, text) => {
    const thrown = failure(json);
    expect(thrown.code).toBe('file_damaged');
    expect(thrown.message).toContain('config.json: ');
    expect(thrown.message).toContain(text);
  });

  const unsupported: [JsonObject, string][] = [
    [{ ...qwen, hidden_act: 'gelu' }, 'hidden_act is "gelu"; Sampan supports silu'],
    [{ ...qwen3, attention_bias: true }, 'attention_bias is true'],
    [{ ...qwen, mlp_bias: true }, 'mlp_bias is true'],
    [{ ...qwen, use_sliding_window: true }, 'use_sliding_window is true'],
    [
      { ...qwen, layer_types: ['full_attention', 'sliding_attention'] },
      'layer_types is ["full_attention","sliding_attention"]',
    ],
    [{ ...qwen, partial_rotary_factor: 0.5 }, 'partial_rotary_factor is 0.5'],
    [{ ...qwen, rope_scaling: { type: 'dynamic', factor: 2 } }, 'rope_scaling.type is "dynamic"'],
    [{ ...qwen, rope_scaling: { rope_type: 'longrope' } }, 'rope_scaling.rope_type is "longrope"'],
    [{ ...v3, rope_scaling: { ...v3Rope, truncate: false } }, 'rope_scaling.truncate is false'],
    [{ ...v3, moe_layer_freq: 2 }, 'moe_layer_freq is 2'],
    [{ ...v3, scoring_func: 'softmax' }, 'scoring_func is "softmax"'],
    [{ ...v3, topk_method: 'greedy' }, 'topk_method is "greedy"'],
    [{ ...v2, topk_method: 'noaux_tc' }, 'topk_method is "noaux_tc"'],
    [{ ...qwen, quantization_config: { quant_method: 'gptq' } }, 'quant_method is "gptq"'],
    [
      { ...v3, quantization_config: { quant_method: 'fp8', weight_block_size: [64, 64] } },
      'quantization_config.weight_block_size is [64,64]; Sampan supports [128, 128]',
    ],
  ];
  test.each(unsupported)('%# a variant it would run wrongly', (json, text) => {
    const thrown = failure(json);
    expect(thrown.code).toBe('config_unsupported');
    expect(thrown.message).toContain(text);
  });

  test.each([['mixtral'], [''], ['constructor']])('the architecture %j', (model_type) => {
    const thrown = failure({ ...qwen, model_type });
    expect(thrown.code).toBe('architecture_unknown');
    expect(thrown.message).toContain('deepseek_v3');
  });
});
