/**
 * What a compiled device is asked before it is trusted: every kernel that it will run, once, at its
 * smallest shape, on random data, held to its reference; with weights, in each of the formats that
 * will be used. A compiler's mistake, or a processor that does not do what it says, is then a reason
 * for another device and not a wrong answer. Compiling takes nearly all of the time, and most of the
 * code is what the model's first token needs anyway.
 */
import { type DType, dtypes } from '../base/dtypes.ts';
import type { TensorSource } from '../base/tensor-view.ts';
import type { Kernel } from '../compiler/kernel.ts';
import type { Device } from '../devices/device.ts';
import { ReferenceDevice } from '../devices/reference/reference-device.ts';
import { codecOf } from '../kernels/weights/codecs.ts';
import { floatTypes } from '../kernels/weights/float-layout.ts';
import { kernelCase, readOutputs, worstOf } from './kernel-case.ts';

/** One of each family: for whoever does not know which weights will come. */
const someFormats: readonly DType[] = ['f32', 'q8_0', 'q4_k', 'q6_k'];

/** Of the largest value: caches are f16; products of quantised weights round to 8 bits. */
const tolerance = 0.03;

interface Test {
  readonly kernel: Kernel;
  readonly shape: Readonly<Record<string, number>>;
  readonly dtype: DType;
}

/** Undefined when all is well, else what is not. */
export async function selfTest(
  device: Device,
  kernels: readonly Kernel[],
  weightFormats = someFormats,
): Promise<string | undefined> {
  const tests = testsOf(kernels, weightFormats);
  try {
    const [found, expected] = await Promise.all([
      resultsOf(device, tests),
      resultsOf(ReferenceDevice.open(), tests),
    ]);
    for (const [i, { kernel, dtype }] of tests.entries()) {
      const errors = found[i].map((values, part) => worstOf(values, expected[i][part]));
      const worst = errors.find((error) => !(error <= tolerance));
      if (worst !== undefined) return failure(kernel, dtype, worst);
    }
    return undefined;
  } catch (cause) {
    return `its kernels do not run: ${(cause as Error).message}`;
  }
}

/** The formats of a checkpoint's matrices that kernels multiply by, first what most of it is in. */
export function weightFormatsOf(tensors: TensorSource): DType[] {
  const sizes = new Map<DType, number>();
  for (const name of tensors.names()) {
    const { dims, dtype, bytes } = tensors.get(name);
    if (dims.length < 2 || !isMultiplied(dtype)) continue;
    sizes.set(dtype, (sizes.get(dtype) ?? 0) + bytes.length);
  }
  return [...sizes.keys()].sort((a, b) => sizes.get(b)! - sizes.get(a)!);
}

function isMultiplied(dtype: DType): boolean {
  return codecOf(dtype) !== undefined || (floatTypes as readonly DType[]).includes(dtype);
}

/**
 * `linear` takes every format; other products, which open weights with the same code, take one
 * each, in turn. What store_keys stores only attention reads: it is tested with it.
 */
function testsOf(kernels: readonly Kernel[], weightFormats: readonly DType[]): Test[] {
  let turn = 0;
  return kernels.flatMap((kernel) => {
    if (kernel.name === 'store_keys') return [];
    const [shape] = kernel.shapes;
    const weight = Object.values(kernel.params).find((param) => param.kind === 'weight');
    if (weight === undefined) return [{ kernel, shape, dtype: 'f32' as const }];
    const columns = shape[weight.dims[1]];
    const fitting = weightFormats.filter((dtype) => columns % dtypes[dtype].blockElements === 0);
    const formats = fitting.length > 0 ? fitting : (['f32'] as const);
    const taken = kernel.name === 'linear' ? formats : [formats[turn++ % formats.length]];
    return taken.map((dtype) => ({ kernel, shape, dtype }));
  });
}

/** All in one step: programs are then compiled side by side where a device can. */
async function resultsOf(device: Device, tests: readonly Test[]): Promise<Float32Array[][]> {
  const cases = tests.map(({ kernel, ...options }) =>
    kernelCase(device, kernel, { ...options, rowPadding: 5 }),
  );
  try {
    await device.run(cases.flatMap(({ commands }) => commands));
    return await Promise.all(cases.map((one) => readOutputs(device, one)));
  } finally {
    for (const one of cases) one.release();
  }
}

function failure({ name, params }: Kernel, dtype: DType, worst: number): string {
  const hasWeight = Object.values(params).some(({ kind }) => kind === 'weight');
  const what = hasWeight ? `${name} with weights of ${dtype}` : name;
  const percent = Number.isFinite(worst) ? `${(100 * worst).toPrecision(2)} %` : 'not a number';
  return `its kernel ${what} computes something else than it should: off by ${percent}`;
}
