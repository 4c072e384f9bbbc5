/**
 * RMSNorm (arXiv:1910.07467): y = x / sqrt(mean(x²) + eps) · weight, one row at a time.
 * y may be x. A row is a token, or one head of a token (Qwen3's q and k norms).
 */
import { defineKernel, f32, scalar } from '../compiler/kernel.ts';

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

  shapes: [
    { rows: 1, width: 7, eps: 1e-6 },
    { rows: 3, width: 7168, eps: 1e-6 },
  ],
});
