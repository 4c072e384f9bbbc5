/**
 * The intermediate representation that kernels are written in (through builder.ts): straight-line
 * operations on typed values, counted loops and two-way branches. Values are assigned once, but
 * for variables, which accumulators and running pointers are.
 *
 * A vector is as wide as the target's registers; what is behind its type's name is the lane. There
 * are no half vectors: what widens or narrows does so on its way from or to memory.
 * Refused by design: functions, strides that change, types narrower than a register as values.
 */

/**
 * int: an address-sized integer, pointers too. f32: a number. i8x … f32x: vectors.
 * Where the target has a matrix unit: tile, 16 sums by 16; tile_a and tile_b, its factors, as deep
 * as the routine's `tileDepth` says.
 */
export type Type = 'int' | 'f32' | 'i8x' | 'i16x' | 'i32x' | 'f32x' | 'tile' | 'tile_a' | 'tile_b';
export type VectorType = 'i8x' | 'i16x' | 'i32x' | 'f32x';

export interface Value {
  readonly id: number;
  readonly type: Type;
  /** May be assigned again. */
  readonly isVariable: boolean;
}

/** base + index · scale + disp, in bytes. */
export interface Address {
  readonly base: Value;
  readonly index: Value | undefined;
  readonly scale: 1 | 2 | 4 | 8;
  readonly disp: number;
}

export type Condition = 'lt' | 'le' | 'eq' | 'ne' | 'ge' | 'gt';

/** One operation of ops-table.ts. */
export interface Simple {
  readonly kind: 'op';
  readonly op: string;
  readonly result: Value | undefined;
  readonly args: readonly Value[];
  readonly address: Address | undefined;
  /** A shift's count, a number, which parameter. */
  readonly imm: number | undefined;
  /** const_x: the vector's bytes, repeated to fill it. */
  readonly bytes: Uint8Array | undefined;
}

/** for (index = start; index < end; index += step) body. `index` is the loop's own to change. */
export interface Loop {
  readonly kind: 'loop';
  readonly index: Value;
  readonly start: Value;
  readonly end: Value;
  readonly step: number;
  readonly body: readonly Op[];
}

export interface Branch {
  readonly kind: 'if';
  readonly left: Value;
  readonly condition: Condition;
  readonly right: Value;
  readonly then: readonly Op[];
  readonly else: readonly Op[];
}

export type Op = Simple | Loop | Branch;

/** What the emitted function is called with, in this order. */
export const functionInputs = ['args', 'start', 'end', 'scratch'] as const;

/**
 * A function of IR: does items [start, end) of a launch. `args`: address of its parameters, 8
 * bytes each; `scratch`: the thread's own memory, `scratchBytes` of it, on a cache line.
 */
export interface Routine {
  readonly name: string;
  /** The values that hold `functionInputs`. */
  readonly inputs: readonly Value[];
  readonly body: readonly Op[];
  readonly numValues: number;
  readonly scratchBytes: number;
  /** Bytes of a row of tile_a, 4 · rows of tile_b: 4 to 64, one for the whole routine. */
  readonly tileDepth: number;
  /** Which parameters are addresses of packed weights, in ascending order; see Builder.weightsParam. */
  readonly weightParams: readonly number[];
  readonly traits: Traits;
}

/** What a body may ask of the target it is built for. */
export interface Traits {
  /** Part of a program's name: 'x64-avx512', 'x64-avx2', 'wasm'. */
  readonly name: string;
  /** 64, 32 or 16. */
  readonly vectorBytes: number;
  readonly vectorRegisters: number;
  /** Whether dot4's first operand may use all of 0…255; else only 0…127 is right. */
  readonly dot4TakesU8: boolean;
  /** Whether a splat from memory costs nothing as an operand. */
  readonly hasBroadcastOperand: boolean;
  /** Whether adding f32 is left to units that dot products and conversions do not need. */
  readonly addsBesideDots: boolean;
  /** Whether memory can be asked for before it is read. */
  readonly hasPrefetch: boolean;
  /** Whether `tile_*` operations exist: 4 tiles of sums, 2 of each factor. */
  readonly hasTiles: boolean;
  /**
   * Whether weights lie in memories of their own, those of one parameter perhaps in another than
   * those of the next: an address says nothing then without the parameter that it came from.
   */
  readonly hasWeightMemories: boolean;
}

/** Lanes of 4 bytes. */
export function lanesOf(traits: Traits): number {
  return traits.vectorBytes / 4;
}

export const laneBytes: Readonly<Record<VectorType, number>> = {
  i8x: 1,
  i16x: 2,
  i32x: 4,
  f32x: 4,
};

export function isVector(type: Type): type is VectorType {
  return type in laneBytes;
}
