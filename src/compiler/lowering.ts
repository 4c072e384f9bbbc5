/**
 * How a compiled device runs a kernel: as launches of programs over its memory. A kernel says
 * which (`lower`); a device owns memory, compiles programs for its target and runs the launches.
 * Interfaces: kernels fill in one side of them, devices the other.
 */
import type { DType } from '../base/dtypes.ts';
import type { Builder, RoutineInputs } from './ir/builder.ts';
import type { Traits } from './ir/types.ts';
import type { Access } from './kernel.ts';

/** A routine for any target. The same key means the same code, whatever the traits. */
export interface Program {
  readonly key: string;
  build(k: Builder, inputs: RoutineInputs): void;
}

/** Memory of a device: an allocation, and where in it. */
export interface Memory {
  /** Whatever the device knows the allocation by; the same object for every part of it. */
  readonly allocation: object;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** A parameter: memory and what is done with it, a whole number, or a f32. */
export type LaunchArg =
  | { readonly memory: Memory; readonly access: Access }
  | { readonly int: number }
  | { readonly f32: number };

/** One program over `items` independent items; a thread takes `grain` of them at a time. */
export interface Launch {
  readonly program: Program;
  readonly args: readonly LaunchArg[];
  readonly items: number;
  readonly grain: number;
  /** Scratch besides what the routine reserves: behind it, as large as this launch needs. */
  readonly scratchBytes?: number;
}

/** What a value of a KV cache is: a f16, or an int8 with a scale that it shares with others. */
export const cacheFormats = ['f16', 'int8'] as const;
export type CacheFormat = (typeof cacheFormats)[number];

/** A tensor as `lower` sees it. */
export interface LowerTensor {
  readonly dims: readonly number[];
  /** Elements between rows of the outermost dimension. */
  readonly rowStride: number;
  /** From its first element to its last. */
  readonly memory: Memory;
  /** Of a part of a KV cache. */
  readonly cacheFormat: CacheFormat | undefined;
}

/** A weight that was packed, or (`use` rows) left as the checkpoint has it. */
export interface LowerWeight {
  readonly dtype: DType;
  readonly dims: readonly [number, number];
  /** Undefined for a weight of rows. */
  readonly packed: { readonly layout: WeightLayout; readonly memory: Memory } | undefined;
  /** Writes row `index` as f32 into the start of `out`; for weights of rows. */
  decodeRow(index: number, out: Float32Array): void;
}

/** How a weight matrix lies in memory: strips of 16 rows, made by `pack` from the checkpoint's rows. */
export interface WeightLayout {
  readonly name: string;
  /** Bytes of 16 rows of `columns`. */
  stripBytes(columns: number): number;
  /**
   * Items are strips. Parameters: 0 first row of the source, 1 bytes from row to row, 2 number of
   * rows (rows beyond the last are read as the last), 3 columns, 4 destination. Behind a row's codes
   * f8_e4m3 has, from the next multiple of four on, the f32 scales of its tiles of 128 columns.
   */
  readonly pack: Program;
}

/** What `lower` may ask of the device. */
export interface LowerContext {
  readonly traits: Traits;
  readonly threads: number;
  /** Adds a launch behind those before it. It sees what they wrote; the device keeps the order. */
  launch(launch: Launch): void;
  /** Runs JavaScript on the device's memory at this place of the order. */
  host(memory: Memory, access: Access, run: (data: Float32Array) => void): void;
  /** What i32 memory holds; for inputs, which are written before the step runs. */
  integers(memory: Memory): Int32Array;
  /** Memory of this step alone, on a cache line; contents undefined. */
  temp(sizeBytes: number): Memory;
  /**
   * Something made of `source` by `make`, once for as long as `source` stays as it is: a layer's
   * quantised input serves all its projections.
   */
  derived(source: Memory, key: string, make: () => Memory): Memory;
  /** Bytes that never change, on a cache line: the same memory for the same key. */
  constant(key: string, bytes: () => Uint8Array): Memory;
}

/** What a compiled device needs to know of kernels; handed to it when it is opened. */
export interface KernelLibrary {
  /** The layout in which a matrix product wants weights of this dtype. */
  weightLayout(dtype: DType, columns: number): WeightLayout;
  /** Bytes of a KV cache for a slot of `width` values; kernels know how these lie in it. */
  cacheRowBytes(format: CacheFormat, width: number): number;
}
