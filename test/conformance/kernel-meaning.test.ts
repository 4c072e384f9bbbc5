/**
 * The references themselves, held to formulas written another way: hand-made numbers, identities
 * (an adjoint, a rotation's invariants), brute force.
 */

import { expect, test } from 'vitest';
import { mulberry32 } from '../../src/base/mulberry32.ts';
import { attention } from '../../src/kernels/attention.ts';
import { combineExperts } from '../../src/kernels/combine-experts.ts';
import { expertGatedLinear } from '../../src/kernels/expert-gated-linear.ts';
import { expertLinear } from '../../src/kernels/expert-linear.ts';
import { gatedLinear } from '../../src/kernels/gated-linear.ts';
import { linear } from '../../src/kernels/linear.ts';
import { linearAdd } from '../../src/kernels/linear-add.ts';
import { linearBias } from '../../src/kernels/linear-bias.ts';
import { rmsNorm } from '../../src/kernels/rms-norm.ts';
import { rope } from '../../src/kernels/rope.ts';
import { routeExperts } from '../../src/kernels/route-experts.ts';
import { swiglu } from '../../src/kernels/swiglu.ts';
import { type PlainArg, runKernel, zeros } from './run-kernel.ts';

const random = mulberry32(3);
const noise = (...dims: number[]) => ({
  dims,
  data: Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random() * 2 - 1),
});
const array = (data: number[], ...dims: number[]): PlainArg => ({ data, dims });

test('rms_norm of (3, 4) with weight (1, 2) divides by sqrt(12.5)', async () => {
  const x = array([3, 4], 1, 2);
  const y = await runKernel(rmsNorm, { x, weight: array([1, 2], 2), eps: 0, y: zeros(1, 2) }, 'y');
  expect(y[0]).toBeCloseTo(3 / Math.sqrt(12.5), 6);
  expect(y[1]).toBeCloseTo(8 / Math.sqrt(12.5), 6);
});

test('swiglu is x·sigmoid(x)·up', async () => {
  const args = { gate: array([1, -2], 1, 2), up: array([3, 5], 1, 2), y: zeros(1, 2) };
  const y = await runKernel(swiglu, args, 'y');
  expect(y[0]).toBeCloseTo(3 / (1 + Math.exp(-1)), 6);
  expect(y[1]).toBeCloseTo(-10 / (1 + Math.exp(2)), 6);
});

test('linear multiplies by rows', async () => {
  const args = { x: array([1, 2], 1, 2), w: array([1, 10, 100, 1000], 2, 2), y: zeros(1, 2) };
  expect([...(await runKernel(linear, args, 'y'))]).toEqual([21, 2100]);
});

test('linear_bias adds a number to each output, linear_add what was there', async () => {
  const operands = { x: array([1, 2], 1, 2), w: array([1, 10, 100, 1000], 2, 2) };
  const biased = { ...operands, bias: array([5, 7], 2), y: array([300, 400], 1, 2) };
  expect([...(await runKernel(linearBias, biased, 'y'))]).toEqual([26, 2107]);
  const added = { ...operands, y: array([300, 400], 1, 2) };
  expect([...(await runKernel(linearAdd, added, 'y'))]).toEqual([321, 2500]);
});

test('gated_linear is swiglu of two linear layers', async () => {
  const [x, gateW, upW] = [noise(3, 4), noise(5, 4), noise(5, 4)];
  const y = zeros(3, 5);
  const got = await runKernel(gatedLinear, { x, gate: gateW, up: upW, y }, 'y');
  const gate = array([...(await runKernel(linear, { x, w: gateW, y }, 'y'))], 3, 5);
  const up = array([...(await runKernel(linear, { x, w: upW, y }, 'y'))], 3, 5);
  const want = await runKernel(swiglu, { gate, up, y }, 'y');
  want.forEach((value, i) => {
    expect(got[i]).toBeCloseTo(value, 5);
  });
});

