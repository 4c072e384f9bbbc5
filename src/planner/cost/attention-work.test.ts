import { expect, test } from 'vitest';
import { findModel } from '../facts/find-model.ts';
import { findPrecision } from '../facts/find-precision.ts';
import { modelsTable } from '../facts/models-table.ts';
import { precisionOf } from '../facts/precision-of.ts';
import type { ServedModel } from '../facts/served-model.ts';
import { type AttentionWork, attentionWork } from './attention-work.ts';
import { activeParameters } from './model-weights.ts';

const million = 2 ** 20;

/** Over all layers of a model. */
function overLayers(model: ServedModel, measure: (work: AttentionWork) => number): number {
  return model.layers.reduce(
    (sum, { attention, count }) =>
      sum + count * measure(attentionWork(attention, model.hiddenSize)),
    0,
  );
}

const layer = (name: string, index = 0) => {
  const { layers, hiddenSize } = findModel(name);
  return attentionWork(layers[index]!.attention, hiddenSize);
};

/** In the model's own precision. */
function kvBytes(name: string, context: number): number {
  const model = findModel(name);
  const { kvBytes: perElement } = precisionOf(model, findPrecision(model.nativePrecision));
  return perElement * overLayers(model, (work) => work.kvElements(context));
}

test('bytes of the cache per token are those published', () => {
  expect(kvBytes('deepseek-r1', 1)).toBe(70_272);
  expect(kvBytes('deepseek-v2-lite', 1)).toBe(31_104);
  expect(kvBytes('llama-3.1-70b', 1)).toBe(327_680);
  expect(kvBytes('qwen3-32b', 1)).toBe(262_144);
  // ik_llama.cpp measures 972 MiB at 32K.
  expect(kvBytes('deepseek-v2-lite', 32_768) / 2 ** 20).toBe(972);
  expect(kvBytes('deepseek-v3.2', 1)).toBeCloseTo(61 * (656 + 132), 6);
});

test('at a million tokens V4-Pro caches 9.62 GiB in BF16, V3.2 83.9 (the vLLM project on V4)', () => {
  const gibibytes = (name: string) =>
    (2 * overLayers(findModel(name), (work) => work.kvElements(million))) / 2 ** 30;
  expect(gibibytes('deepseek-v4-pro')).toBeCloseTo(9.62, 2);
  expect(gibibytes('deepseek-v3.2')).toBeCloseTo(83.88, 2);
  expect(gibibytes('deepseek-v4-flash')).toBeCloseTo(6.72, 2);
});

test("V4's cache at a million tokens is 10 % of V3.2's (Pro) and 7 % (Flash)", () => {
  const reference = kvBytes('deepseek-v3.2', million);
  expect(kvBytes('deepseek-v4-pro', million) / reference).toBeGreaterThan(0.095);
  expect(kvBytes('deepseek-v4-pro', million) / reference).toBeLessThan(0.108);
  expect(kvBytes('deepseek-v4-flash', million) / reference).toBeCloseTo(0.07, 2);
});

test("V4-Pro's multiply-adds per token at a million are 27 % of V3.2's", () => {
  const macs = (name: string) =>
    activeParameters(findModel(name), 'decode') +
    overLayers(findModel(name), (work) => work.decodeMacs(million));
  expect(macs('deepseek-v4-pro') / macs('deepseek-v3.2')).toBeGreaterThan(0.25);
  expect(macs('deepseek-v4-pro') / macs('deepseek-v3.2')).toBeLessThan(0.29);
});

test('V4.1 adds 890 bytes per token once its windows are full', () => {
  const added = kvBytes('deepseek-v4.1-flash', 10_002) - kvBytes('deepseek-v4.1-flash', 10_000);
  expect(added / 2).toBeCloseTo(890, 6);
});

