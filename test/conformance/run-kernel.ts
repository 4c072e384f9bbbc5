/** Runs one kernel on plain arrays: data in rows, scalars as numbers, weights as f32 matrices. */
import type { Kernel, Params } from '../../src/compiler/kernel.ts';
import type { DeviceTensor } from '../../src/devices/device.ts';
import { ReferenceDevice } from '../../src/devices/reference/reference-device.ts';

export type PlainArg =
  | number
  | { readonly dims: readonly number[]; readonly data: ArrayLike<number> };

/** Returns the named output's values. */
export async function runKernel<P extends Params>(
  kernel: Kernel<P>,
  args: { readonly [K in keyof P]: PlainArg },
  output: keyof P & string,
): Promise<Float32Array> {
  const device = ReferenceDevice.open();
  const bound: Record<string, unknown> = {};
  for (const [name, param] of Object.entries(kernel.params)) {
    const arg = args[name] as PlainArg;
    if (typeof arg === 'number') {
      bound[name] = arg;
    } else if (param.kind === 'weight') {
      const bytes = new Uint8Array(Float32Array.from(arg.data).buffer);
      bound[name] = device.upload([{ name, dtype: 'f32', dims: arg.dims, bytes }], 'matrix');
    } else if (param.kind === 'cache') {
      bound[name] = cacheOf(device, arg);
    } else if (param.kind === 'tensor') {
      const tensor = device.allocate(param.dtype, arg.dims, name);
      const Elements = param.dtype === 'f32' ? Float32Array : Int32Array;
      device.write(tensor, Elements.from(arg.data));
      bound[name] = tensor;
    }
  }
  await device.run([device.command(kernel, bound as never)]);
  const tensor = bound[output] as DeviceTensor;
  const values = new Float32Array(tensor.dims.reduce((a, b) => a * b, 1));
  await device.read(tensor, values);
  return values;
}

/** The reference device's cache is plain rows. */
function cacheOf(device: ReferenceDevice, { dims, data }: Exclude<PlainArg, number>): DeviceTensor {
  const tensor = device.allocateCache(dims[0]!, dims[1]!, 'cache');
  device.write(tensor, Float32Array.from(data));
  return tensor;
}

/** Zeros of these dims. */
export function zeros(...dims: number[]): PlainArg {
  return { dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) };
}
