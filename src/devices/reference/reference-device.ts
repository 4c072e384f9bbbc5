/**
 * The reference device: plain TypeScript, one thread, f32 storage, sums in f64. It is the truth
 * that every faster device is held to, and slow on purpose: no tiles, no tricks. Weights stay in
 * the checkpoint's bytes and are decoded row by row as kernels ask for them.
 */
import type { TensorView } from '../../base/tensor-view.ts';
import { type Dims, type Kernel, type Params, resolveDims } from '../../compiler/kernel.ts';
import type {
  Command,
  Device,
  DeviceTensor,
  DeviceWeight,
  KernelArgs,
  WeightUse,
} from '../device.ts';
import { ReferenceTensor } from './reference-tensor.ts';
import { ReferenceWeight } from './reference-weight.ts';

/** How long a step may hold the event loop before timers and sockets get a turn. */
const sliceMs = 8;

interface ReferenceCommand extends Command {
  readonly args: Readonly<Record<string, ReferenceTensor | ReferenceWeight | number>>;
  readonly dims: Dims;
}

export class ReferenceDevice implements Device {
  readonly kind = 'reference';
  readonly threads = 1;
  readonly freeBytes = Number.POSITIVE_INFINITY;
  readonly cacheForm = 'f32 rows';

  static open(): ReferenceDevice {
    return new ReferenceDevice();
  }

  allocate(dtype: 'f32' | 'i32', dims: readonly number[], _label: string): DeviceTensor {
    return ReferenceTensor.allocate(dtype, dims);
  }

  cacheRowBytes(width: number): number {
    return 4 * width;
  }

  allocateCache(slots: number, width: number, _label: string): DeviceTensor {
    return ReferenceTensor.allocate('cache', [slots, width]);
  }

  readCache(cache: DeviceTensor, start: number, count: number, into: Uint8Array): void {
    into.set(slotBytes(cache, start, count));
  }

  writeCache(cache: DeviceTensor, start: number, count: number, from: Uint8Array): void {
    slotBytes(cache, start, count).set(from);
  }

  upload(views: readonly TensorView[], _use: WeightUse): DeviceWeight {
    return new ReferenceWeight(views);
  }

  view(tensor: DeviceTensor, dims: readonly number[], columnOffset = 0): DeviceTensor {
    return own(tensor).view(dims, columnOffset);
  }

  rows(tensor: DeviceTensor, start: number, count: number): DeviceTensor {
    return own(tensor).rows(start, count);
  }

  write(tensor: DeviceTensor, data: Float32Array | Int32Array): void {
    own(tensor).data.set(data);
  }

  command<P extends Params>(kernel: Kernel<P>, args: KernelArgs<P>): Command {
    const bound = args as unknown as ReferenceCommand['args'];
    const dims = resolveDims(kernel as unknown as Kernel, bound);
    return { kernel, args: bound, dims } as unknown as ReferenceCommand;
  }

  async ready(): Promise<void> {}

  async run(commands: readonly Command[], signal?: AbortSignal): Promise<void> {
    let sliceEnd = performance.now() + sliceMs;
    for (const { kernel, args, dims } of commands as readonly ReferenceCommand[]) {
      const items = dims[kernel.parallelOver];
      for (let item = 0; item < items; item++) {
        kernel.reference(args as never, item, dims);
        if ((item & 15) === 15 && performance.now() > sliceEnd) {
          await new Promise((resolve) => setImmediate(resolve));
          signal?.throwIfAborted();
          sliceEnd = performance.now() + sliceMs;
        }
      }
    }
  }

  async read(tensor: DeviceTensor, into: Float32Array): Promise<void> {
    const from = own(tensor);
    const width = into.length / Math.max(1, from.dims[0]);
    for (let row = 0; row < from.dims[0]; row++) {
      into.set(from.row(row) as Float32Array, row * width);
    }
  }

  /** Nothing to give back by hand: the garbage collector has it. */
  release(_storage: DeviceTensor | DeviceWeight): void {}

  async close(): Promise<void> {}
}

function slotBytes(cache: DeviceTensor, start: number, count: number): Uint8Array {
  const { data, rowStride } = own(cache);
  return new Uint8Array(
    data.buffer,
    data.byteOffset + 4 * start * rowStride,
    4 * count * rowStride,
  );
}

function own(tensor: DeviceTensor): ReferenceTensor {
  if (!(tensor instanceof ReferenceTensor)) throw new Error('tensor of another device');
  return tensor;
}
