import { expect, test } from 'vitest';
import { mulberry32 } from '../base/mulberry32.ts';
import type { TensorView } from '../base/tensor-view.ts';
import { ReferenceDevice } from '../devices/reference/reference-device.ts';
import {
  expandFromTokens,
  type LatentAttentionWeights,
  latentAttention,
} from './latent-attention.ts';
import type { Step } from './step.ts';
import { StepRunner } from './step-runner.ts';

const config = {
  ...{ qLoraRank: undefined, kvLoraRank: 24, qkNopeHeadDim: 8, qkRopeHeadDim: 4, vHeadDim: 6 },
};
const [heads, hidden, blockTokens] = [3, 10, 4];
const device = ReferenceDevice.open();
const random = mulberry32(5);
const values = (count: number) => Float32Array.from({ length: count }, () => random() - 0.5);

function matrix(rows: number, columns: number, data = values(rows * columns)) {
  const view: TensorView = {
    ...{ name: 'w', dtype: 'f32', dims: [rows, columns] },
    bytes: new Uint8Array(data.buffer),
  };
  return { weight: device.upload([view], 'matrix'), data };
}
function vector(data: Float32Array) {
  const tensor = device.allocate('f32', [data.length], 'v');
  device.write(tensor, data);
  return tensor;
}

// kv_b per head: 8 key rows, then 6 value rows, over the latent.
const headRows = config.qkNopeHeadDim + config.vHeadDim;
const kvB = matrix(heads * headRows, config.kvLoraRank);
/** The key part the other way round: (24, 8) per head. */
function transposedKeys() {
  const [rank, nope] = [config.kvLoraRank, config.qkNopeHeadDim];
  const data = new Float32Array(heads * rank * nope);
  for (let h = 0; h < heads; h++) {
    for (let r = 0; r < rank; r++) {
      for (let d = 0; d < nope; d++) {
        data[(h * rank + r) * nope + d] = kvB.data[(h * headRows + d) * rank + r];
      }
    }
  }
  return matrix(heads * rank, nope, data).weight;
}
const keyBack = transposedKeys();
const weights: LatentAttentionWeights = {
  ...{ config, heads, softmaxScale: 0.3, expandFrom: Number.POSITIVE_INFINITY },
  rope: { frequencies: Float32Array.of(1, 0.1), interleaved: true, factor: 1 },
  ...{ qA: undefined, qANorm: undefined },
  q: matrix(heads * 12, hidden).weight,
  kvA: matrix(28, hidden).weight,
  kvANorm: { weight: vector(values(24).map((v) => v + 1)), eps: 1e-6 },
  keyUp: { w: kvB.weight, headRows, rowOffset: 0, rows: 8 },
  keyBack: { w: keyBack, headRows: config.kvLoraRank, rowOffset: 0, rows: config.kvLoraRank },
  valueUp: { w: kvB.weight, headRows, rowOffset: 8, rows: 6 },
  o: matrix(hidden, heads * 6).weight,
};

/** Two sequences: five tokens of a context of five, then two of a context of nine. */
async function run(w: LatentAttentionWeights): Promise<Float32Array> {
  const runner = new StepRunner(device);
  const cache = runner.createKvCache([[28]], 8, blockTokens);
  const tables = [Int32Array.of(6, 1), Int32Array.of(3, 0, 5)];
  const slot = (s: number, p: number) => tables[s][Math.floor(p / 4)] * 4 + (p % 4);
  const step = (parts: [s: number, from: number, count: number][]): Step => {
    let queryStart = 0;
    const tokens = parts.flatMap(([s, from, n]) =>
      Array.from({ length: n }, (_, i) => [s, from + i]),
    );
    return {
      tokens: new Int32Array(tokens.length),
      positions: Int32Array.from(tokens, ([, p]) => p),
      slotMapping: Int32Array.from(tokens, ([s, p]) => slot(s, p)),
      sequences: parts.map(([s, from, queryTokens]) => {
        const sequence = { queryStart, queryTokens, contextTokens: from + queryTokens };
        queryStart += queryTokens;
        return { ...sequence, blockTable: tables[s] };
      }),
      logitRows: new Int32Array(0),
    };
  };
  const inputs = mulberry32(9);
  const go = (parts: [number, number, number][]) =>
    runner.run(step(parts), cache, (r, stepInputs) => {
      const x = device.allocate('f32', [stepInputs.numTokens, hidden], 'x');
      device.write(x, Float32Array.from({ length: stepInputs.numTokens * hidden }, inputs));
      const y = device.allocate('f32', [stepInputs.numTokens, hidden], 'zeros');
      latentAttention(r, x, w, stepInputs, 0, y);
      return y;
    });
  await go([[1, 0, 7]]);
  return (
    await go([
      [0, 0, 5],
      [1, 7, 2],
    ])
  ).slice();
}

function expectClose(a: Float32Array, b: Float32Array) {
  const worst = a.reduce((max, v, i) => Math.max(max, Math.abs(v - b[i])), 0);
  expect(a.some((v) => Math.abs(v) > 0.01)).toBe(true);
  expect(worst).toBeLessThan(1e-5);
}

test('expanded and absorbed attention give the same numbers, alone and mixed in a step', async () => {
  const absorbed = await run(weights);
  expectClose(await run({ ...weights, expandFrom: 1 }), absorbed);
  expectClose(await run({ ...weights, expandFrom: 4 }), absorbed);
});

test('V2 and V3 expand from 171 query tokens on', () => {
  const v3 = { kvLoraRank: 512, qkNopeHeadDim: 128, qkRopeHeadDim: 64, vHeadDim: 128 };
  expect(expandFromTokens({ ...v3, qLoraRank: 1536 })).toBe(171);
});
