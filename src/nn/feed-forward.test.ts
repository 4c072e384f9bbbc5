/** The feed-forward layer is the same function whatever its matrices' formats. */
import { expect, test } from 'vitest';
import { f32ToF16 } from '../base/half.ts';
import { mulberry32 } from '../base/mulberry32.ts';
import { ReferenceDevice } from '../devices/reference/reference-device.ts';
import { feedForward } from './feed-forward.ts';
import { Recorder, Workspace } from './recorder.ts';

const [tokens, hidden, intermediate] = [3, 8, 6];
const random = mulberry32(5);
const numbers = (count: number) => Float32Array.from({ length: count }, () => random() * 2 - 1);
/** Values that both formats have. */
const halves = (count: number) => numbers(count).map((v) => Math.round(v * 64) / 64);
const [x, before] = [numbers(tokens * hidden), numbers(tokens * hidden)];
const [gate, up] = [halves(intermediate * hidden), halves(intermediate * hidden)];
const down = halves(hidden * intermediate);

async function run(upType: 'f32' | 'f16'): Promise<Float32Array> {
  const device = ReferenceDevice.open();
  const matrix = (values: Float32Array, rows: number, dtype: 'f32' | 'f16') => {
    const array = dtype === 'f32' ? values : Uint16Array.from(values, f32ToF16);
    const bytes = new Uint8Array(array.buffer);
    return device.upload(
      [{ name: 'w', dtype, dims: [rows, values.length / rows], bytes }],
      'matrix',
    );
  };
  const tensor = (values: Float32Array) => {
    const made = device.allocate('f32', [tokens, hidden], 'x');
    device.write(made, values);
    return made;
  };
  const weights = {
    gate: matrix(gate, intermediate, 'f32'),
    up: matrix(up, intermediate, upType),
    down: matrix(down, hidden, 'f32'),
  };
  const r = new Recorder(new Workspace(device));
  const residual = tensor(before);
  feedForward(r, tensor(x), weights, residual);
  await device.run(r.commands);
  const result = new Float32Array(tokens * hidden);
  await device.read(residual, result);
  return result;
}

const product = (w: Float32Array, rows: number, of: ArrayLike<number>) => {
  const columns = w.length / rows;
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, i) => w[row * columns + i]! * of[i]!).reduce(
      (a, b) => a + b,
    ),
  );
};

test.each(['f32', 'f16'] as const)(
  'gate in f32 and up in %s: x += down(silu(gate) · up)',
  async (upType) => {
    const found = await run(upType);
    for (let t = 0; t < tokens; t++) {
      const row = x.subarray(t * hidden, (t + 1) * hidden);
      const ups = product(up, intermediate, row);
      const gated = product(gate, intermediate, row).map(
        (v, i) => (v / (1 + Math.exp(-v))) * ups[i]!,
      );
      product(down, hidden, gated).forEach((value, i) => {
        expect(found[t * hidden + i]).toBeCloseTo(before[t * hidden + i]! + value, 5);
      });
    }
  },
);
