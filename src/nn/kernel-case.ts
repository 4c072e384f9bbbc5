/**
 * A kernel at one of its shapes with random arguments, the same for the same seed, on any device:
 * what the self-test at load and the conformance tests hold devices to the reference with.
 */
import type { DType } from '../base/dtypes.ts';
import { mulberry32 } from '../base/mulberry32.ts';
import type { TensorView } from '../base/tensor-view.ts';
import type { CacheParam, Kernel, TensorParam } from '../compiler/kernel.ts';
import type { Command, Device, DeviceTensor, DeviceWeight } from '../devices/device.ts';
import { randomBlocks } from '../formats/gguf/random-blocks.ts';
import { gatherCache } from '../kernels/gather-cache.ts';
import { storeKeys } from '../kernels/store-keys.ts';
import { storeRows } from '../kernels/store-rows.ts';

export interface CaseOptions {
  readonly shape: Readonly<Record<string, number>>;
  /** Of weights. */
  readonly dtype: DType;
  /** NaN after each row, so that a stride taken for a width shows. */
  readonly rowPadding?: number;
}

export interface KernelCase {
  /** Fill caches, run the kernel, bring what it left in caches to where it can be read. */
  readonly commands: readonly Command[];
  /** What it leaves: f32, and readable once the commands have run. */
  readonly outputs: readonly DeviceTensor[];
  release(): void;
}

export function kernelCase(device: Device, kernel: Kernel, options: CaseOptions): KernelCase {
  return new CaseMaker(device, kernel, options).make();
}

class CaseMaker {
  readonly #device: Device;
  readonly #kernel: Kernel;
  readonly #options: CaseOptions;
  readonly #random = mulberry32(42);
  readonly #commands: Command[] = [];
  #numWeights = 0;
  readonly #taken: (DeviceTensor | DeviceWeight)[] = [];

  constructor(device: Device, kernel: Kernel, options: CaseOptions) {
    this.#device = device;
    this.#kernel = kernel;
    this.#options = options;
  }

  make(): KernelCase {
    const { shape, dtype } = this.#options;
    const args: Record<string, DeviceTensor | DeviceWeight | number> = {};
    const outputs: DeviceTensor[] = [];
    const written: DeviceTensor[] = [];
    for (const [name, param] of Object.entries(this.#kernel.params)) {
      if (param.kind === 'scalar') {
        args[name] = shape[name];
        continue;
      }
      const dims = param.dims.map((dim) => shape[dim]);
      if (param.kind === 'weight') {
        const use = this.#kernel.name === 'embed' ? 'rows' : 'matrix';
        const [rows, columns] = dims;
        const seed = 7 + this.#numWeights++;
        args[name] = this.#take(
          this.#device.upload([randomWeight(dtype, rows, columns, seed)], use),
        );
      } else if (param.kind === 'cache') {
        const cache = this.#cache(param, dims);
        args[name] = cache;
        if (param.access !== 'in') written.push(cache);
      } else {
        const tensor = this.#tensor(name, param, dims);
        args[name] = tensor;
        if (param.access !== 'in' && param.dtype === 'f32') outputs.push(tensor);
      }
    }
    this.#commands.push(this.#device.command(this.#kernel, args as never));
    for (const cache of written) outputs.push(this.#rowsOf(cache));
    const release = () => {
      for (const storage of this.#taken) this.#device.release(storage);
    };
    return { commands: this.#commands, outputs, release };
  }

  #tensor(name: string, { dtype, access }: TensorParam, dims: readonly number[]): DeviceTensor {
    if (dtype === 'i32') {
      const values = this.#kernel.indices?.(this.#options.shape)[name];
      if (access === 'in' && !values) throw new Error(`${this.#kernel.name}: no indices ${name}`);
      return this.#integers(dims, values);
    }
    const [rows, ...inner] = dims;
    const width = inner.reduce((a, b) => a * b, 1);
    const stride = dims.length > 1 ? width + (this.#options.rowPadding ?? 0) : 1;
    const whole = this.#floats(dims.length > 1 ? [rows, stride] : [rows], width);
    return this.#device.view(whole, dims);
  }

  /** Only kernels write a cache. */
  #cache({ form }: CacheParam, [slots, width]: readonly number[]): DeviceTensor {
    const cache = this.#take(this.#device.allocateCache(slots, width, 'cache'));
    const rows = this.#floats([slots, width], width);
    const args = { rows, slots: this.#integers([slots], counting(slots)), cache };
    const kernel = form === 'keys' ? storeKeys : storeRows;
    this.#commands.push(this.#device.command(kernel, args));
    return cache;
  }

  /** And only kernels read it. */
  #rowsOf(cache: DeviceTensor): DeviceTensor {
    const [slots, width] = cache.dims;
    const y = this.#take(this.#device.allocate('f32', [slots, width], 'rows'));
    const index = this.#integers([slots], counting(slots));
    this.#commands.push(this.#device.command(gatherCache, { cache, index, y }));
    return y;
  }

  /** Random in the first `width` of each row, NaN behind. */
  #floats(dims: readonly number[], width: number): DeviceTensor {
    const tensor = this.#take(this.#device.allocate('f32', dims, 'random'));
    const [rows, stride = 1] = dims;
    const values = new Float32Array(rows * stride).fill(Number.NaN);
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < width; i++) values[row * stride + i] = this.#random() * 2 - 1;
    }
    this.#device.write(tensor, values);
    return tensor;
  }

  #integers(dims: readonly number[], values: ArrayLike<number> | undefined): DeviceTensor {
    const tensor = this.#take(this.#device.allocate('i32', dims, 'indices'));
    if (values) this.#device.write(tensor, Int32Array.from(values));
    return tensor;
  }

  #take<T extends DeviceTensor | DeviceWeight>(storage: T): T {
    this.#taken.push(storage);
    return storage;
  }
}

const counting = (count: number) => Int32Array.from({ length: count }, (_, i) => i);

/** Of deviation 1 or so; FP8 with another scale for every tile. */
export function randomWeight(dtype: DType, rows: number, columns: number, seed = 7): TensorView {
  const bytes = randomBlocks(dtype, rows * columns, 1, seed);
  const view = { name: 'w', dtype, dims: [rows, columns], bytes };
  if (dtype !== 'f8_e4m3') return view;
  const [tilesDown, tilesAcross] = [rows, columns].map((size) => Math.ceil(size / 128));
  const numTiles = tilesDown * tilesAcross;
  return { ...view, tileScales: Float32Array.from({ length: numTiles }, (_, i) => 0.7 + i / 7) };
}

/** Runs the case and tells what it leaves. */
export async function results(device: Device, one: KernelCase): Promise<Float32Array[]> {
  await device.run(one.commands);
  const outputs = await readOutputs(device, one);
  one.release();
  return outputs;
}

/** What the case leaves, once its commands have run. */
export function readOutputs(device: Device, { outputs }: KernelCase): Promise<Float32Array[]> {
  return Promise.all(
    outputs.map(async (tensor) => {
      const values = new Float32Array(tensor.dims.reduce((a, b) => a * b, 1));
      await device.read(tensor, values);
      return values;
    }),
  );
}

/** The largest difference, of the largest value that is wanted. NaN where one is NaN. */
export function worstOf(got: Float32Array, want: Float32Array): number {
  const scale = want.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  if (!(scale > 0)) throw new Error('nothing but zeros is wanted');
  return want.reduce((a, v, i) => Math.max(a, Math.abs(v - got[i])), 0) / scale;
}
