import { expect, test } from 'vitest';
import { findModel } from '../facts/find-model.ts';
import { findPrecision } from '../facts/find-precision.ts';
import { modelsTable } from '../facts/models-table.ts';
import {
  activeParameters,
  layerParameters,
  mtpParameters,
  weightBytes,
  weightParameters,
} from './model-weights.ts';

const sum = (parts: Record<string, number>) => Object.values(parts).reduce((a, b) => a + b, 0);
const total = (name: string) => sum(weightParameters(findModel(name)));
const bytes = (name: string, precision: string, mtp = false) =>
  weightBytes(findModel(name), findPrecision(precision), { mtp });

/** Relative distance. */
const off = (found: number, published: number) => Math.abs(found / published - 1);

test.each(modelsTable.map((model) => [model.id, model] as const))(
  'parameters of %s are those published',
  (_, model) => {
    const { parameters, activeParameters: active, prefillActiveParameters } = model.published;
    // Exact totals are of the files; others are rounded by their makers.
    const isExact = parameters.value % 1e9 !== 0;
    expect(off(sum(weightParameters(model)), parameters.value)).toBeLessThan(
      isExact ? 0.001 : model.id === 'deepseek-v4-pro' ? 0.02 : 0.005,
    );
    const isDense = model.layers.every(({ feedForward }) => feedForward.kind === 'dense');
    // Of dense models the published number counts the embedding.
    const lookedUp =
      isDense || model.id === 'qwen3-30b-a3b' ? model.vocabSize * model.hiddenSize : 0;
    expect(off(activeParameters(model, 'decode') + lookedUp, active.value)).toBeLessThan(0.025);
    if (prefillActiveParameters !== undefined) {
      const found = activeParameters(model, 'prefill');
      expect(off(found, prefillActiveParameters.value)).toBeLessThan(0.025);
    }
  },
);

test('a prompt passes every layer but the head, except where only its last tokens do', () => {
  const r1 = findModel('deepseek-r1');
  const head = r1.vocabSize * r1.hiddenSize;
  expect(activeParameters(r1, 'decode') - activeParameters(r1, 'prefill')).toBe(head);
  const v41 = findModel('deepseek-v4.1-flash');
  expect(activeParameters(v41, 'prefill')).toBeLessThan(0.55 * activeParameters(v41, 'decode'));
});

test('the 671B in FP8 is as large as its checkpoint', () => {
  const { published, vocabSize, hiddenSize } = findModel('deepseek-r1');
  // The checkpoint's module for multi-token prediction repeats embedding and head in BF16.
  const repeated = 2 * vocabSize * hiddenSize * 2;
  const found = bytes('deepseek-r1', 'fp8', true) + repeated;
  expect(off(found, published.checkpointBytes!.value)).toBeLessThan(0.001);
});

test('multi-token prediction of V3 is a layer with its join: 11.5 B of its own', () => {
  expect(off(sum(mtpParameters(findModel('deepseek-v3'))), 11.5e9)).toBeLessThan(0.02);
});

test.each([
  // BF16: 1.34 TB, 141 GB, 31.41 GB (Hugging Face).
  ['deepseek-r1', 'bf16', 1.34e12, 0.005],
  ['r1-distill-llama-70b', 'bf16', 141.1e9, 0.001],
  ['deepseek-v2-lite', 'bf16', 31.41e9, 0.001],
  // V2-Lite takes 29.3 GiB when vLLM has loaded it (vllm-project/vllm PR 4650).
  ['deepseek-v2-lite', 'bf16', 29.3 * 2 ** 30, 0.005],
  // Files of llama.cpp; its benchmark names the first two 376.65 GiB and 39.59 GiB.
  ['deepseek-r1', 'q4_k_m', 376.65 * 2 ** 30, 0.01],
  ['r1-distill-llama-70b', 'q4_k_m', 39.59 * 2 ** 30, 0.01],
  ['r1-distill-qwen-32b', 'q4_k_m', 19_851_336_576, 0.01],
  ['r1-distill-qwen-7b', 'q4_k_m', 4_683_074_336, 0.01],
  ['r1-distill-qwen-32b', 'q8_0', 34_820_885_376, 0.001],
] as const)('%s in %s takes the published bytes', (name, precision, published, within) => {
  expect(off(bytes(name, precision), published)).toBeLessThan(within);
});

test('experts of V4.1 take exactly the bytes of their files', () => {
  const model = findModel('deepseek-v4.1-flash');
  const { routedExperts } = layerParameters(model.layers[0]!, model.hiddenSize);
  const beside = model.hiddenSize * 384 + model.hiddenSize;
  const { routedExperts: perWeight } = findPrecision('mxfp4').weightBytes;
  expect(40 * (routedExperts - beside) * perWeight).toBe(288_777_830_400);
});

test.each([
  ['deepseek-v4-flash', 0.02],
  ['deepseek-v4-pro', 0.02],
] as const)('%s in its own precision is about as large as its checkpoint', (name, within) => {
  const { checkpointBytes } = findModel(name).published;
  expect(off(bytes(name, 'mxfp4', true), checkpointBytes!.value)).toBeLessThan(within);
});

test('V4.1 with its tables is about as large as its checkpoint', () => {
  const { published, lookupTableBytes } = findModel('deepseek-v4.1-flash');
  const found = bytes('deepseek-v4.1-flash', 'mxfp4', true) + lookupTableBytes!;
  expect(off(found, published.checkpointBytes!.value)).toBeLessThan(0.02);
});

test('NVFP4 and INT4 of the 671B lie within what is published of them', () => {
  // 385 GiB with multi-token prediction left wide (TensorRT-LLM's documentation, R1-0528-FP4-v2).
  expect(bytes('deepseek-r1', 'fp4')).toBeGreaterThan(0.93 * 385 * 2 ** 30);
  expect(bytes('deepseek-r1', 'fp4')).toBeLessThan(385 * 2 ** 30);
  // Eight H100 hold 50 GB each once AWQ is loaded, with what the engine adds to it.
  expect(bytes('deepseek-r1', 'int4')).toBeGreaterThan(340e9);
  expect(bytes('deepseek-r1', 'int4')).toBeLessThan(400e9);
});

test('NVFP4 narrows the attention of dense models, not latent attention', () => {
  const dense = total('llama-3.1-70b');
  const head = 2 * 128256 * 8192;
  expect(off(bytes('llama-3.1-70b', 'fp4'), (dense - head) * 0.5625 + head * 2)).toBeLessThan(1e-4);
  const { attention } = weightParameters(findModel('deepseek-r1'));
  expect(bytes('deepseek-r1', 'bf16') - bytes('deepseek-r1', 'fp4')).toBeLessThan(
    (total('deepseek-r1') - attention) * (2 - 0.5625),
  );
});
