import { expect, test } from 'vitest';
import type { RopeConfig } from '../formats/model-config.ts';
import { ropeFactor, ropeFrequencies, yarnSoftmaxScale } from './rope-frequencies.ts';

const plain: RopeConfig = {
  ...{ theta: 10000, dims: 64, interleaved: true, scaling: { type: 'none' } },
};
const deepseekV3: RopeConfig = {
  ...plain,
  scaling: {
    ...{ type: 'yarn', factor: 40, originalMaxPositionEmbeddings: 4096, betaFast: 32, betaSlow: 1 },
    ...{ attentionFactor: 1, mscaleAllDim: 1 },
  },
};

test('frequencies fall from 1 by powers of theta', () => {
  const f = ropeFrequencies(plain);
  expect(f.length).toBe(32);
  expect(f[0]).toBe(1);
  expect(f[16]).toBeCloseTo(0.01, 8);
});

// DeepSeek-V3: pairs up to floor(10.5) turn often enough to stay; from ceil(22.5) on they are
// interpolated by 40 (dims·ln(4096/(32·2π))/(2·ln 10000) = 10.5, with 1 instead of 32: 22.5).
test('YaRN keeps fast pairs, divides slow ones by the factor, blends between', () => {
  const base = ropeFrequencies(plain);
  const f = ropeFrequencies(deepseekV3);
  for (const i of [0, 5, 10]) expect(f[i]).toBe(base[i]);
  for (const i of [23, 27, 31]) expect(f[i] / base[i]).toBeCloseTo(1 / 40, 6);
  const ratio = f[16] / base[16];
  expect(ratio).toBeCloseTo(7 / 13 + 6 / 13 / 40, 5);
});

test("DeepSeek-V3's softmax scale grows by (0.1·ln 40 + 1)² = 1.8739", () => {
  expect(yarnSoftmaxScale(deepseekV3)).toBeCloseTo(1.8739, 3);
  expect(yarnSoftmaxScale(plain)).toBe(1);
  expect(ropeFactor(deepseekV3)).toBe(1);
});

test('factors in the file divide, linear scaling divides all', () => {
  const factors = new Float32Array(32).fill(2);
  const inTensor = { ...plain, scaling: { type: 'factors-in-tensor' } } as const;
  expect(ropeFrequencies(inTensor, factors)[0]).toBe(0.5);
  const linear = { ...plain, scaling: { type: 'linear', factor: 4 } } as const;
  expect(ropeFrequencies(linear)[0]).toBe(0.25);
});
