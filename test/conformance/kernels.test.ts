/**
 * Every kernel, at each of its shapes, on every device, with weights in several formats: what a
 * device computes is what the reference device computes once it rounds what they round, on rows
 * that lie apart as on rows that touch. A device that skips a case gives its reason here.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { type DType, dtypes } from '../../src/base/dtypes.ts';
import { ReferenceDevice } from '../../src/devices/reference/reference-device.ts';
import { kernels } from '../../src/kernels/kernel-list.ts';
import { kernelCase, results, worstOf } from '../../src/nn/kernel-case.ts';
import { type Candidate, compiledDevices } from './compiled-devices.ts';
import { RoundingDevice } from './rounding-device.ts';

/** test/conformance/linear.test.ts has all of them. */
const weightFormats: readonly DType[] = ['f32', 'bf16', 'q8_0', 'q4_k', 'iq4_xs', 'iq2_xs'];

const reference: Pick<Candidate, 'name' | 'hasMatrixUnit'> & { open(): ReferenceDevice } = {
  name: 'reference',
  hasMatrixUnit: false,
  open: () => ReferenceDevice.open(),
};

for (const { name, hasMatrixUnit, open } of [reference, ...compiledDevices]) {
  const device = await open();
  if ('refused' in device) {
    test.skip(`${name}: ${device.refused}`, () => {});
    continue;
  }
  const isReference = name === 'reference';
  const truth = isReference ? ReferenceDevice.open() : new RoundingDevice('f16', hasMatrixUnit);
  const tolerance = isReference ? 0 : 1e-4;
  describe(`${name} computes what the reference does:`, () => {
    afterAll(() => device.close());
    for (const kernel of kernels) {
      if (kernel.name === 'store_keys') continue; // attention's cases store with it, and only attention reads it
      const weight = Object.values(kernel.params).find((param) => param.kind === 'weight');
      for (const [index, shape] of kernel.shapes.entries()) {
        const formats = weight
          ? weightFormats.filter((f) => shape[weight.dims[1]] % dtypes[f].blockElements === 0)
          : (['f32'] as const);
        for (const format of formats) {
          test(`${kernel.name} shape ${index}${weight ? ` ${format}` : ''}`, async () => {
            const options = { shape, dtype: format };
            const want = await results(truth, kernelCase(truth, kernel, options));
            const got = await results(
              device,
              kernelCase(device, kernel, { ...options, rowPadding: 5 }),
            );
            expect(want.length).toBeGreaterThan(0);
            want.forEach((values, i) => {
              expect(worstOf(got[i], values)).toBeLessThanOrEqual(tolerance);
            });
          });
        }
      }
    }
  });
}
