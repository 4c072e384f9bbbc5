/**
 * Meanings of the operations on int and f32. An int is 64 bits on one target and 32 on another:
 * results must be exact, and bit operations throw on operands where the two would disagree.
 * f32 is rounded after every operation (a fma once).
 */
import {
  argLanes,
  checkedOffset,
  type Meanings,
  misuse,
  type Prepare,
  resultLanes,
  roundEven,
  type State,
} from './interpreter-state.ts';
import type { Simple } from './types.ts';

const bits = new DataView(new ArrayBuffer(4));

export function f32OfBits(value: number): number {
  bits.setInt32(0, value);
  return bits.getFloat32(0);
}
export function bitsOfF32(value: number): number {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
}

type Calculate = (a: number, b: number, c: number) => number;

/** A number from up to three numbers. */
function number(calculate: Calculate, check?: (op: Simple, state: State, a: number) => void) {
  return (op: Simple, state: State) => {
    const { numbers } = state;
    const [a, b, c] = [0, 1, 2].map((i) => op.args[i]?.id ?? 0);
    const to = op.result!.id;
    if (check === undefined) {
      return () => {
        numbers[to] = calculate(numbers[a], numbers[b], numbers[c]);
      };
    }
    return () => {
      for (const { id } of op.args) check(op, state, numbers[id]);
      numbers[to] = calculate(numbers[a], numbers[b], numbers[c]);
    };
  };
}

function int(calculate: Calculate, check?: (op: Simple, state: State, a: number) => void): Prepare {
  const prepare = number(calculate, check);
  return (op, state) => {
    const run = prepare(op, state);
    const to = op.result!.id;
    return () => {
      run();
      if (!Number.isSafeInteger(state.numbers[to]))
        throw misuse(op, state, 'the result is inexact');
    };
  };
}

function f32(calculate: Calculate): Prepare {
  return number((a, b, c) => Math.fround(calculate(a, b, c)));
}

function within(low: number, high: number) {
  return (op: Simple, state: State, a: number) => {
    if (!(a >= low && a <= high)) throw misuse(op, state, `${a} is not in ${low}…${high}`);
  };
}
const in32Bits = within(-(2 ** 31), 2 ** 32 - 1);

/** Bits as of 64: high and low halves apart, the high ones being all 0 or all 1. */
function bitwise(calculate: (a: number, b: number) => number): Prepare {
  return int((a, b) => {
    const high = calculate(a < 0 ? -1 : 0, b < 0 ? -1 : 0);
    return high * 2 ** 32 + (calculate(a, b) >>> 0);
  }, in32Bits);
}

function shift(
  calculate: (a: number, power: number) => number,
  low: number,
  high: number,
): Prepare {
  return (op, state) => int((a) => calculate(a, 2 ** op.imm!), within(low, high))(op, state);
}

/** A number that is known beforehand. */
function constant(of: (imm: number) => number): Prepare {
  return (op, state) => {
    const value = of(op.imm!);
    return () => {
      state.numbers[op.result!.id] = value;
    };
  };
}

function param(read: (state: State, offset: number) => number): Prepare {
  return (op, state) => () => {
    const offset = checkedOffset(op, state, state.args + 8 * op.imm!, 8);
    state.numbers[op.result!.id] = read(state, offset);
  };
}

const copy: Prepare = (op, state) => {
  const { type } = op.result!;
  if (type === 'int' || type === 'f32') return number((a) => a)(op, state);
  const [from, to] = [argLanes(op, state, 0), resultLanes(op, state)];
  return () => to.u8.set(from.u8);
};

export const numberMeanings = {
  const_int: constant((imm) => imm),
  const_f32: constant(Math.fround),
  param_int: param(({ memory }, offset) => Number(memory.view.getBigInt64(offset, true))),
  param_f32: param(({ memory }, offset) => memory.view.getFloat32(offset, true)),
  copy,

  add_int: int((a, b) => a + b),
  sub_int: int((a, b) => a - b),
  mul_int: int((a, b) => a * b + 0), // never -0
  min_int: int((a, b) => Math.min(a, b)),
  max_int: int((a, b) => Math.max(a, b)),
  and_int: bitwise((a, b) => a & b),
  or_int: bitwise((a, b) => a | b),
  xor_int: bitwise((a, b) => a ^ b),
  shl_int: shift((a, power) => a * power, -(2 ** 53), 2 ** 53),
  shr_int: shift((a, power) => Math.floor(a / power), 0, 2 ** 32 - 1),
  sar_int: shift((a, power) => Math.floor(a / power), -(2 ** 31), 2 ** 31 - 1),

  add_f32: f32((a, b) => a + b),
  sub_f32: f32((a, b) => a - b),
  mul_f32: f32((a, b) => a * b),
  div_f32: f32((a, b) => a / b),
  max_f32: f32((a, b) => (a > b ? a : b)),
  min_f32: f32((a, b) => (a < b ? a : b)),
  sqrt_f32: f32(Math.sqrt),
  fma_f32: f32((a, b, c) => a * b + c),

  int_to_f32: f32((a) => a),
  f32_to_int: int((a) => roundEven(a) + 0, within(-(2 ** 31), 2 ** 31 - 1)),
  f32_of_bits: number(f32OfBits),
  bits_of_f32: number(bitsOfF32),
} satisfies Meanings;
