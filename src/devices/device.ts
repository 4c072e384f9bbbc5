/**
 * A machine that runs kernels: the interface that `reference` implements now and compiled devices
 * later. Storage is opaque: only the device that made a tensor may look inside. A step is a list
 * of commands, recorded once per batch shape and run with new contents in the same buffers.
 */
import type { DType } from '../base/dtypes.ts';
import type { TensorView } from '../base/tensor-view.ts';
import type { Kernel, Params } from '../compiler/kernel.ts';

/** Activations, tables, and parts of a KV cache in whatever form the device keeps them. */
export interface DeviceTensor {
  readonly dtype: 'f32' | 'i32' | 'cache';
  readonly dims: readonly number[];
  /** Elements between consecutive rows of the outermost dimension. */
  readonly rowStride: number;
}

export type WeightUse = 'matrix' | 'rows';

/** A weight matrix (rows, columns), laid out as the device likes it. */
export interface DeviceWeight {
  readonly dtype: DType;
  readonly dims: readonly [number, number];
}

export type KernelArgs<P extends Params> = {
  readonly [K in keyof P]: P[K]['kind'] extends 'weight'
    ? DeviceWeight
    : P[K]['kind'] extends 'scalar'
      ? number
      : DeviceTensor;
};

/** A kernel bound to its arguments, ready to run any number of times. */
export interface Command {
  readonly kernel: Kernel;
}

export interface Device {
  readonly kind: string;
  /** Threads that take part in a step. */
  readonly threads: number;

  /** That can still be allocated for what is not weights; Infinity where only the system ends it. */
  readonly freeBytes: number;
  /** Zeroed. */
  allocate(dtype: 'f32' | 'i32', dims: readonly number[], label: string): DeviceTensor;
  /** Bytes of a KV cache for a slot of `width` values. */
  cacheRowBytes(width: number): number;
  /**
   * (slots, width) of a KV cache; only kernels read and write it. `slots` is a multiple of 16.
   * `step`: for keys and values of one step, which a device need not keep as small as others.
   */
  allocateCache(slots: number, width: number, label: string, use?: 'kept' | 'step'): DeviceTensor;
  /** What a cache's bytes are: devices with the same form can read each other's. */
  readonly cacheForm: string;
  /**
   * Bytes of the slots [start, start + count) of a kept cache, `cacheRowBytes` each; both multiples
   * of 16. A copy at once, also while a step runs that does not touch these slots.
   */
  readCache(cache: DeviceTensor, start: number, count: number, into: Uint8Array): void;
  writeCache(cache: DeviceTensor, start: number, count: number, from: Uint8Array): void;
  /**
   * What matrix products multiply by (`matrix`), or rows to be looked up (`rows`).
   * One matrix out of one view, or out of several of the same dtype and width whose rows follow
   * each other (a Hugging Face checkpoint's experts). Leading dimensions count as rows. The views'
   * bytes may stay in use until `release`: keep their checkpoint open.
   */
  upload(views: readonly TensorView[], use: WeightUse): DeviceWeight;
  /** Everything uploaded is in place. Progress in bytes as the checkpoint has them. */
  ready(onProgress?: (doneBytes: number) => void, signal?: AbortSignal): Promise<void>;
  /** Another shape over the same storage; `columnOffset` and a narrower last dimension slice columns. */
  view(tensor: DeviceTensor, dims: readonly number[], columnOffset?: number): DeviceTensor;
  /** Rows [start, start + count) of the outermost dimension, same storage. */
  rows(tensor: DeviceTensor, start: number, count: number): DeviceTensor;
  write(tensor: DeviceTensor, data: Float32Array | Int32Array): void;
  /** Binds and checks; throws on arguments that do not fit the kernel's contract. */
  command<P extends Params>(kernel: Kernel<P>, args: KernelArgs<P>): Command;
  /** Runs the commands in order. Never blocks the event loop for longer than a few milliseconds. */
  run(commands: readonly Command[], signal?: AbortSignal): Promise<void>;
  /** Copies a f32 tensor out; after `run`, before the next one. */
  read(tensor: DeviceTensor, into: Float32Array): Promise<void>;
  release(storage: DeviceTensor | DeviceWeight): void;
  /** Idempotent. */
  close(): Promise<void>;
}