test('multiply-adds per key: absorbed, expanded, compressed', () => {
  expect(layer('deepseek-v3').decodeMacs(1)).toBe(139_264);
  expect(layer('deepseek-v2-lite').decodeMacs(1)).toBe(17_408);
  expect(layer('deepseek-v3').prefillMacs(1, 0)).toBe(40_960);
  expect(layer('deepseek-v2-lite').prefillMacs(1, 0)).toBe(5_120);
  expect(layer('deepseek-v4-flash').decodeMacs(1)).toBe(65_536);
  // CSA at 128K: 640 keys and the indexer over a quarter; HCA: the window and one in 128.
  const context = 2 ** 17;
  expect(layer('deepseek-v4-flash', 1).decodeMacs(context)).toBe(640 * 65_536 + 8_192 * 2 ** 15);
  expect(layer('deepseek-v4-flash', 2).decodeMacs(context)).toBe((128 + 1024) * 65_536);
});

test('at 128K V3.2 spends 83 billion multiply-adds on attention, V3 1,113', () => {
  const billions = (name: string) =>
    overLayers(findModel(name), (work) => work.decodeMacs(2 ** 17)) / 1e9;
  expect(billions('deepseek-v3.2')).toBeCloseTo(83, 0);
  expect(billions('deepseek-v3')).toBeCloseTo(1113, 0);
});

test('sparse attention pays off from 2,176 tokens on', () => {
  const [dense, sparse] = [layer('deepseek-v3'), layer('deepseek-v3.2')];
  expect(sparse.decodeMacs(2176)).toBe(dense.decodeMacs(2176));
  expect(sparse.decodeMacs(2175)).toBeGreaterThan(dense.decodeMacs(2175));
  expect(sparse.decodeMacs(2177)).toBeLessThan(dense.decodeMacs(2177));
});

test('with a long cache few new tokens stay absorbed and many are expanded: 171 is the border', () => {
  const { prefillMacs } = layer('deepseek-v3');
  const cached = 1_000_000;
  const perKey = (tokens: number) =>
    prefillMacs(cached + tokens, cached) / (cached + tokens / 2) / tokens;
  expect(perKey(160)).toBeCloseTo(139_264, -1);
  expect(perKey(180)).toBeLessThan(139_264);
  expect(perKey(100_000)).toBeLessThan(1.1 * 40_960);
});

test.each(modelsTable.map((model) => [model.id, model] as const))(
  '%s never costs less with more context, and a cached prefix never more',
  (_, model) => {
    const contexts = [1, 2, 127, 128, 129, 511, 1024, 2048, 2049, 4096, 65_536, 131_072, million];
    for (const { attention } of model.layers) {
      const work = attentionWork(attention, model.hiddenSize);
      for (const [index, context] of contexts.entries()) {
        const shorter = contexts[index - 1] ?? 0;
        for (const measure of [work.kvElements, work.readElements, work.decodeMacs]) {
          expect(measure(context)).toBeGreaterThanOrEqual(measure(shorter));
        }
        const whole = work.prefillMacs(context, 0);
        expect(whole).toBeGreaterThan(work.prefillMacs(shorter, 0));
        // What expanding cached latents costs is less than what making them anew would.
        const rest = work.prefillMacs(context, shorter) + (context - shorter) * work.weights;
        expect(rest).toBeLessThanOrEqual(whole + context * work.weights);
        expect(work.prefillMacs(context, context)).toBe(0);
      }
    }
  },
);

test('a prompt costs what its tokens would one by one, where no form is cheaper', () => {
  for (const name of ['llama-3.1-70b', 'deepseek-v4-pro', 'deepseek-v4.1-flash']) {
    for (const { attention } of findModel(name).layers) {
      const work = attentionWork(attention, findModel(name).hiddenSize);
      let steps = 0;
      for (let context = 1001; context <= 3000; context++) steps += work.decodeMacs(context);
      expect(work.prefillMacs(3000, 1000) / steps).toBeCloseTo(1, 9);
    }
  }
});

test('the cache splits by key/value heads, and latents do not split', () => {
  expect(layer('llama-3.1-70b').kvHeads).toBe(8);
  expect(layer('deepseek-r1').kvHeads).toBe(1);
  expect(layer('deepseek-v4-pro').kvHeads).toBe(1);
});
