/** Random arguments for a kernel at one of its shapes, the same for the same seed. */

import type { DType } from '../../src/base/dtypes.ts';
import { mulberry32 } from '../../src/base/mulberry32.ts';
import type { Kernel } from '../../src/compiler/kernel.ts';
import type { Device, DeviceTensor, DeviceWeight } from '../../src/devices/device.ts';
import { randomBlocks } from '../../src/formats/gguf/random-blocks.ts';

export type DeviceArgs = Record<string, DeviceTensor | DeviceWeight | number>;

/** `rowPadding`: NaN after each row, so that a stride taken for a width shows. */
export function kernelCase(
  device: Device,
  kernel: Kernel,
  shape: Readonly<Record<string, number>>,
  dtype: DType,
  rowPadding: number,
): DeviceArgs {
  const random = mulberry32(42);
  const indices = kernel.indices?.(shape) ?? {};
  const args: DeviceArgs = {};
  for (const [name, param] of Object.entries(kernel.params)) {
    if (param.kind === 'scalar') {
      args[name] = shape[name];
      continue;
    }
    const dims = param.dims.map((dim) => shape[dim]);
    if (param.kind === 'weight') {
      const [rows, columns] = dims;
      const bytes = randomBlocks(dtype, rows * columns, 1, 7);
      args[name] = device.upload([{ name, dtype, dims, bytes }]);
      continue;
    }
    if (param.dtype === 'i32') {
      args[name] = device.allocate('i32', dims, name);
      const values = indices[name];
      if (param.access === 'in' && !values)
        throw new Error(`${kernel.name}: no indices for ${name}`);
      if (values) device.write(args[name], Int32Array.from(values));
      continue;
    }
    const [rows, ...inner] = dims;
    const width = inner.reduce((a, b) => a * b, 1);
    const stride = dims.length > 1 ? width + rowPadding : 1;
    const whole = device.allocate('f32', dims.length > 1 ? [rows, stride] : [rows], name);
    const values = new Float32Array(rows * stride).fill(Number.NaN);
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < width; i++) values[row * stride + i] = random() * 2 - 1;
    }
    device.write(whole, values);
    args[name] = device.view(whole, dims);
  }
  return args;
}
