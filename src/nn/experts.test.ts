/** The experts' layer is the same function whatever its matrices' formats. */
import { expect, test } from 'vitest';
import { f32ToF16 } from '../base/half.ts';
import { mulberry32 } from '../base/mulberry32.ts';
import { ReferenceDevice } from '../devices/reference/reference-device.ts';
import type { MoeConfig } from '../formats/model-config.ts';
import { experts } from './experts.ts';
import { Recorder, Workspace } from './recorder.ts';

const [tokens, hidden, moeIntermediateSize, nRoutedExperts] = [4, 8, 6, 3];
const config: MoeConfig = {
  ...{ nRoutedExperts, moeIntermediateSize, nSharedExperts: 0, numExpertsPerTok: 2 },
  ...{ firstKDenseReplace: 0, scoringFunc: 'softmax', nGroup: 1, topkGroup: 1 },
  ...{ groupScore: 'max', normTopkProb: true, routedScalingFactor: 1 },
};

async function run(upType: 'f32' | 'f16'): Promise<Float32Array> {
  const device = ReferenceDevice.open();
  const random = mulberry32(5);
  /** Values that both formats have. */
  const numbers = (count: number) =>
    Float32Array.from({ length: count }, () => Math.round(random() * 128 - 64) / 64);
  const matrix = (rows: number, columns: number, dtype: 'f32' | 'f16' = 'f32') => {
    const values = numbers(rows * columns);
    const array = dtype === 'f32' ? values : Uint16Array.from(values, f32ToF16);
    const bytes = new Uint8Array(array.buffer);
    return device.upload([{ name: 'w', dtype, dims: [rows, columns], bytes }], 'matrix');
  };
  const tensor = (...dims: number[]) => {
    const made = device.allocate('f32', dims, 'x');
    device.write(made, numbers(dims.reduce((a, b) => a * b)));
    return made;
  };
  const weights = {
    config,
    gate: matrix(nRoutedExperts, hidden),
    scoreBias: tensor(nRoutedExperts),
    expertGate: matrix(nRoutedExperts * moeIntermediateSize, hidden),
    expertUp: matrix(nRoutedExperts * moeIntermediateSize, hidden, upType),
    expertDown: matrix(nRoutedExperts * hidden, moeIntermediateSize),
    shared: undefined,
  };
  const r = new Recorder(new Workspace(device));
  const residual = tensor(tokens, hidden);
  experts(r, tensor(tokens, hidden), weights, residual);
  await device.run(r.commands);
  const result = new Float32Array(tokens * hidden);
  await device.read(residual, result);
  return result;
}

test('gate and up may be of different formats', async () => {
  const [alike, mixed] = [await run('f32'), await run('f16')];
  mixed.forEach((value, i) => {
    expect(value).toBeCloseTo(alike[i]!, 5);
  });
  expect(new Set(alike).size).toBeGreaterThan(tokens);
});