test('expert_gated_linear is swiglu of two expert_linears', async () => {
  const [x, gateW, upW] = [noise(2, 4), noise(3 * 5, 4), noise(3 * 5, 4)];
  const experts = array([2, 0, 1, 2], 2, 2);
  const y = zeros(4, 5);
  const got = await runKernel(expertGatedLinear, { x, gate: gateW, up: upW, experts, y }, 'y');
  const gate = array([...(await runKernel(expertLinear, { x, w: gateW, experts, y }, 'y'))], 4, 5);
  const up = array([...(await runKernel(expertLinear, { x, w: upW, experts, y }, 'y'))], 4, 5);
  const want = await runKernel(swiglu, { gate, up, y }, 'y');
  want.forEach((value, i) => {
    expect(got[i]).toBeCloseTo(value, 5);
  });
});

const angles = (position: number, frequencies: readonly number[]) => ({
  cos: array(
    frequencies.map((f) => Math.cos(position * f)),
    1,
    frequencies.length,
  ),
  sin: array(
    frequencies.map((f) => Math.sin(position * f)),
    1,
    frequencies.length,
  ),
});

test.each([0, 1])('rope (interleaved %i) depends on distances only', async (interleaved) => {
  const [headDim, pairs] = [16, 8];
  const frequencies = Array.from({ length: pairs }, (_, i) => 10000 ** (-i / pairs));
  const [q, k] = [noise(1, 1, headDim), noise(1, 1, headDim)];
  const turned = (x: PlainArg, position: number) =>
    runKernel(rope, { x, ...angles(position, frequencies), offset: 0, interleaved }, 'x');
  const score = async (qAt: number, kAt: number) => {
    const [a, b] = [await turned(q, qAt), await turned(k, kAt)];
    return a.reduce((s, v, i) => s + v * b[i], 0);
  };
  expect(await score(7, 3)).toBeCloseTo(await score(104, 100), 5);
  expect(Math.abs((await score(7, 3)) - (await score(9, 3)))).toBeGreaterThan(1e-3);
});

test('rope turns pair (0, 1) or (0, n/2) by position · frequency', async () => {
  const x = array([1, 0, 0, 0], 1, 1, 4);
  const common = { ...angles(2, [0.5, 0.1]), offset: 0 };
  const neighbours = await runKernel(rope, { x, ...common, interleaved: 1 }, 'x');
  expect(neighbours[0]).toBeCloseTo(Math.cos(1), 6);
  expect(neighbours[1]).toBeCloseTo(Math.sin(1), 6);
  const halves = await runKernel(rope, { x, ...common, interleaved: 0 }, 'x');
  expect(halves[2]).toBeCloseTo(Math.sin(1), 6);
});

test('paged, grouped attention equals attention written out on contiguous rows', async () => {
  const [tokens, heads, kvHeads, headDim, valueDim, blockTokens] = [7, 4, 2, 6, 5, 2];
  const scale = 0.4;
  const q = noise(tokens, heads, headDim);
  const keys = noise(tokens, kvHeads * headDim);
  const values = noise(tokens, kvHeads * valueDim);

  const table = [3, 0, 2, 1];
  const paged = (rows: { data: number[] }, width: number) => {
    const data = new Array(8 * width).fill(Number.NaN);
    for (let p = 0; p < tokens; p++) {
      const slot = table[p >> 1] * blockTokens + (p & 1);
      for (let i = 0; i < width; i++) data[slot * width + i] = rows.data[p * width + i];
    }
    return array(data, 8, width);
  };
  const got = await runKernel(
    attention,
    {
      ...{ q, keys: paged(keys, kvHeads * headDim), values: paged(values, kvHeads * valueDim) },
      ...{ blockTables: array(table, 1, 4), sequenceOf: array(new Array(tokens).fill(0), tokens) },
      positions: array([0, 1, 2, 3, 4, 5, 6], tokens),
      ...{ kvHeads, blockTokens, scale, y: zeros(tokens, heads, valueDim) },
    },
    'y',
  );

  for (let t = 0; t < tokens; t++) {
    for (let h = 0; h < heads; h++) {
      const kvHead = h >> 1;
      const weights = Array.from({ length: t + 1 }, (_, p) => {
        let s = 0;
        for (let d = 0; d < headDim; d++) {
          const key = keys.data[(p * kvHeads + kvHead) * headDim + d];
          s += q.data[(t * heads + h) * headDim + d] * key;
        }
        return Math.exp(scale * s);
      });
      const total = weights.reduce((a, b) => a + b, 0);
      for (let d = 0; d < valueDim; d++) {
        const want = weights.reduce(
          (s, w, p) => s + (w / total) * values.data[(p * kvHeads + kvHead) * valueDim + d],
          0,
        );
        expect(got[(t * heads + h) * valueDim + d]).toBeCloseTo(want, 5);
      }
    }
  }
});

