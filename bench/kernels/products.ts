/**
 * Matrix products at the shapes of R1-Distill-Qwen-1.5B and V2-Lite. One token reads weights from
 * memory, a matrix after the other; a prompt of 512 multiplies. Bytes are those of the checkpoint.
 */
import { type DType, rowBytes } from '../../src/base/dtypes.ts';
import { gatedLinear } from '../../src/kernels/gated-linear.ts';
import { headLinear } from '../../src/kernels/head-linear.ts';
import { linear } from '../../src/kernels/linear.ts';
import { linearAdd } from '../../src/kernels/linear-add.ts';
import { codecOf } from '../../src/kernels/weights/codecs.ts';
import type { Row, Work } from './measure.ts';
import { runFamily } from './report.ts';

interface Shape {
  readonly dtype: DType;
  readonly tokens: number;
  readonly in: number;
  readonly out: number;
}

const limitOf = (dtype: DType) => (codecOf(dtype) ? 'int8GmacS' : 'f32GmacS');

/** `matrices` of the shape. */
function workOf({ dtype, tokens, in: width, out }: Shape, matrices: number): Work {
  return {
    macs: tokens * width * out * matrices,
    limit: limitOf(dtype),
    bytes: out * rowBytes(dtype, width) * matrices,
  };
}

const nameOf = (kernel: string, { dtype, tokens, in: width, out }: Shape) =>
  `${kernel} ${dtype} ${width} → ${out}, ${tokens} ${tokens === 1 ? 'token' : 'tokens'}`;

function linearRow(kernel: typeof linear | typeof linearAdd, shape: Shape, isQuick = false): Row {
  return {
    ...{ name: nameOf(kernel.name, shape), isQuick },
    make(o) {
      const { dtype, tokens, in: width, out } = shape;
      const [x, y] = [o.random(tokens, width), o.random(tokens, out)];
      const weights = tokens < 64 ? o.uncached(dtype, out, width) : [o.weight(dtype, out, width)];
      const commands = weights.map((w) => o.device.command(kernel as typeof linear, { x, w, y }));
      return { commands, work: workOf(shape, weights.length) };
    },
  };
}

function gatedRow(shape: Shape, isQuick = false): Row {
  return {
    ...{ name: nameOf('gated_linear', shape), isQuick },
    make(o) {
      const { dtype, tokens, in: width, out } = shape;
      const [x, y] = [o.random(tokens, width), o.empty(tokens, out)];
      const weights =
        tokens < 64
          ? o.uncached(dtype, out, width)
          : [o.weight(dtype, out, width), o.weight(dtype, out, width)];
      const pairs = Math.floor(weights.length / 2);
      const commands = Array.from({ length: pairs }, (_, i) =>
        o.device.command(gatedLinear, { x, gate: weights[2 * i]!, up: weights[2 * i + 1]!, y }),
      );
      return { commands, work: workOf(shape, 2 * pairs) };
    },
  };
}

/** V2-Lite's values out of the latent: 16 heads, 512 → 128. */
function headRow(tokens: number): Row {
  return {
    name: nameOf('head_linear', { dtype: 'q8_0', tokens, in: 512, out: 16 * 128 }),
    make(o) {
      const [heads, width, rows] = [16, 512, 128];
      const x = o.random(tokens, heads, width);
      const y = o.empty(tokens, heads, rows);
      const w = o.weight('q8_0', heads * rows, width);
      const part = { headRows: rows, rowOffset: 0, outDim: rows, xOffset: 0, yOffset: 0 };
      const work = workOf({ dtype: 'q8_0', tokens, in: width, out: heads * rows }, 1);
      return { commands: [o.device.command(headLinear, { x, w, y, ...part })], work };
    },
  };
}

const up = { in: 1536, out: 8960 };
const formats: readonly DType[] = ['q4_k', 'q6_k', 'q8_0', 'iq4_xs', 'iq2_xs', 'bf16', 'f8_e4m3'];

await runFamily('products', [
  ...formats.flatMap((dtype) =>
    [1, 4, 16, 512].map((tokens) => {
      const isQuick = dtype === 'q4_k' && tokens !== 16;
      return linearRow(linear, { dtype, tokens, ...up }, isQuick);
    }),
  ),
  ...[1, 512].map((tokens) => {
    return linearRow(linearAdd, { dtype: 'q6_k', tokens, in: 8960, out: 1536 }, true);
  }),
  ...[1, 4, 512].map((tokens) => gatedRow({ dtype: 'q4_k', tokens, ...up }, tokens !== 4)),
  linearRow(linear, { dtype: 'q6_k', tokens: 1, in: 1536, out: 151936 }),
  ...[1, 512].map(headRow),
]);
