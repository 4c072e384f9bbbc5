/**
 * What kernels are written in. Every method appends one operation and returns its result; a
 * TypeScript loop unrolls, `loop` emits a loop. Nothing is optimised here: that is passes/.
 *
 *   const acc = k.variable(k.f32x(0));
 *   k.loop(0, blocks, 1, (i) => k.set(acc, k.fma(k.load('f32x', at(x, i, 4)), w, acc)));
 *
 * Mistakes in types throw here, at the line that makes them.
 */
import { isOpName, type OpName, ops } from './ops-table.ts';
import {
  type Address,
  type Condition,
  isVector,
  lanesOf,
  type Op,
  type Routine,
  type Simple,
  type Traits,
  type Type,
  type Value,
  type VectorType,
} from './types.ts';

export type Int = Value | number;

/** An address: base + index · scale + disp. */
export function at(base: Value, disp?: number): Address;
export function at(base: Value, index: Value, scale?: 1 | 2 | 4 | 8, disp?: number): Address;
export function at(
  base: Value,
  indexOrDisp: Value | number = 0,
  scale: 1 | 2 | 4 | 8 = 1,
  disp = 0,
): Address {
  return typeof indexOrDisp === 'number'
    ? { base, index: undefined, scale: 1, disp: indexOrDisp }
    : { base, index: indexOrDisp, scale, disp };
}

/** The same place, `bytes` further on. */
export function plus(address: Address, bytes: number): Address {
  return { ...address, disp: address.disp + bytes };
}

export interface RoutineInputs {
  readonly args: Value;
  readonly start: Value;
  readonly end: Value;
  readonly scratch: Value;
}

/** Builds a routine: `body` is called once with its inputs. */
export function buildRoutine(
  name: string,
  traits: Traits,
  body: (k: Builder, inputs: RoutineInputs) => void,
): Routine {
  const k = new Builder(traits);
  const [args, start, end, scratch] = Array.from({ length: 4 }, () => k.newValue('int'));
  body(k, { args, start, end, scratch });
  return k.finish(name, [args, start, end, scratch]);
}

export class Builder {
  readonly traits: Traits;
  /** See Routine. */
  tileDepth = 64;
  /** 4 byte lanes in a vector. */
  readonly lanes: number;
  #ops: Op[] = [];
  #numValues = 0;
  #scratchBytes = 0;
  readonly #weightParams = new Set<number>();
  #isReserved = false;

  constructor(traits: Traits) {
    this.traits = traits;
    this.lanes = lanesOf(traits);
  }

