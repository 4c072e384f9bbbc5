import { expect, test } from 'vitest';
import type { DType } from '../base/dtypes.ts';
import type { TensorSource } from '../base/tensor-view.ts';
import type { MlaConfig, ModelConfig, MoeConfig } from '../formats/model-config.ts';
import { bytesPerStep, workPerToken } from './work-per-token.ts';

type Tensors = Record<string, readonly [DType, ...number[]]>;

function sourceOf(tensors: Tensors): TensorSource {
  return {
    file: 'a file',
    has: (name) => Object.hasOwn(tensors, name),
    get(name) {
      const [dtype, ...dims] = tensors[name]!;
      return { name, dtype, dims, bytes: new Uint8Array() };
    },
    names: () => Object.keys(tensors),
  };
}

const configOf = (config: Partial<ModelConfig>) =>
  ({ numHiddenLayers: 1, tieWordEmbeddings: false, ...config }) as ModelConfig;

const dense: Tensors = {
  'token_embd.weight': ['q8_0', 100, 32],
  'output.weight': ['q8_0', 100, 32],
  'output_norm.weight': ['f32', 32],
  'blk.0.attn_q.weight': ['q4_0', 64, 32],
  'blk.0.attn_q.bias': ['f32', 64],
  'blk.0.ffn_down.weight': ['f16', 32, 64],
  'rope_freqs.weight': ['f32', 16],
};
const layerBytes = 64 * 18 + 4 * 64 + 2 * 32 * 64;
const headBytes = 100 * 34;

test('a token reads the layers, the norm and the head, but not the embedding', () => {
  const work = workPerToken(configOf({}), sourceOf(dense));
  expect(bytesPerStep(work, 1)).toBe(layerBytes + 4 * 32 + headBytes);
  expect(bytesPerStep(work, 8)).toBe(bytesPerStep(work, 1));
});

test('a prompt’s products are those of the layers, by the kind of their weights', () => {
  const { quantisedMacs, floatMacs } = workPerToken(configOf({}), sourceOf(dense));
  expect({ quantisedMacs, floatMacs }).toEqual({ quantisedMacs: 64 * 32, floatMacs: 32 * 64 });
});

test('an embedding that is the head too is read', () => {
  const { 'output.weight': _, ...tied } = dense;
  const work = workPerToken(configOf({}), sourceOf(tied));
  expect(work.commonBytes).toBe(layerBytes + 4 * 32 + headBytes);
  const saidSo = workPerToken(configOf({ tieWordEmbeddings: true }), sourceOf(dense));
  expect(saidSo).toEqual(work);
});

const mla = { kvLoraRank: 32 } as MlaConfig;
const moe = { nRoutedExperts: 8, numExpertsPerTok: 2 } as MoeConfig;
const expertTensors: Tensors = {
  'token_embd.weight': ['f16', 10, 32],
  'output.weight': ['f16', 10, 32],
  'blk.0.attn_kv_b.weight': ['q8_0', 64, 32],
  'blk.0.ffn_gate_inp.weight': ['f32', 8, 32],
  'blk.0.ffn_up_exps.weight': ['q8_0', 8, 16, 32],
  'blk.1.ffn_up_exps.weight': ['q8_0', 8, 16, 32], // the MTP module's
  'blk.1.nextn.eh_proj.weight': ['f16', 32, 64],
};
const commonBytes = 2 * 10 * 32 + 64 * 34 + 4 * 8 * 32;
const expertBytes = 8 * 16 * 34;

test('of routed experts a token reads those it chooses, and many tokens nearly all', () => {
  const work = workPerToken(configOf({ mla, moe }), sourceOf(expertTensors));
  expect(bytesPerStep(work, 1)).toBe(commonBytes + expertBytes / 4);
  expect(bytesPerStep(work, 2)).toBe(commonBytes + expertBytes * (1 - 0.75 ** 2));
  expect(bytesPerStep(work, 1000)).toBeCloseTo(commonBytes + expertBytes);
  expect(work.quantisedMacs).toBe(64 * 32 + (8 * 16 * 32) / 4);
  expect(work.floatMacs).toBe(8 * 32);
});

test('experts in tensors of their own count as one tensor of all does', () => {
  const { 'blk.0.ffn_up_exps.weight': _, ...others } = expertTensors;
  const names: Record<string, string> = {
    'token_embd.weight': 'model.embed_tokens.weight',
    'output.weight': 'lm_head.weight',
    'blk.0.attn_kv_b.weight': 'model.layers.0.self_attn.kv_b_proj.weight',
    'blk.0.ffn_gate_inp.weight': 'model.layers.0.mlp.gate.weight',
  };
  const apart = Object.entries(others).map(([name, tensor]) => [names[name] ?? name, tensor]);
  for (let e = 0; e < 8; e++) {
    apart.push([`model.layers.0.mlp.experts.${e}.up_proj.weight`, ['q8_0', 16, 32]]);
  }
  const config = configOf({ mla, moe });
  const whole = workPerToken(config, sourceOf(expertTensors));
  expect(workPerToken(config, sourceOf(Object.fromEntries(apart)))).toEqual(whole);
});

test('of kv_b whole and split the halves are read', () => {
  const split: Tensors = {
    ...expertTensors,
    'blk.0.attn_k_b.weight': ['f16', 1, 32, 32],
    'blk.0.attn_v_b.weight': ['f16', 1, 32, 32],
  };
  const work = workPerToken(configOf({ mla, moe }), sourceOf(split));
  expect(work.commonBytes).toBe(commonBytes - 64 * 34 + 2 * 2 * 32 * 32);
});
