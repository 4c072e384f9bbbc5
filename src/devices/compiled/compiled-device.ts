/**
 * A device that runs compiled kernels on a machine: `native` and `wasm` are this class over
 * different machines. Commands are lowered to launches when they first run, and launched as they
 * are when the same ones run again. Steps and uploads follow each other, never side by side.
 * Refused: kernels that have only a reference.
 */
import type { TensorView } from '../../base/tensor-view.ts';
import type { Kernel, Params } from '../../compiler/kernel.ts';
import type { CacheFormat, KernelLibrary } from '../../compiler/lowering.ts';
import type {
  Command,
  Device,
  DeviceTensor,
  DeviceWeight,
  KernelArgs,
  WeightUse,
} from '../device.ts';
import { Allocation } from './allocation.ts';
import { bytesOf, CompiledTensor, type TensorElement } from './compiled-tensor.ts';
import { PackedWeight, RowsWeight } from './compiled-weight.ts';
import { isTimed, runTimed } from './launch-timings.ts';
import type { Machine } from './machine.ts';
import { PackSource } from './pack-source.ts';
import { CompiledCommand } from './plan.ts';
import { PlanCache } from './plan-cache.ts';
import { Programs } from './programs.ts';
import { UploadQueue } from './upload-queue.ts';

const stripRows = 16;

export interface CompiledDeviceOptions {
  /** Of KV caches that are kept. */
  readonly cacheFormat?: CacheFormat;
  /** That were tested and may run. Left out: any. */
  readonly kernels?: readonly Kernel[];
}

export class CompiledDevice implements Device {
  readonly #machine: Machine;
  readonly #library: KernelLibrary;
  readonly #cacheFormat: CacheFormat;
  readonly #kernels: ReadonlySet<Kernel> | undefined;
  readonly #uploads: UploadQueue;
  readonly #plans: PlanCache;
  /** Steps, uploads and releases that have not ended; `#last` ends with the last of them. */
  #numPending = 0;
  #last: Promise<void> = Promise.resolve();

  /** The machine is the device's from now on. */
  constructor(
    machine: Machine,
    library: KernelLibrary,
    { cacheFormat = 'f16', kernels }: CompiledDeviceOptions = {},
  ) {
    this.#machine = machine;
    this.#cacheFormat = cacheFormat;
    this.#kernels = kernels && new Set(kernels);
    this.#library = library;
    const programs = new Programs(machine);
    this.#uploads = new UploadQueue(machine, programs);
    this.#plans = new PlanCache(machine, programs);
  }

  get kind(): string {
    return this.#machine.kind;
  }

  get threads(): number {
    return this.#machine.threads;
  }

  get freeBytes(): number {
    return this.#machine.freeBytes;
  }

  cacheRowBytes(width: number): number {
    return this.#library.cacheRowBytes(this.#cacheFormat, width);
  }

  allocate(dtype: 'f32' | 'i32', dims: readonly number[], label: string): DeviceTensor {
    return this.#allocate({ dtype, elementBytes: 4 }, dims, label);
  }

  allocateCache(
    slots: number,
    width: number,
    label: string,
    use: 'kept' | 'step' = 'kept',
  ): DeviceTensor {
    const cacheFormat = use === 'kept' ? this.#cacheFormat : 'f16';
    const elementBytes = this.#library.cacheRowBytes(cacheFormat, width) / width;
    return this.#allocate({ dtype: 'cache', elementBytes, cacheFormat }, [slots, width], label);
  }

  get cacheForm(): string {
    return `${this.#cacheFormat} groups`;
  }

  readCache(cache: DeviceTensor, start: number, count: number, into: Uint8Array): void {
    let at = 0;
    for (const part of own(cache).slotBytes(start, count)) {
      into.set(part, at);
      at += part.length;
    }
  }

  writeCache(cache: DeviceTensor, start: number, count: number, from: Uint8Array): void {
    let at = 0;
    for (const part of own(cache).slotBytes(start, count)) {
      part.set(from.subarray(at, at + part.length));
      at += part.length;
    }
  }

  upload(views: readonly TensorView[], use: WeightUse): DeviceWeight {
    if (use === 'rows') return new RowsWeight(views);
    const { dtype, dims } = new PackSource(views);
    const [rows, columns] = dims;
    const layout = this.#library.weightLayout(dtype, columns);
    const sizeBytes = Math.ceil(rows / stripRows) * layout.stripBytes(columns);
    const allocation = new Allocation(this.#machine, sizeBytes, views[0].name, 'weights');
    const weight = new PackedWeight(dtype, dims, layout, allocation);
    this.#uploads.add(views, weight);
    return weight;
  }

  ready(onProgress?: (doneBytes: number) => void, signal?: AbortSignal): Promise<void> {
    return this.#alone(() => this.#uploads.drain(onProgress, signal));
  }

  view(tensor: DeviceTensor, dims: readonly number[], columnOffset = 0): DeviceTensor {
    return own(tensor).view(dims, columnOffset);
  }

  rows(tensor: DeviceTensor, start: number, count: number): DeviceTensor {
    return own(tensor).rows(start, count);
  }

  write(tensor: DeviceTensor, data: Float32Array | Int32Array): void {
    own(tensor).write(data);
  }

  command<P extends Params>(kernel: Kernel<P>, args: KernelArgs<P>): Command {
    const plain = kernel as unknown as Kernel;
    if (this.#kernels?.has(plain) === false) throw new Error(`${kernel.name} was not tested here`);
    return new CompiledCommand(plain, args);
  }

  run(commands: readonly Command[], signal?: AbortSignal): Promise<void> {
    return this.#alone(async () => {
      signal?.throwIfAborted();
      await this.#uploads.drain(undefined, signal);
      const { segments } = await this.#plans.get(commands as readonly CompiledCommand[]);
      for (const { hosts, launches } of segments) {
        for (const { run, data } of hosts) run(data);
        if (launches.length === 0) continue;
        if (isTimed) await runTimed(this.#machine, launches, signal);
        else await this.#machine.run(launches, signal);
      }
    });
  }

  async read(tensor: DeviceTensor, into: Float32Array): Promise<void> {
    own(tensor).read(into);
  }

  /** Views share what is released. While a step runs the memory stays until it has ended. */
  release(storage: DeviceTensor | DeviceWeight): void {
    if (storage instanceof RowsWeight) return;
    const free = () => {
      if (storage instanceof PackedWeight) this.#uploads.remove(storage);
      (storage as CompiledTensor | PackedWeight).allocation.free();
      this.#plans.invalidate();
    };
    if (this.#numPending > 0) this.#alone(free);
    else free();
  }

  close(): Promise<void> {
    return this.#machine.close();
  }

  #allocate(element: TensorElement, dims: readonly number[], label: string): CompiledTensor {
    const sizeBytes = bytesOf(
      element,
      dims.reduce((a, b) => a * b, 1),
    );
    return new CompiledTensor(new Allocation(this.#machine, sizeBytes, label), element, dims);
  }

  /** After all that was asked for before, and before all that is asked for later. */
  #alone(task: () => void | Promise<void>): Promise<void> {
    this.#numPending++;
    const result = this.#last.then(task).finally(() => {
      this.#numPending--;
    });
    this.#last = result.catch(() => {});
    return result;
  }
}

function own(tensor: DeviceTensor): CompiledTensor {
  if (!(tensor instanceof CompiledTensor)) throw new Error('tensor of another device');
  return tensor;
}
