/**
 * Meanings of the vector operations, a lane at a time. Integer lanes wrap. Operands that targets
 * would treat differently throw: dot4 beyond 127 where that is not to be had, dot4s of -128,
 * lookup16 beyond 15.
 */
import {
  argLanes,
  type Lanes,
  type Meanings,
  misuse,
  type Prepare,
  resultLanes,
  roundEven,
} from './interpreter-state.ts';

type LaneName = keyof Lanes;

/** Each lane from the same lane of the operands, which are of the lane's kind too. */
function lanewise(
  name: LaneName,
  calculate: (a: number, b: number, c: number, d: number) => number,
): Prepare {
  return (op, state) => {
    const to = resultLanes(op, state)[name];
    // Fewer than four operands: the others are read, and ignored by `calculate`.
    const [a, b, c, d] = [0, 1, 2, 3].map((i) => (op.args[i] ? argLanes(op, state, i)[name] : to));
    return () => {
      for (let i = 0; i < to.length; i++) to[i] = calculate(a[i], b[i], c[i], d[i]);
    };
  };
}

/** By the operation's count; lanes are stored modulo their size. */
function shift(name: LaneName, calculate: (a: number, count: number) => number): Prepare {
  return (op, state) => lanewise(name, (a) => calculate(a, op.imm!))(op, state);
}

function splat(name: LaneName): Prepare {
  return (op, state) => {
    const to = resultLanes(op, state)[name];
    return () => to.fill(state.numbers[op.args[0].id]);
  };
}

const constant: Prepare = (op, state) => {
  const { u8: to } = resultLanes(op, state);
  const bytes = op.bytes!;
  return () => {
    for (let i = 0; i < to.length; i++) to[i] = bytes[i % bytes.length];
  };
};

const same: Prepare = (op, state) => {
  const [from, to] = [argLanes(op, state, 0), resultLanes(op, state)];
  return () => to.u8.set(from.u8);
};

/** Out of range is what x64 gives: the least integer. */
const toI32x: Prepare = (op, state) => {
  const { f32: from } = argLanes(op, state, 0);
  const { i32: to } = resultLanes(op, state);
  return () => {
    for (let i = 0; i < to.length; i++) {
      const value = from[i];
      to[i] = value >= -(2 ** 31) && value < 2 ** 31 ? roundEven(value) : -(2 ** 31);
    }
  };
};

const toF32x: Prepare = (op, state) => {
  const { i32: from } = argLanes(op, state, 0);
  const { f32: to } = resultLanes(op, state);
  return () => {
    for (let i = 0; i < to.length; i++) to[i] = from[i];
  };
};

const lookup16: Prepare = (op, state) => {
  const [table, index] = [argLanes(op, state, 0).u8, argLanes(op, state, 1).u8];
  const { u8: to } = resultLanes(op, state);
  const found = new Uint8Array(to.length); // `to` may be the table itself
  return () => {
    for (let i = 0; i < to.length; i++) {
      if (index[i] > 15) throw misuse(op, state, `index ${index[i]} in byte ${i}`);
      found[i] = table[(i & ~15) + index[i]];
    }
    to.set(found);
  };
};

function dot(a: 'u8' | 'i8' | 'i16', b: 'i8' | 'i16', isRefused?: (a: number) => boolean): Prepare {
  return (op, state) => {
    const { i32: acc } = argLanes(op, state, 0);
    const [left, right] = [argLanes(op, state, 1)[a], argLanes(op, state, 2)[b]];
    const { i32: to } = resultLanes(op, state);
    const count = left.length / to.length;
    return () => {
      for (let i = 0; i < to.length; i++) {
        let sum = acc[i];
        for (let j = i * count; j < (i + 1) * count; j++) {
          if (isRefused?.(left[j])) throw misuse(op, state, `${left[j]} in element ${j}`);
          sum += left[j] * right[j];
        }
        to[i] = sum;
      }
    };
  };
}

const dot4: Prepare = (op, state) =>
  dot('u8', 'i8', state.traits.dot4TakesU8 ? undefined : (a) => a > 127)(op, state);

/** By halves: lanes i and i + n/2, as registers are folded. */
function reduce(name: 'f32' | 'i32', combine: (a: number, b: number) => number): Prepare {
  return (op, state) => {
    const from = argLanes(op, state, 0)[name];
    return () => {
      const left = from.slice();
      for (let half = left.length / 2; half >= 1; half /= 2) {
        for (let i = 0; i < half; i++) left[i] = combine(left[i], left[i + half]);
      }
      state.numbers[op.result!.id] = left[0];
    };
  };
}

const add = (a: number, b: number) => a + b;
const sub = (a: number, b: number) => a - b;
const max = (a: number, b: number) => (a > b ? a : b);
const min = (a: number, b: number) => (a < b ? a : b);

export const vectorMeanings = {
  const_x: constant,
  splat_f32: splat('f32'),
  splat_i32: splat('i32'),
  splat_i16: splat('i16'),
  splat_i8: splat('i8'),
  as_i8x: same,
  as_i16x: same,
  as_i32x: same,
  as_f32x: same,
  and: lanewise('i32', (a, b) => a & b),
  or: lanewise('i32', (a, b) => a | b),
  xor: lanewise('i32', (a, b) => a ^ b),
  andn: lanewise('i32', (a, b) => ~a & b),

  add_f32x: lanewise('f32', add),
  sub_f32x: lanewise('f32', sub),
  mul_f32x: lanewise('f32', (a, b) => a * b),
  div_f32x: lanewise('f32', (a, b) => a / b),
  max_f32x: lanewise('f32', max),
  min_f32x: lanewise('f32', min),
  sqrt_f32x: lanewise('f32', Math.sqrt),
  fma_f32x: lanewise('f32', (a, b, c) => a * b + c),
  fnma_f32x: lanewise('f32', (a, b, c) => c - a * b),
  to_i32x: toI32x,
  to_f32x: toF32x,
  select_lt: lanewise('f32', (a, b, c, d) => (a < b ? c : d)),

  add_i32x: lanewise('i32', add),
  sub_i32x: lanewise('i32', sub),
  mul_i32x: lanewise('i32', Math.imul),
  max_i32x: lanewise('i32', max),
  min_i32x: lanewise('i32', min),
  shl_i32x: shift('i32', (a, count) => a << count),
  shr_i32x: shift('i32', (a, count) => a >>> count),
  sar_i32x: shift('i32', (a, count) => a >> count),
  add_i16x: lanewise('i16', add),
  sub_i16x: lanewise('i16', sub),
  mul_i16x: lanewise('i16', Math.imul),
  shl_i16x: shift('i16', (a, count) => a << count),
  shr_i16x: shift('i16', (a, count) => (a & 0xffff) >>> count),
  sar_i16x: shift('i16', (a, count) => a >> count),
  add_i8x: lanewise('i8', add),
  sub_i8x: lanewise('i8', sub),

  lookup16,
  dot2: dot('i16', 'i16'),
  dot4,
  dot4s: dot('i8', 'i8', (a) => a === -128),
  reduce_add_f32x: reduce('f32', add),
  reduce_max_f32x: reduce('f32', max),
  reduce_add_i32x: reduce('i32', add),
} satisfies Meanings;