  newValue(type: Type, isVariable = false): Value {
    return { id: this.#numValues++, type, isVariable };
  }

  finish(name: string, inputs: readonly Value[]): Routine {
    return {
      ...{ name, inputs, body: this.#ops, numValues: this.#numValues },
      ...{ scratchBytes: this.#scratchBytes, tileDepth: this.tileDepth, traits: this.traits },
      weightParams: [...this.#weightParams].sort((a, b) => a - b),
    };
  }

  /** Where in the thread's scratch a region of `bytes` begins, on a cache line. */
  reserve(bytes: number): number {
    if (this.#isReserved) throw new Error('reserve after reserveRest');
    const offset = this.#scratchBytes;
    this.#scratchBytes = offset + Math.ceil(bytes / 64) * 64;
    return offset;
  }

  /** Where what a launch asks for besides begins: behind all regions, so none can follow. */
  reserveRest(): number {
    this.#isReserved = true;
    return this.#scratchBytes;
  }

  // Structure.

  /** for (i = start; i < end; i += step) */
  loop(start: Int, end: Int, step: number, body: (index: Value) => void): void {
    const [from, to] = [this.#int(start), this.#int(end)];
    const index = this.newValue('int', true);
    const ops = this.#inside(() => body(index));
    this.#ops.push({ kind: 'loop', index, start: from, end: to, step, body: ops });
  }

  if(left: Int, condition: Condition, right: Int, then: () => void, otherwise?: () => void): void {
    const [a, b] = [this.#int(left), this.#int(right)];
    const [yes, no] = [this.#inside(then), this.#inside(otherwise ?? (() => {}))];
    // biome-ignore lint/suspicious/noThenProperty: nothing awaits an operation
    this.#ops.push({ kind: 'if', left: a, condition, right: b, then: yes, else: no });
  }

  /** A value that may be set again. */
  variable(initial: Value | number): Value {
    const from = typeof initial === 'number' ? this.int(initial) : initial;
    const variable = this.newValue(from.type, true);
    this.set(variable, from);
    return variable;
  }

  set(variable: Value, value: Value): void {
    if (!variable.isVariable) throw new Error('set: not a variable');
    if (variable.type !== value.type)
      throw new Error(`set: ${value.type} into a variable of ${variable.type}`);
    this.#ops.push(simple('copy', variable, [value]));
  }

  #inside(body: () => void): readonly Op[] {
    const outer = this.#ops;
    this.#ops = [];
    try {
      body();
      return this.#ops;
    } finally {
      this.#ops = outer;
    }
  }

  /** Any operation of the table, by name; the methods below are shorter ways to say it. */
  op(
    name: OpName,
    args: readonly Value[] = [],
    more: { type?: Type; address?: Address; imm?: number; bytes?: Uint8Array } = {},
  ): Value {
    if (!isOpName(name)) throw new Error(`no operation ${name}`);
    const info = ops[name];
    const shown = `${name}(${args.map(({ type }) => type).join(', ')})`;
    if (args.length !== info.args.length) throw new Error(`${shown}: takes ${info.args.length}`);
    let v: Type | undefined;
    info.args.forEach((word, i) => {
      const { type } = args[i];
      if (word === 'any') return;
      if (word === 'v') {
        if (!isVector(type) || (v !== undefined && v !== type)) throw new Error(`${shown}: types`);
        v = type;
      } else if (word !== type) throw new Error(`${shown}: argument ${i} must be ${word}`);
    });
    const { result } = info;
    let type: Type | undefined;
    if (result === 'v') type = v ?? more.type;
    else if (result === 'any') type = args[0].type;
    else type = result;
    if (result !== undefined && type === undefined) throw new Error(`${shown}: of which type?`);
    const value = type && this.newValue(type);
    this.#ops.push(simple(name, value, args, more));
    return value as Value;
  }

  #int(value: Int): Value {
    return typeof value === 'number' ? this.int(value) : value;
  }
  #named(word: string, a: Value, b: Int): Value {
    const type = a.type;
    const other = typeof b === 'number' && type === 'int' ? this.int(b) : (b as Value);
    return this.op(`${word}_${type}` as OpName, [a, other]);
  }

  // Numbers.
  int(value: number): Value {
    return this.op('const_int', [], { imm: value });
  }
  f32(value: number): Value {
    return this.op('const_f32', [], { imm: value });
  }
  /** The routine's parameter `index`, an address or a whole number. */
  param(index: number): Value {
    return this.op('param_int', [], { imm: index });
  }
  /**
   * The parameter `index`, the address of packed weights. Places in them are sums and differences
   * of it and of numbers, copies and indices of loops, and nothing else: a target must be able to
   * say of every address which weights it is in.
   */
  weightsParam(index: number): Value {
    this.#weightParams.add(index);
    return this.param(index);
  }
  paramF32(index: number): Value {
    return this.op('param_f32', [], { imm: index });
  }

  // Arithmetic: int, f32, i16x, i32x, f32x by the operands' type.
  add(a: Value, b: Int): Value {
    return this.#named('add', a, b);
  }
  sub(a: Value, b: Int): Value {
    return this.#named('sub', a, b);
  }
  mul(a: Value, b: Int): Value {
    return this.#named('mul', a, b);
  }
  div(a: Value, b: Value): Value {
    return this.#named('div', a, b);
  }
  min(a: Value, b: Int): Value {
    return this.#named('min', a, b);
  }
  max(a: Value, b: Int): Value {
    return this.#named('max', a, b);
  }
  sqrt(a: Value): Value {
    return this.op(`sqrt_${a.type}` as OpName, [a]);
  }
  /** a · b + c */
  fma(a: Value, b: Value, c: Value): Value {
    return this.op(`fma_${a.type}` as OpName, [a, b, c]);
  }
  /** c − a · b */
  fnma(a: Value, b: Value, c: Value): Value {
    return this.op('fnma_f32x', [a, b, c]);
  }
  /** int, i16x, i32x. */
  shl(a: Value, count: number): Value {
    return count === 0 ? a : this.op(`shl_${a.type}` as OpName, [a], { imm: count });
  }
  /** Zeros come in. */
  shr(a: Value, count: number): Value {
    return count === 0 ? a : this.op(`shr_${a.type}` as OpName, [a], { imm: count });
  }
  /** The sign comes in. */
  sar(a: Value, count: number): Value {
    return count === 0 ? a : this.op(`sar_${a.type}` as OpName, [a], { imm: count });
  }
  and(a: Value, b: Int): Value {
    return a.type === 'int' ? this.#named('and', a, b) : this.op('and', [a, b as Value]);
  }
  or(a: Value, b: Int): Value {
    return a.type === 'int' ? this.#named('or', a, b) : this.op('or', [a, b as Value]);
  }
  xor(a: Value, b: Int): Value {
    return a.type === 'int' ? this.#named('xor', a, b) : this.op('xor', [a, b as Value]);
  }

  // Vectors.
  /** Every lane holds the number; i8x and i16x too. */
  splatOf(type: VectorType, value: number): Value {
    const Elements = { i8x: Int8Array, i16x: Int16Array, i32x: Int32Array, f32x: Float32Array }[
      type
    ];
    const bytes = new Uint8Array(Elements.of(value).buffer);
    return this.op('const_x', [], { type, bytes });
  }
  f32x(value: number): Value {
    return this.splatOf('f32x', value);
  }
  i32x(value: number): Value {
    return this.splatOf('i32x', value);
  }
  /** 16 bytes in every quarter. */
  constant128(type: VectorType, bytes: Uint8Array): Value {
    return this.op('const_x', [], { type, bytes });
  }
  splat(a: Value): Value {
    return this.op(a.type === 'f32' ? 'splat_f32' : 'splat_i32', [a]);
  }
  /** The same bits, seen as another vector. */
  as(type: VectorType, a: Value): Value {
    return a.type === type ? a : this.op(`as_${type}`, [a]);
  }
  dot4(acc: Value, a: Value, b: Value): Value {
    return this.op('dot4', [acc, a, b]);
  }
  dot4s(acc: Value, a: Value, b: Value): Value {
    return this.op('dot4s', [acc, a, b]);
  }
  dot2(acc: Value, a: Value, b: Value): Value {
    return this.op('dot2', [acc, a, b]);
  }
  lookup16(table: Value, index: Value): Value {
    return this.op('lookup16', [table, index]);
  }
  reduceAdd(a: Value): Value {
    return this.op(a.type === 'f32x' ? 'reduce_add_f32x' : 'reduce_add_i32x', [a]);
  }
  reduceMax(a: Value): Value {
    return this.op('reduce_max_f32x', [a]);
  }

  // Memory.
  load(type: VectorType, address: Address): Value {
    return this.op('load', [], { type, address });
  }
  /** Whole vectors, or a number of its own size. */
  store(address: Address, a: Value): void {
    const name = a.type === 'f32' ? 'store_f32' : a.type === 'int' ? 'store_i32' : 'store';
    this.op(name, [a], { address });
  }
  loadF32(address: Address): Value {
    return this.op('load_f32', [], { address });
  }
  loadI32(address: Address): Value {
    return this.op('load_i32', [], { address });
  }
  loadU8(address: Address): Value {
    return this.op('load_u8', [], { address });
  }
  loadSplat(type: 'i32x' | 'f32x', address: Address): Value {
    return this.op('load_splat32', [], { type, address });
  }
  /** Nothing where memory cannot be asked for, and then what only leads to it goes as well. */
  prefetch(address: Address): void {
    if (this.traits.hasPrefetch) this.op('prefetch', [], { address });
  }
}

function simple(
  op: OpName,
  result: Value | undefined,
  args: readonly Value[],
  more: { address?: Address; imm?: number; bytes?: Uint8Array } = {},
): Simple {
  const { address, imm, bytes } = more;
  return { kind: 'op', op, result, args, address, imm, bytes };
}
