/**
 * Linear layers with weights in every number format, on every compiled device, at shapes ragged
 * and real: what they compute is the reference's result of the activations rounded as they round
 * them, and not far from the reference's own.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { type DType, dtypes } from '../../src/base/dtypes.ts';
import type { Device } from '../../src/devices/device.ts';
import { ReferenceDevice } from '../../src/devices/reference/reference-device.ts';
import { linear } from '../../src/kernels/linear.ts';
import { codecOf } from '../../src/kernels/weights/codecs.ts';
import { kernelCase, results, worstOf } from '../../src/nn/kernel-case.ts';
import { compiledDevices, weightFormats } from './compiled-devices.ts';
import { RoundingDevice } from './rounding-device.ts';

interface Shape extends Readonly<Record<string, number>> {
  readonly tokens: number;
  readonly in: number;
  readonly out: number;
}

/** Two blocks of 256 or many of 32, strips that are not full, tiles of tokens that are not. */
const shapes: readonly Shape[] = [
  { tokens: 1, in: 512, out: 37 },
  { tokens: 2, in: 256, out: 16 },
  { tokens: 5, in: 768, out: 19 },
  { tokens: 13, in: 256, out: 50 },
  { tokens: 33, in: 512, out: 35 },
  { tokens: 67, in: 512, out: 35 },
  { tokens: 64, in: 288, out: 18 },
  { tokens: 70, in: 2304, out: 50 }, // more than a block of the matrix unit's
  { tokens: 1, in: 1408, out: 18 },
  { tokens: 13, in: 288, out: 33 },
  { tokens: 5, in: 7, out: 3 },
  { tokens: 2, in: 131, out: 150 },
];
const slowShapes: readonly Shape[] = [
  { tokens: 1, in: 512, out: 18 },
  { tokens: 5, in: 256, out: 16 },
  { tokens: 13, in: 256, out: 7 },
  { tokens: 2, in: 288, out: 18 },
  { tokens: 3, in: 131, out: 3 },
];
/** Enough tokens for the matrix unit. */
const matrixShapes: readonly Shape[] = [
  { tokens: 65, in: 512, out: 7 },
  { tokens: 64, in: 288, out: 18 },
];

/** Those whose rows are whole blocks. */
function fitting(all: readonly Shape[], dtype: DType): Shape[] {
  const { blockElements } = dtypes[dtype];
  return all.filter((shape) => shape.in % blockElements === 0);
}

async function computed(device: Device, dtype: DType, shape: Shape, rowPadding: number) {
  const [y] = await results(
    device,
    kernelCase(device, linear as never, { shape, dtype, rowPadding }),
  );
  return y;
}

/** The truths, made once for all devices that round alike. */
const truths = new Map<string, Promise<{ rounded: Float32Array; exact: Float32Array }>>();

function truthOf(dtype: DType, shape: Shape, hasMatrixUnit: boolean) {
  const key = `${dtype} ${JSON.stringify(shape)} ${hasMatrixUnit}`;
  let truth = truths.get(key);
  if (!truth) {
    truth = (async () => ({
      rounded: await computed(new RoundingDevice('f16', hasMatrixUnit), dtype, shape, 0),
      exact: await computed(ReferenceDevice.open(), dtype, shape, 0),
    }))();
    truths.set(key, truth);
  }
  return truth;
}

for (const { name, isSlow, hasMatrixUnit, open } of compiledDevices) {
  const device = await open();
  if ('refused' in device) {
    test.skip(`${name}: ${device.refused}`, () => {});
    continue;
  }
  // A weight's last bit in f32 may decide to which bf16 it is rounded (bf16-weights.ts).
  const alike = hasMatrixUnit ? 1e-4 : 1e-5;
  describe(`${name} multiplies by`, () => {
    afterAll(() => device.close());

    test.each(weightFormats)('%s', async (dtype) => {
      const few = hasMatrixUnit ? [...slowShapes, ...matrixShapes] : slowShapes;
      for (const shape of fitting(isSlow ? few : shapes, dtype)) {
        const { rounded, exact } = await truthOf(dtype, shape, hasMatrixUnit);
        const got = await computed(device, dtype, shape, 5);
        const shown = JSON.stringify(shape);
        expect(worstOf(got, rounded), `${shown}, rounded alike`).toBeLessThan(alike);
        const tolerance = codecOf(dtype) ? 1.5e-2 : 1e-5;
        expect(worstOf(got, exact), shown).toBeLessThan(tolerance);
      }
    });
  });
}
