import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Checkpoint } from '../../checkpoint.ts';
import type { ModelConfig } from '../../model-config.ts';
import { openCheckpoint } from '../../open-checkpoint.ts';
import { convertToGguf } from './convert-to-gguf.ts';
import { rowsOfView } from './row-source.ts';
import { tensorDType } from './tensor-dtype.ts';

const golden = (name: string) => path.join(import.meta.dirname, '../../../../test/golden', name);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sampan-convert-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function convertAndOpen(name: string, type: 'f32' | 'q8_0') {
  const source = await openCheckpoint(golden(name));
  const file = path.join(folder, `${name}-${type}.gguf`);
  await convertToGguf(source, file, type);
  return { source, gguf: await openCheckpoint(file) };
}

function close(...checkpoints: Checkpoint[]): void {
  for (const checkpoint of checkpoints) checkpoint.close();
}

describe('a converted checkpoint says of itself what its source said', () => {
  test.each([
    ...(['llama', 'qwen2', 'qwen3', 'qwen3-yarn'] as const),
    ...(['deepseek-v2-lite', 'deepseek-v2', 'deepseek-v3', 'deepseek-v3-fp8'] as const),
  ])('%s', async (name) => {
    const { source, gguf } = await convertAndOpen(name, 'f32');
    expect(rounded(gguf.config)).toEqual(rounded(asInGguf(source.config)));
    expect(gguf.chatTemplate).toBe(source.chatTemplate);
    expect(gguf.quantisation).toBe('F32');

    const text = '<｜User｜>the 12345 thé 中文\n\n in</think>!?';
    for (const special of [true, false]) {
      const ids = source.tokenizer().encode(text, { special });
      expect(gguf.tokenizer().encode(text, { special })).toEqual(ids);
      expect(gguf.tokenizer().decode(ids)).toBe(source.tokenizer().decode(ids));
    }
    expect(gguf.tokenizer().bosTokenId).toBe(256);
    expect([...gguf.tokenizer().eosTokenIds]).toEqual([...source.tokenizer().eosTokenIds]);
    close(source, gguf);
  });
});

/** llama's frequencies are a tensor there, its pairs neighbours. */
function asInGguf(config: ModelConfig): ModelConfig {
  if (config.architecture !== 'llama') return config;
  const scaling = { type: 'factors-in-tensor' } as const;
  return { ...config, rope: { ...config.rope, scaling, interleaved: true } };
}

/** As f32 keeps numbers. */
function rounded(value: object): unknown {
  return JSON.parse(JSON.stringify(value), (_, leaf) =>
    typeof leaf === 'number' ? Number(leaf.toPrecision(6)) : leaf,
  );
}

test('recommended sampling goes along', async () => {
  const source = await openCheckpoint(golden('qwen2'));
  const file = path.join(folder, 'sampling.gguf');
  const sampling = { temperature: 0.6, topP: 0.95, topK: 40, minP: 0.05 };
  await convertToGguf({ ...source, sampling }, file, 'q4_0');
  const gguf = await openCheckpoint(file);
  expect(rounded({ ...gguf.sampling })).toEqual(sampling);
  close(source, gguf);
});

test('rows of llama queries stand as neighbours', async () => {
  const { source, gguf } = await convertAndOpen('llama', 'f32');
  const from = rowsOfView(source.tensors.get('model.layers.1.self_attn.k_proj.weight'));
  const to = rowsOfView(gguf.tensors.get('blk.1.attn_k.weight'));
  // Heads of 32: 0, 16, 1, 17, … of the second head.
  for (const [row, was] of [
    [32, 32],
    [33, 48],
    [34, 33],
    [63, 63],
  ] as const) {
    expect(rowOf(to, row)).toEqual(rowOf(from, was));
  }
  close(source, gguf);
});

