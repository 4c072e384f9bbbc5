/**
 * Rotary position embedding (arXiv:2104.09864) in place, on the dimensions
 * [offset, offset + 2·pairs) of each head; the others are left as they are (MLA rotates only the
 * trailing part of q). `frequencies` hold radians per position, YaRN and the like already applied.
 * interleaved = 1: pairs (0,1), (2,3)…; 0: pairs (i, i + pairs).
 */
import { defineKernel, f32, i32, scalar } from '../compiler/kernel.ts';

export const rope = defineKernel({
  name: 'rope',
  params: {
    x: f32.inout('tokens', 'heads', 'headDim'),
    positions: i32.in('tokens'),
    frequencies: f32.in('pairs'),
    offset: scalar,
    interleaved: scalar,
    /** YaRN's attention factor: multiplies cos and sin. */
    factor: scalar,
  },
  parallelOver: 'tokens',

  reference({ x, positions, frequencies, offset, interleaved, factor }, token, dims) {
    const row = x.row(token);
    const position = positions.data[token];
    const pairs = dims.pairs;
    const headDim = dims.headDim;
    for (let i = 0; i < pairs; i++) {
      const angle = position * frequencies.data[i];
      const cos = Math.cos(angle) * factor;
      const sin = Math.sin(angle) * factor;
      const first = offset + (interleaved ? 2 * i : i);
      const second = first + (interleaved ? 1 : pairs);
      for (let head = 0; head < dims.heads; head++) {
        const a = row[head * headDim + first];
        const b = row[head * headDim + second];
        row[head * headDim + first] = a * cos - b * sin;
        row[head * headDim + second] = a * sin + b * cos;
      }
    }
  },

  indices: ({ tokens }) => ({ positions: Int32Array.from({ length: tokens }, (_, t) => t * 37) }),

  shapes: [
    { tokens: 3, heads: 1, headDim: 8, pairs: 4, offset: 0, interleaved: 1, factor: 1 },
    { tokens: 2, heads: 5, headDim: 192, pairs: 32, offset: 128, interleaved: 1, factor: 1.2 },
    { tokens: 2, heads: 3, headDim: 128, pairs: 64, offset: 0, interleaved: 0, factor: 1 },
  ],
});
