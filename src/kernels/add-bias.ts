/** y[token] += bias: the q, k and v projections of Qwen2. */
import { defineKernel, f32 } from '../compiler/kernel.ts';

export const addBias = defineKernel({
  name: 'add_bias',
  params: { bias: f32.in('width'), y: f32.inout('tokens', 'width') },
  parallelOver: 'tokens',

  reference({ bias, y }, token) {
    const row = y.row(token);
    for (let i = 0; i < row.length; i++) row[i] = row[i] + bias.data[i];
  },

  shapes: [
    { tokens: 1, width: 3 },
    { tokens: 4, width: 1536 },
  ],
});
