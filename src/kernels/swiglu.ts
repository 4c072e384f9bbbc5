/** SwiGLU (arXiv:2002.05202): y = silu(gate) · up, silu(v) = v / (1 + e⁻ᵛ). y may be gate or up. */
import { defineKernel, f32 } from '../compiler/kernel.ts';
import { defineProgram, reads, strideOf, writes } from './emit/define-program.ts';
import { silu } from './emit/exp.ts';
import { mapElements, rowOf } from './emit/map.ts';

const program = defineProgram(
  'swiglu',
  {
    ...{ gate: 'int', gateStride: 'int', up: 'int', upStride: 'int' },
    ...{ y: 'int', yStride: 'int', width: 'int' },
  },
  (k, p, { start, end, scratch }) => {
    k.loop(start, end, 1, (row) => {
      const gate = rowOf(k, p.gate, row, p.gateStride);
      const up = rowOf(k, p.up, row, p.upStride);
      const y = rowOf(k, p.y, row, p.yStride);
      mapElements(k, scratch, p.width, [gate, up], y, (g, u) => k.mul(silu(k, g), u));
    });
  },
);

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

  lower({ gate, up, y }, { rows, width }, context) {
    const strides = { gateStride: strideOf(gate), upStride: strideOf(up), yStride: strideOf(y) };
    const args = { gate: reads(gate), up: reads(up), y: writes(y), ...strides, width };
    context.launch(program.launch(args, rows));
  },

  shapes: [
    { rows: 1, width: 9 },
    { rows: 6, width: 1408 },
  ],
});
