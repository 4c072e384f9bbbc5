/**
 * The first half of a gated feed-forward layer (SwiGLU, arXiv:2002.05202):
 * y = silu(x · gateᵀ) · (x · upᵀ), silu(v) = v / (1 + e⁻ᵛ). Both products of a row are at hand when
 * it is written, so neither goes through memory. Refused by compiled devices: matrices of
 * different dtypes.
 */
import { defineKernel, f32, weight } from '../compiler/kernel.ts';
import { dot, scratchRow } from './dot.ts';
import { strideOf } from './emit/define-program.ts';
import { lowerProduct } from './products/lower-product.ts';

export const gatedLinear = defineKernel({
  name: 'gated_linear',
  params: {
    x: f32.in('tokens', 'in'),
    gate: weight('out', 'in'),
    up: weight('out', 'in'),
    y: f32.out('tokens', 'out'),
  },
  parallelOver: 'out',

  reference({ x, gate, up, y }, out, dims) {
    const { tokens, in: width } = dims;
    const row = scratchRow(width);
    gate.decodeRow(out, row);
    const gates = Array.from({ length: tokens }, (_, t) =>
      dot(x.data, t * x.rowStride, row, 0, width),
    );
    up.decodeRow(out, row);
    gates.forEach((v, t) => {
      const value = dot(x.data, t * x.rowStride, row, 0, width);
      y.data[t * y.rowStride + out] = (v / (1 + Math.exp(-v))) * value;
    });
  },

  lower({ x, gate, up, y }, { tokens, out }, context) {
    lowerProduct(context, {
      ...{ kind: 'one', numSegments: 1, segmentRows: 0, rowOffset: 0, numRows: out },
      ...{ w: gate, ending: { kind: 'gated', w2: up } },
      ...{ x: x.memory, xStride: strideOf(x), xHeadBytes: 0, isShared: true, numColumns: tokens },
      ...{ y: y.memory, yStride: strideOf(y), ySegmentBytes: 0 },
    });
  },

  shapes: [
    { tokens: 1, in: 256, out: 21 },
    { tokens: 5, in: 288, out: 67 },
    // Items of several strips.
    { tokens: 9, in: 256, out: 390 },
    { tokens: 66, in: 256, out: 37 },
  ],
});
