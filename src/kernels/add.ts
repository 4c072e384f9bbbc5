/** y += x: the residual stream takes a layer's output. */
import { defineKernel, f32 } from '../compiler/kernel.ts';

export const add = defineKernel({
  name: 'add',
  params: { x: f32.in('tokens', 'width'), y: f32.inout('tokens', 'width') },
  parallelOver: 'tokens',

  reference({ x, y }, token) {
    const from = x.row(token);
    const to = y.row(token);
    for (let i = 0; i < to.length; i++) to[i] = to[i] + from[i];
  },

  shapes: [
    { tokens: 1, width: 5 },
    { tokens: 3, width: 2048 },
  ],
});
