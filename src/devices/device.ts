/**
 * A machine that runs kernels: the interface that `reference` implements now and compiled devices
 * later. Storage is opaque: only the device that made a tensor may look inside. A step is a list
 * of commands, recorded once per batch shape and run with new contents in the same buffers.
 */
import type { DType } from '../base/dtypes.ts';
import type { TensorView } from '../base/tensor-view.ts';
import type { Kernel, Params } from '../compiler/kernel.ts';

/** Activations, tables and caches. */
export interface DeviceTensor {
  readonly dtype: 'f32' | 'i32';
  readonly dims: readonly number[];
  /** Elements between consecutive rows of the outermost dimension. */
  readonly rowStride: number;
}

/** A weight matrix (rows, columns), laid out as the device likes it. */
export interface DeviceWeight {
  readonly dtype: DType;
  readonly dims: readonly [number, number];
}

export type KernelArgs<P extends Params> = {
  readonly [K in keyof P]: P[K]['kind'] extends 'weight'
    ? DeviceWeight
    : P[K]['kind'] extends 'tensor'
      ? DeviceTensor
      : number;
};

/** A kernel bound to its arguments, ready to run any number of times. */
export interface Command {
  readonly kernel: Kernel;
}

export interface Device {
  readonly kind: string;
  /** Threads that take part in a step. */
  readonly threads: number;

  /** Zeroed. */
  allocate(dtype: 'f32' | 'i32', dims: readonly number[], label: string): DeviceTensor;
  /**
   * One matrix out of one view, or out of several of the same dtype and width whose rows follow
   * each other (a Hugging Face checkpoint's experts). Leading dimensions count as rows. The views'
   * bytes may stay in use until `release`: keep their checkpoint open.
   */
  upload(views: readonly TensorView[]): DeviceWeight;
  /** Another shape over the same storage; `columnOffset` and a narrower last dimension slice columns. */
  view(tensor: DeviceTensor, dims: readonly number[], columnOffset?: number): DeviceTensor;
  /** Rows [start, start + count) of the outermost dimension, same storage. */
  rows(tensor: DeviceTensor, start: number, count: number): DeviceTensor;
  write(tensor: DeviceTensor, data: Float32Array | Int32Array): void;
  /** Binds and checks; throws on arguments that do not fit the kernel's contract. */
  command<P extends Params>(kernel: Kernel<P>, args: KernelArgs<P>): Command;
  /** Runs the commands in order. Never blocks the event loop for longer than a few milliseconds. */
  run(commands: readonly Command[], signal?: AbortSignal): Promise<void>;
  /** Copies a f32 tensor out. */
  read(tensor: DeviceTensor, into: Float32Array): Promise<void>;
  release(storage: DeviceTensor | DeviceWeight): void;
  /** Idempotent. */
  close(): Promise<void>;
}