test('expert_linear and combine_experts equal each expert alone, weighted', async () => {
  const [tokens, topk, width, out, numExperts] = [3, 2, 4, 3, 5];
  const x = noise(tokens, width);
  const w = noise(numExperts * out, width);
  const experts = [4, 1, 0, 3, 1, 2];
  const weights = noise(tokens, topk);
  const slots = await runKernel(
    expertLinear,
    { x, w, experts: array(experts, tokens, topk), y: zeros(tokens * topk, out) },
    'y',
  );
  const got = await runKernel(
    combineExperts,
    { x: array([...slots], tokens * topk, out), weights, y: zeros(tokens, out) },
    'y',
  );
  for (let t = 0; t < tokens; t++) {
    for (let o = 0; o < out; o++) {
      let want = 0;
      for (let k = 0; k < topk; k++) {
        const row = experts[t * topk + k] * out + o;
        for (let i = 0; i < width; i++) {
          const product = w.data[row * width + i] * x.data[t * width + i];
          want += weights.data[t * topk + k] * product;
        }
      }
      expect(got[t * out + o]).toBeCloseTo(want, 5);
    }
  }
});

const router = {
  ...{ sigmoid: 1, nGroup: 1, topkGroup: 1, groupTop2: 1, norm: 1, scale: 2.5 },
  ...{ experts: zeros(1, 2), weights: zeros(1, 2) },
};
const logit = (p: number) => Math.log(p / (1 - p));

test('the router chooses by biased score and weighs by the score without the bias', async () => {
  const logits = array([0.9, 0.5, 0.4, 0.2].map(logit), 1, 4);
  const args = { ...router, logits, bias: array([0, 0, 0, 0.6], 4) };
  expect([...(await runKernel(routeExperts, args, 'experts'))]).toEqual([0, 3]);
  const weights = await runKernel(routeExperts, args, 'weights');
  expect(weights[0]).toBeCloseTo((2.5 * 0.9) / 1.1, 5);
  expect(weights[1]).toBeCloseTo((2.5 * 0.2) / 1.1, 5);
});

test('groups are ranked by their two best (V3) or by their best (V2)', async () => {
  // Group 0 has the best expert, group 1 the better pair.
  const args = {
    ...{ ...router, logits: array([0.9, 0.1, 0.6, 0.6].map(logit), 1, 4) },
    ...{ bias: array([0, 0, 0, 0], 4), nGroup: 2 },
  };
  expect([...(await runKernel(routeExperts, args, 'experts'))]).toEqual([2, 3]);
  const v2 = { ...args, groupTop2: 0 };
  expect([...(await runKernel(routeExperts, v2, 'experts'))]).toEqual([0, 1]);
});

test('softmax routing without normalisation keeps the probabilities, scaled', async () => {
  const logits = array([1, 2, 3].map(Math.log), 1, 3);
  const args = { ...router, logits, bias: array([0, 0, 0], 3), sigmoid: 0, norm: 0, scale: 16 };
  const weights = await runKernel(routeExperts, args, 'weights');
  expect(weights[0]).toBeCloseTo(8, 5);
  expect(weights[1]).toBeCloseTo(16 / 3, 5);
});
