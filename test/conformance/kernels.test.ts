/**
 * Every kernel, at each of its shapes, on every device, with weights in several formats: what a
 * device computes is what the reference device computes, on rows that lie apart as on rows that
 * touch. A device that skips a case gives its reason here.
 */
import { describe, expect, test } from 'vitest';
import { type DType, dtypes } from '../../src/base/dtypes.ts';
import type { Kernel } from '../../src/compiler/kernel.ts';
import type { Device, DeviceTensor } from '../../src/devices/device.ts';
import { ReferenceDevice } from '../../src/devices/reference/reference-device.ts';
import { kernels } from '../../src/kernels/kernel-list.ts';
import { type DeviceArgs, kernelCase } from './kernel-case.ts';

const devices: readonly { open(): Device; tolerance: number }[] = [
  { open: () => ReferenceDevice.open(), tolerance: 0 },
];
const weightFormats: readonly DType[] = ['f32', 'bf16', 'q8_0', 'q4_k', 'iq4_xs'];

async function outputs(device: Device, kernel: Kernel, args: DeviceArgs): Promise<Float32Array[]> {
  await device.run([device.command(kernel, args as never)]);
  const results: Float32Array[] = [];
  for (const [name, param] of Object.entries(kernel.params)) {
    if (param.kind !== 'tensor' || param.access === 'in' || param.dtype !== 'f32') continue;
    const tensor = args[name] as DeviceTensor;
    const values = new Float32Array(tensor.dims.reduce((a, b) => a * b, 1));
    await device.read(tensor, values);
    results.push(values);
  }
  return results;
}

for (const { open, tolerance } of devices) {
  const device = open();
  const truth = ReferenceDevice.open();
  describe(`${device.kind} computes what the reference does:`, () => {
    for (const kernel of kernels) {
      const weight = Object.values(kernel.params).find((param) => param.kind === 'weight');
      for (const [index, shape] of kernel.shapes.entries()) {
        const formats = weight
          ? weightFormats.filter((f) => shape[weight.dims[1]] % dtypes[f].blockElements === 0)
          : (['f32'] as const);
        for (const format of formats) {
          test(`${kernel.name} shape ${index}${weight ? ` ${format}` : ''}`, async () => {
            const expected = kernelCase(truth, kernel, shape, format, 0);
            const args = kernelCase(device, kernel, shape, format, 5);
            const want = await outputs(truth, kernel, expected);
            const got = await outputs(device, kernel, args);
            expect(want.length).toBeGreaterThan(0);
            want.forEach((values, i) => {
              const scale = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
              expect(scale).toBeGreaterThan(0);
              const worst = values.reduce((a, v, j) => Math.max(a, Math.abs(v - got[i][j])), 0);
              expect(worst / scale).toBeLessThanOrEqual(tolerance);
            });
          });
        }
      }
    }
  });
}
