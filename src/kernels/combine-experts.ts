/** y[token] += Σ weights[token][k] · x[token · topk + k]: routed experts' outputs come together. */
import { at } from '../compiler/ir/builder.ts';
import { defineKernel, f32 } from '../compiler/kernel.ts';
import { defineProgram, reads, strideOf, updates } from './emit/define-program.ts';
import { mapElements, rowOf } from './emit/map.ts';

const program = defineProgram(
  'combine_experts',
  {
    ...{ x: 'int', xStride: 'int', weights: 'int', weightsStride: 'int', topk: 'int' },
    ...{ y: 'int', yStride: 'int', hidden: 'int' },
  },
  (k, p, { start, end, scratch }) => {
    k.loop(start, end, 1, (token) => {
      const weights = rowOf(k, p.weights, token, p.weightsStride);
      const slots = rowOf(k, p.x, k.mul(token, p.topk), p.xStride);
      const y = rowOf(k, p.y, token, p.yStride);
      k.loop(0, p.topk, 1, (choice) => {
        const weight = k.splat(k.loadF32(at(weights, choice, 4)));
        const x = rowOf(k, slots, choice, p.xStride);
        mapElements(k, scratch, p.hidden, [x, y], y, (v, sum) => k.fma(v, weight, sum));
      });
    });
  },
);

export const combineExperts = defineKernel({
  name: 'combine_experts',
  params: {
    x: f32.in('slots', 'hidden'),
    weights: f32.in('tokens', 'topk'),
    y: f32.inout('tokens', 'hidden'),
  },
  parallelOver: 'tokens',

  reference({ x, weights, y }, token, dims) {
    const out = y.row(token);
    const topk = dims.topk;
    const w = weights.row(token);
    for (let i = 0; i < out.length; i++) {
      let sum = 0;
      for (let k = 0; k < topk; k++) {
        sum += w[k] * x.data[(token * topk + k) * x.rowStride + i];
      }
      out[i] = out[i] + sum;
    }
  },

  lower({ x, weights, y }, { tokens, topk, hidden }, context) {
    const from = { x: reads(x), xStride: strideOf(x), topk };
    const weighed = { weights: reads(weights), weightsStride: strideOf(weights) };
    const to = { y: updates(y), yStride: strideOf(y), hidden };
    context.launch(program.launch({ ...from, ...weighed, ...to }, tokens));
  },

  shapes: [
    { tokens: 1, topk: 2, slots: 2, hidden: 3 },
    { tokens: 4, topk: 8, slots: 32, hidden: 7168 },
  ],
});
