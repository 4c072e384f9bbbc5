/** y[token] += Σ weights[token][k] · x[token · topk + k]: routed experts' outputs come together. */
import { defineKernel, f32 } from '../compiler/kernel.ts';

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

  shapes: [
    { tokens: 1, topk: 2, slots: 2, hidden: 3 },
    { tokens: 4, topk: 8, slots: 32, hidden: 7168 },
  ],
});