test('kv_b is split per head, its keys transposed', async () => {
  const { source, gguf } = await convertAndOpen('deepseek-v3', 'f32');
  const kvB = rowsOfView(source.tensors.get('model.layers.2.self_attn.kv_b_proj.weight'));
  const keys = gguf.tensors.get('blk.2.attn_k_b.weight');
  const values = gguf.tensors.get('blk.2.attn_v_b.weight');
  expect(keys.dims).toEqual([4, 32, 32]); // (heads, latent, nope)
  expect(values.dims).toEqual([4, 32, 32]); // (heads, v, latent)
  const [head, latent, inHead] = [3, 5, 7];
  const inKeys = rowOf(rowsOfView(keys), head * 32 + latent)[inHead];
  expect(inKeys).toBe(rowOf(kvB, head * 64 + inHead)[latent]);
  const valueRow = rowOf(rowsOfView(values), head * 32 + inHead);
  expect(valueRow).toEqual(rowOf(kvB, head * 64 + 32 + inHead));
  close(source, gguf);
});

test('experts are merged, and FP8 weights multiplied by their scales', async () => {
  const { source, gguf } = await convertAndOpen('deepseek-v3-fp8', 'f32');
  const merged = gguf.tensors.get('blk.1.ffn_up_exps.weight');
  expect(merged.dims).toEqual([8, 32, 160]); // (experts, width, hidden)
  const from = source.tensors.get('model.layers.1.mlp.experts.5.up_proj.weight');
  expect(from.dtype).toBe('f8_e4m3');
  const raw = rowOf(rowsOfView({ ...from, tileScales: new Float32Array([1, 1]) }), 9);
  const scales = from.tileScales!; // columns 0 … 127 and 128 … 159
  const expected = raw.map((value, i) => value * scales[i < 128 ? 0 : 1]!);
  expect(rowOf(rowsOfView(merged), 5 * 32 + 9)).toEqual(expected);
  close(source, gguf);
});

test('the MTP module keeps its own tensors and not the copies of shared ones', async () => {
  const { source, gguf } = await convertAndOpen('deepseek-v3', 'q8_0');
  const nextn = [...gguf.tensors.names()].filter((name) => name.includes('nextn'));
  const parts = ['eh_proj', 'enorm', 'hnorm', 'shared_head_norm'];
  expect(nextn).toEqual(parts.map((part) => `blk.2.nextn.${part}.weight`));
  expect(source.tensors.has('model.layers.2.embed_tokens.weight')).toBe(true);
  close(source, gguf);
});

test('norms and routers stay f32, odd rows fall back', () => {
  const dtype = (
    name: string,
    dims: number[],
    isTied = false,
    type: 'q4_k_m' | 'q4_0' = 'q4_k_m',
  ) => tensorDType(type, { name, dims, isTied, numLayers: 16 });
  expect(dtype('blk.0.attn_norm.weight', [512])).toBe('f32');
  expect(dtype('blk.0.ffn_gate_inp.weight', [64, 512])).toBe('f32');
  expect(dtype('blk.0.attn_q.bias', [512])).toBe('f32');
  expect(dtype('token_embd.weight', [1000, 512])).toBe('q4_k');
  expect(dtype('token_embd.weight', [1000, 512], true)).toBe('q6_k');
  expect(dtype('output.weight', [1000, 512])).toBe('q6_k');
  expect(dtype('output.weight', [1000, 288])).toBe('q8_0');
  expect(dtype('blk.3.attn_q.weight', [512, 288])).toBe('q8_0');
  expect(dtype('blk.3.attn_q.weight', [512, 40])).toBe('f16');
  expect(dtype('blk.3.attn_q.weight', [512, 288], false, 'q4_0')).toBe('q4_0');
});

test('a layer in the outer eighths, and every third between, has more bits', () => {
  const layers = Array.from({ length: 16 }, (_, i) => i);
  const fine = layers.filter((layer) => {
    const situation = { dims: [512, 512], isTied: false, numLayers: 16 };
    return tensorDType('q4_k_m', { name: `blk.${layer}.ffn_down.weight`, ...situation }) === 'q6_k';
  });
  expect(fine).toEqual([0, 1, 4, 7, 10, 13, 14, 15]);
});

function rowOf(source: ReturnType<typeof rowsOfView>, row: number): Float32Array {
  const values = new Float32Array(source.dims.at(-1)!);
  source.read(row, values);
  return values;
}
