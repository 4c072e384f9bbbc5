/**
 * What a kernel is: a name, typed parameters with named dimensions, the dimension its work is
 * split over, its meaning in plain TypeScript (`reference`), and the shapes it is tested at.
 * Kernels are data: no kernel knows a device, no device knows a kernel by name.
 */

import type { LowerContext, LowerTensor, LowerWeight } from './lowering.ts';

export type Access = 'in' | 'out' | 'inout';
export type ElementType = 'f32' | 'i32';

/** Activations, tables, caches: f32 or i32, the last dimension contiguous. */
export interface TensorParam<E extends ElementType = ElementType> {
  readonly kind: 'tensor';
  readonly dtype: E;
  readonly access: Access;
  readonly dims: readonly string[];
}
/** A weight matrix (rows, columns) in any dtype of base/dtypes. */
export interface WeightParam {
  readonly kind: 'weight';
  readonly dims: readonly [string, string];
}
export interface ScalarParam {
  readonly kind: 'scalar';
}
/** A layer's part of the KV cache: rows of f32 to the reference, the kernels' own form elsewhere. */
export interface CacheParam {
  readonly kind: 'cache';
  /** Keys are read a dimension at a time, so devices may keep them otherwise than values. */
  readonly form: 'rows' | 'keys';
  readonly access: Access;
  readonly dims: readonly [string, string];
}
export type Param = TensorParam | WeightParam | CacheParam | ScalarParam;
export type Params = Readonly<Record<string, Param>>;

const tensor = <E extends ElementType>(
  dtype: E,
  access: Access,
  dims: string[],
): TensorParam<E> => ({
  kind: 'tensor',
  dtype,
  access,
  dims,
});

export const f32 = {
  in: (...dims: string[]) => tensor('f32', 'in', dims),
  out: (...dims: string[]) => tensor('f32', 'out', dims),
  inout: (...dims: string[]) => tensor('f32', 'inout', dims),
};
export const i32 = {
  in: (...dims: string[]) => tensor('i32', 'in', dims),
  out: (...dims: string[]) => tensor('i32', 'out', dims),
};
const cachePart =
  (form: CacheParam['form'], access: Access) =>
  (slots: string, width: string): CacheParam => ({
    kind: 'cache',
    ...{ form, access, dims: [slots, width] },
  });
export const cache = {
  rowsIn: cachePart('rows', 'in'),
  rowsInout: cachePart('rows', 'inout'),
  keysIn: cachePart('keys', 'in'),
  keysInout: cachePart('keys', 'inout'),
};
export const weight = (rows: string, columns: string): WeightParam => ({
  kind: 'weight',
  dims: [rows, columns],
});
export const scalar: ScalarParam = { kind: 'scalar' };

/** A tensor as a reference sees it. Row i is the i-th slice of the outermost dimension. */
export interface TensorArg<A extends Float32Array | Int32Array> {
  readonly data: A;
  readonly dims: readonly number[];
  /** Elements from one row to the next: more than the row's length for a slice of columns. */
  readonly rowStride: number;
  row(index: number): A;
}
/** A weight as a reference sees it: rows decoded on demand. */
export interface WeightArg {
  readonly dims: readonly [number, number];
  /** Writes row `index` as f32 into the start of `out`. */
  decodeRow(index: number, out: Float32Array): void;
}

export type ReferenceArgs<P extends Params> = {
  readonly [K in keyof P]: P[K] extends TensorParam<'f32'>
    ? TensorArg<Float32Array>
    : P[K] extends TensorParam<'i32'>
      ? TensorArg<Int32Array>
      : P[K] extends CacheParam
        ? TensorArg<Float32Array>
        : P[K] extends WeightParam
          ? WeightArg
          : number;
};

export type LowerArgs<P extends Params> = {
  readonly [K in keyof P]: P[K]['kind'] extends 'weight'
    ? LowerWeight
    : P[K]['kind'] extends 'scalar'
      ? number
      : LowerTensor;
};

export type Dims = Readonly<Record<string, number>>;

export interface Kernel<P extends Params = Params> {
  readonly name: string;
  readonly params: P;
  /** The dimension devices split over threads: items are independent of each other. */
  readonly parallelOver: string;
  /** Does item `index` of `parallelOver`. The truth that every faster device is held to. */
  reference(args: ReferenceArgs<P>, index: number, dims: Dims): void;
  /** How compiled devices do all items: launches of programs written in IR (lowering.ts). */
  lower?(args: LowerArgs<P>, dims: Dims, context: LowerContext): void;
  /** Tested and benched: ragged and real ones. Scalars of the kernel are given by name too. */
  readonly shapes: readonly Readonly<Record<string, number>>[];
  /** Integer inputs that make sense at a shape (ids, slots, tables): every i32 input has its own. */
  indices?(dims: Dims): Readonly<Record<string, ArrayLike<number>>>;
}

export function defineKernel<const P extends Params>(kernel: Kernel<P>): Kernel<P> {
  return kernel;
}

/** Anything with dimensions can be bound: a device tensor, a weight. */
export interface Shaped {
  readonly dtype: string;
  readonly dims: readonly number[];
}

/**
 * Resolves the kernel's named dimensions from its arguments. A mismatch is our bug, not a user's
 * file (shapes of weights are checked at load), so it is a plain Error that names the parameter.
 */
export function resolveDims(kernel: Kernel, args: Readonly<Record<string, Shaped | number>>): Dims {
  const dims: Record<string, number> = {};
  for (const [name, param] of Object.entries(kernel.params)) {
    const arg = args[name];
    if (arg === undefined) throw new Error(`${kernel.name}: argument ${name} is missing`);
    if (param.kind === 'scalar') {
      if (typeof arg !== 'number') throw new Error(`${kernel.name}: ${name} must be a number`);
      continue;
    }
    if (typeof arg === 'number' || arg.dims.length !== param.dims.length) {
      throw new Error(`${kernel.name}: ${name} must have dimensions (${param.dims.join(', ')})`);
    }
    const dtype = param.kind === 'tensor' ? param.dtype : param.kind;
    if (param.kind !== 'weight' && arg.dtype !== dtype) {
      throw new Error(`${kernel.name}: ${name} is ${arg.dtype}, expected ${dtype}`);
    }
    param.dims.forEach((dim, i) => {
      const size = arg.dims[i];
      dims[dim] ??= size;
      if (dims[dim] !== size) {
        throw new Error(`${kernel.name}: ${name} has ${dim}=${size}, others have ${dims[dim]}`);
      }
    });
  }
  return dims;
}
