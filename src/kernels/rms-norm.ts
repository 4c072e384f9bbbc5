/**
 * RMSNorm (arXiv:1910.07467): y = x / sqrt(mean(x²) + eps) · weight, one row at a time.
 * y may be x. A row is a token, or one head of a token (Qwen3's q and k norms).
 */
import { defineKernel, f32, scalar } from '../compiler/kernel.ts';
import { defineProgram, reads, strideOf, writes } from './emit/define-program.ts';
import { eachVector, mapElements, rowOf } from './emit/map.ts';

const program = defineProgram(
  'rms_norm',
  {
    ...{ x: 'int', xStride: 'int', weight: 'int', y: 'int', yStride: 'int', width: 'int' },
    ...{ eps: 'f32', inverseWidth: 'f32' },
  },
  (k, p, { start, end, scratch }) => {
    k.loop(start, end, 1, (index) => {
      const row = rowOf(k, p.x, index, p.xStride);
      const squares = k.variable(k.f32x(0));
      eachVector(k, scratch, p.width, [row], ([v]) => k.set(squares, k.fma(v, v, squares)));
      const mean = k.mul(k.reduceAdd(squares), p.inverseWidth);
      const scale = k.splat(k.div(k.f32(1), k.sqrt(k.add(mean, p.eps))));
      const to = rowOf(k, p.y, index, p.yStride);
      mapElements(k, scratch, p.width, [row, p.weight], to, (v, w) => k.mul(k.mul(v, scale), w));
    });
  },
);

export const rmsNorm = defineKernel({
  name: 'rms_norm',
  params: {
    x: f32.in('rows', 'width'),
    weight: f32.in('width'),
    eps: scalar,
    y: f32.out('rows', 'width'),
  },
  parallelOver: 'rows',

  reference({ x, weight, eps, y }, index, { width }) {
    const row = x.row(index);
    let sum = 0;
    for (const v of row) sum += v * v;
    const scale = 1 / Math.sqrt(sum / width + eps);
    const out = y.row(index);
    for (let i = 0; i < row.length; i++) {
      out[i] = row[i] * scale * weight.data[i];
    }
  },

  lower({ x, weight, eps, y }, { rows, width }, context) {
    const args = { x: reads(x), weight: reads(weight), y: writes(y), width, eps };
    const strides = { xStride: strideOf(x), yStride: strideOf(y) };
    context.launch(program.launch({ ...args, ...strides, inverseWidth: 1 / width }, rows));
  },

  shapes: [
    { rows: 1, width: 7, eps: 1e-6 },
    { rows: 3, width: 7168, eps: 1e-6 },
  ],
});
