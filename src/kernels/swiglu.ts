/** SwiGLU (arXiv:2002.05202): y = silu(gate) · up, silu(v) = v / (1 + e⁻ᵛ). y may be gate or up. */
import { defineKernel, f32 } from '../compiler/kernel.ts';

export const swiglu = defineKernel({
  name: 'swiglu',
  params: {
    gate: f32.in('rows', 'width'),
    up: f32.in('rows', 'width'),
    y: f32.out('rows', 'width'),
  },
  parallelOver: 'rows',

  reference({ gate, up, y }, index) {
    const g = gate.row(index);
    const u = up.row(index);
    const out = y.row(index);
    for (let i = 0; i < out.length; i++) {
      const v = g[i];
      out[i] = (v / (1 + Math.exp(-v))) * u[i];
    }
  },

  shapes: [
    { rows: 1, width: 9 },
    { rows: 6, width: 1408 },
  ],
});
