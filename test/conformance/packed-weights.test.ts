/**
 * Packing loses nothing: each row of a packed weight, taken out again by a product with a single
 * one, is the row that base/blocks decodes. In every number format that a weight can have.
 */
import { afterAll, describe, expect, test } from 'vitest';
import type { TensorView } from '../../src/base/tensor-view.ts';
import type { DeviceTensor } from '../../src/devices/device.ts';
import { WeightRows } from '../../src/devices/weight-rows.ts';
import { linear } from '../../src/kernels/linear.ts';
import { randomWeight } from '../../src/nn/kernel-case.ts';
import { compiledDevices, weightFormats } from './compiled-devices.ts';

/** The last strip is not full. */
const rows = 19;
const columns = 512;
/** Columns of a product: few enough for codes to go into it as they are. */
const together = 8;
const everyColumn = Array.from({ length: columns }, (_, column) => column);
/** At the borders of lines, sub-blocks and blocks. */
const someColumns = [0, 3, 4, 15, 16, 31, 32, 100, 127, 128, 200, 255, 256, 300, 480, 511];

for (const { name, isSlow, open } of compiledDevices) {
  const device = await open();
  if ('refused' in device) {
    test.skip(`${name}: ${device.refused}`, () => {});
    continue;
  }
  describe(`${name} gives back`, () => {
    afterAll(() => device.close());

    test.each(weightFormats)('rows of %s', async (dtype) => {
      const taken = isSlow ? someColumns : everyColumn;
      const view = randomWeight(dtype, rows, columns);
      const w = device.upload([view], 'matrix');
      const x = device.allocate('f32', [taken.length, columns], 'x');
      const ones = new Float32Array(taken.length * columns);
      for (const [i, column] of taken.entries()) ones[i * columns + column] = 1;
      device.write(x, ones);
      const y = device.allocate('f32', [taken.length, rows], 'y');
      const commands = Array.from({ length: taken.length / together }, (_, i) => {
        const part = (tensor: DeviceTensor) => device.rows(tensor, i * together, together);
        return device.command(linear, { x: part(x), w, y: part(y) });
      });
      await device.run(commands);
      const got = new Float32Array(taken.length * rows);
      await device.read(y, got);
      for (const tensor of [x, w, y]) device.release(tensor);

      const want = decoded(view, taken);
      const worst = want.reduce((a, v, i) => Math.max(a, Math.abs(v - got[i])), 0);
      const largest = want.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
      expect(largest).toBeGreaterThan(1);
      // A one is 127 times a 127th.
      expect(worst / largest).toBeLessThanOrEqual(2 ** -21);
    });
  });
}

/** (columns taken, rows) */
function decoded(view: TensorView, taken: readonly number[]): Float32Array {
  const values = new Float32Array(taken.length * rows);
  const weight = new WeightRows([view]);
  const row = new Float32Array(columns);
  for (let i = 0; i < rows; i++) {
    weight.decodeRow(i, row);
    for (const [j, column] of taken.entries()) values[j * rows + i] = row[column];
  }
  return values;
}
