/**
 * Rotary position embedding (arXiv:2104.09864) in place, on the dimensions
 * [offset, offset + 2·pairs) of each head; the others are left as they are (MLA rotates only the
 * trailing part of q). `cos` and `sin` of each token's angles come from the host, which has the
 * precision that positions of a long context need; YaRN's factor is already in them.
 * interleaved = 1: pairs (0,1), (2,3)…; 0: pairs (i, i + pairs).
 */
import { at, type Builder } from '../compiler/ir/builder.ts';
import type { Value } from '../compiler/ir/types.ts';
import { defineKernel, f32, scalar } from '../compiler/kernel.ts';
import { defineProgram, programFamily, reads, strideOf, updates } from './emit/define-program.ts';
import { rowOf } from './emit/map.ts';

/** Neighbours go pair by pair; halves lie far enough apart for vectors. */
const programOf = programFamily(
  (interleaved: boolean) => `rope ${interleaved ? 'neighbours' : 'halves'}`,
  (key, interleaved) =>
    defineProgram(
      key,
      {
        ...{ x: 'int', xStride: 'int', heads: 'int', headBytes: 'int', offset: 'int' },
        ...{ cos: 'int', sin: 'int', tableStride: 'int', pairs: 'int' },
      },
      (k, p, { start, end }) => {
        k.loop(start, end, 1, (token) => {
          const cos = rowOf(k, p.cos, token, p.tableStride);
          const sin = rowOf(k, p.sin, token, p.tableStride);
          const row = k.add(rowOf(k, p.x, token, p.xStride), k.shl(p.offset, 2));
          k.loop(0, p.heads, 1, (head) => {
            const x = rowOf(k, row, head, p.headBytes);
            if (interleaved) rotateNeighbours(k, x, cos, sin, p.pairs);
            else rotateHalves(k, x, cos, sin, p.pairs);
          });
        });
      },
    ),
);

function rotateNeighbours(k: Builder, x: Value, cos: Value, sin: Value, pairs: Value): void {
  k.loop(0, pairs, 1, (i) => {
    const [c, s] = [k.loadF32(at(cos, i, 4)), k.loadF32(at(sin, i, 4))];
    const [a, b] = [k.loadF32(at(x, i, 8)), k.loadF32(at(x, i, 8, 4))];
    k.store(at(x, i, 8), k.sub(k.mul(a, c), k.mul(b, s)));
    k.store(at(x, i, 8, 4), k.add(k.mul(a, s), k.mul(b, c)));
  });
}

function rotateHalves(k: Builder, x: Value, cos: Value, sin: Value, pairs: Value): void {
  const second = k.add(x, k.shl(pairs, 2));
  const whole = k.and(pairs, -k.lanes);
  const rotate = (i: Value, load: (base: Value) => Value) => {
    const [c, s, a, b] = [load(cos), load(sin), load(x), load(second)];
    k.store(at(x, i, 4), k.sub(k.mul(a, c), k.mul(b, s)));
    k.store(at(second, i, 4), k.add(k.mul(a, s), k.mul(b, c)));
  };
  k.loop(0, whole, k.lanes, (i) => rotate(i, (base) => k.load('f32x', at(base, i, 4))));
  k.loop(whole, pairs, 1, (i) => rotate(i, (base) => k.loadF32(at(base, i, 4))));
}

export const rope = defineKernel({
  name: 'rope',
  params: {
    x: f32.inout('tokens', 'heads', 'headDim'),
    cos: f32.in('tokens', 'pairs'),
    sin: f32.in('tokens', 'pairs'),
    offset: scalar,
    interleaved: scalar,
  },
  parallelOver: 'tokens',

  reference({ x, offset, interleaved, ...tables }, token, dims) {
    const row = x.row(token);
    const cos = tables.cos.row(token);
    const sin = tables.sin.row(token);
    const pairs = dims.pairs;
    const headDim = dims.headDim;
    for (let i = 0; i < pairs; i++) {
      const first = offset + (interleaved ? 2 * i : i);
      const second = first + (interleaved ? 1 : pairs);
      for (let head = 0; head < dims.heads; head++) {
        const a = row[head * headDim + first];
        const b = row[head * headDim + second];
        row[head * headDim + first] = a * cos[i] - b * sin[i];
        row[head * headDim + second] = a * sin[i] + b * cos[i];
      }
    }
  },

  lower({ x, cos, sin, offset, interleaved }, { tokens, heads, headDim, pairs }, context) {
    const args = { x: updates(x), xStride: strideOf(x), heads, headBytes: 4 * headDim, offset };
    const tables = { cos: reads(cos), sin: reads(sin), tableStride: strideOf(cos), pairs };
    context.launch(programOf(interleaved === 1).launch({ ...args, ...tables }, tokens));
  },

  shapes: [
    { tokens: 3, heads: 1, headDim: 8, pairs: 4, offset: 0, interleaved: 1 },
    { tokens: 2, heads: 5, headDim: 192, pairs: 32, offset: 128, interleaved: 1 },
    { tokens: 2, heads: 3, headDim: 128, pairs: 64, offset: 0, interleaved: 0 },
  ],
});
