/**
 * For every operation of the IR, how a random routine comes by one: operands that targets agree
 * on, and what is then known of the result. Undefined where nothing suits at this place.
 */
import type { OpName } from '../../src/compiler/ir/ops-table.ts';
import type { VectorType } from '../../src/compiler/ir/types.ts';
import type { Known, MaybeKnown } from './known-range.ts';
import * as known from './known-range.ts';
import {
  f32Bits,
  integerTypes,
  maskedBits,
  mediumInt,
  tiles,
  withBits,
} from './random-op-parts.ts';
import {
  anyByte,
  anyInt,
  anyLane,
  type Entry,
  leastInt,
  mostInt,
  multiples16,
  type RandomValues,
  type RegionKind,
} from './random-values.ts';

export type Made = Entry | 'stored' | undefined;
export type Maker = (g: RandomValues) => Made;

const { isBitExact, isExact, isPositive, magnitude, range } = known;
const integers: readonly RegionKind[] = ['bytes', 'ints', 'scratch'];
const written: readonly RegionKind[] = ['ints', 'scratch'];

// Numbers.

function intPair(name: OpName, bound: number, of: (a: Known, b: Known) => Known): Maker {
  return (g) => {
    const high = Math.min(bound, mostInt); // an int may be 32 bits
    const [a, b] = [g.int(-bound, high), g.int(-bound, high)];
    return a && b && { value: g.k.op(name, [a.value, b.value]), known: of(a.known, b.known) };
  };
}
function intShift(name: OpName, lo: number, hi: number, counts: number): Maker {
  return (g) => {
    const a = g.int(lo, hi);
    if (a === undefined) return undefined;
    const imm = g.below(counts);
    const shifted = (x: number) => Math.floor(x * 2 ** (name === 'shl_int' ? imm : -imm));
    const value = g.k.op(name, [a.value], { imm });
    return { value, known: range(shifted(a.known.lo), shifted(a.known.hi)) };
  };
}
const up = 2 ** 30;

/** f32 and f32x alike: `arity` operands, refused where `of` says undefined. */
function floats(name: OpName, arity: number, of: (...all: Known[]) => MaybeKnown): Maker {
  const type = name.endsWith('x') ? 'f32x' : 'f32';
  return (g) => {
    for (let attempt = 0; attempt < 4; attempt++) {
      const args = Array.from({ length: arity }, () => g.f32(type)!);
      const result = of(...args.map((arg) => arg.known));
      if (result === undefined) continue;
      const value = g.k.op(
        name,
        args.map((arg) => arg.value),
      );
      return { value, known: result };
    }
    return undefined;
  };
}
const fma = (a: Known, b: Known, c: Known) => known.fused(a, b, c, 1);
const fnma = (a: Known, b: Known, c: Known) => known.fused(a, b, c, -1);
const least = (a: Known, b: Known) => {
  const one = known.oneOf(a, b);
  return one && { ...one, hi: Math.min(a.hi, b.hi) };
};
const most = (a: Known, b: Known) => {
  const one = known.oneOf(a, b);
  return one && { ...one, lo: Math.max(a.lo, b.lo) };
};

// Memory.

function load(name: OpName, kinds: readonly RegionKind[], bytes: number, result: Known): Maker {
  return (g) => {
    const align = kinds[0] === 'bytes' ? 1 : bytes;
    return { value: g.k.op(name, [], { address: g.address(kinds, bytes, align) }), known: result };
  };
}
function loadPart(name: OpName, part: number, result = anyLane, kinds = integers): Maker {
  return (g) => {
    const align = kinds === integers ? 1 : 2;
    const address = g.address(kinds, g.traits.vectorBytes / part, align);
    return { value: g.k.op(name, [], { address }), known: result };
  };
}
function loadVector(name: OpName, bytes: number | undefined, types: readonly VectorType[]): Maker {
  return (g) => {
    const type = g.pick(types);
    const size = bytes ?? g.traits.vectorBytes;
    const kind = g.pick(['f32', 'positive'] as const);
    const address = type === 'f32x' ? g.address([kind], size, 4) : g.address(integers, size);
    const floatsKnown = kind === 'f32' ? multiples16 : range(0.5, 2, 24);
    const otherKnown = type === 'i8x' ? anyByte : anyLane;
    const value = g.k.op(name, [], { type, address });
    return { value, known: type === 'f32x' ? floatsKnown : otherKnown };
  };
}
function storeInt(name: OpName, bytes: number): Maker {
  return (g) => {
    g.k.op(name, [g.int()!.value], { address: g.address(written, bytes) });
    return 'stored';
  };
}
const isF16 = (a: Known) => isBitExact(a) && magnitude(a) < 60000;

// Vectors.

function lanes(name: OpName, type: VectorType, arity: number): Maker {
  return (g) => {
    const args = Array.from({ length: arity }, () => g.vector(type).value);
    return { value: g.k.op(name, args), known: type === 'i8x' ? anyByte : anyLane };
  };
}
function laneShift(name: OpName, type: VectorType, counts: number): Maker {
  return (g) => {
    const value = g.k.op(name, [g.vector(type).value], { imm: g.below(counts) });
    return { value, known: anyLane };
  };
}
/** Bytes: a sum that stays in range keeps it. */
function bytePair(name: OpName, sign: 1 | -1): Maker {
  return (g) => {
    const [a, b] = [g.vector('i8x'), g.vector('i8x')];
    const lo = a.known.lo + (sign === 1 ? b.known.lo : -b.known.hi);
    const hi = a.known.hi + (sign === 1 ? b.known.hi : -b.known.lo);
    const result = lo >= -128 && hi <= 127 ? range(lo, hi) : anyByte;
    return { value: g.k.op(name, [a.value, b.value]), known: result };
  };
}
function as(name: OpName): Maker {
  return (g) => {
    const type = g.pick([...integerTypes, 'f32x'] as const);
    const from = type === 'f32x' ? g.f32('f32x', isBitExact) : g.vector(type);
    const result = name === 'as_i8x' ? anyByte : anyLane;
    return from && { value: g.k.op(name, [from.value]), known: result };
  };
}
function dot(name: OpName, type: VectorType, least: number, most: number): Maker {
  return (g) => {
    const a = g.vector(type, least, most);
    const acc = g.vector('i32x').value;
    return { value: g.k.op(name, [acc, a.value, g.vector(type).value]), known: anyLane };
  };
}

export const makers: Readonly<Record<OpName, Maker>> = {
  const_int: (g) => {
    const imm = g.chance(0.8) ? g.between(-100, 1000) : g.between(leastInt, mostInt);
    return { value: g.k.int(imm), known: range(imm, imm) };
  },
  const_f32: (g) => {
    const imm = g.between(-128, 128) / 16;
    return { value: g.k.f32(imm), known: range(imm, imm, 4) };
  },
  param_int: (g) => ({ value: g.k.param(3 + g.below(2)), known: range(-64, 64) }),
  param_f32: (g) => ({ value: g.k.paramF32(5), known: multiples16 }),
  add_int: intPair('add_int', up / 2, (a, b) => range(a.lo + b.lo, a.hi + b.hi)),
  sub_int: intPair('sub_int', up / 2, (a, b) => range(a.lo - b.hi, a.hi - b.lo)),
  mul_int: intPair('mul_int', 30000, (a, b) => {
    const all = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi];
    return range(Math.min(...all), Math.max(...all));
  }),
  and_int: intPair('and_int', 2 ** 31, (a, b) => {
    const limits = [a, b].filter(({ lo }) => lo >= 0).map(({ hi }) => hi);
    return limits.length > 0 ? range(0, Math.min(...limits)) : anyInt;
  }),
  or_int: intPair('or_int', 2 ** 31, withBits),
  xor_int: intPair('xor_int', 2 ** 31, withBits),
  min_int: intPair('min_int', 2 ** 31, (a, b) => range(Math.min(a.lo, b.lo), Math.min(a.hi, b.hi))),
  max_int: intPair('max_int', 2 ** 31, (a, b) => range(Math.max(a.lo, b.lo), Math.max(a.hi, b.hi))),
  shl_int: intShift('shl_int', -mediumInt, mediumInt, 12),
  shr_int: intShift('shr_int', 0, mostInt, 32),
  sar_int: intShift('sar_int', leastInt, mostInt, 32),
  add_f32: floats('add_f32', 2, known.sum),
  sub_f32: floats('sub_f32', 2, known.difference),
  mul_f32: floats('mul_f32', 2, known.product),
  div_f32: floats('div_f32', 2, known.quotient),
  max_f32: floats('max_f32', 2, most),
  min_f32: floats('min_f32', 2, least),
  sqrt_f32: floats('sqrt_f32', 1, known.root),
  fma_f32: floats('fma_f32', 3, fma),
  int_to_f32: (g) => {
    const a = g.int()!;
    const [lo, hi] = [Math.fround(a.known.lo), Math.fround(a.known.hi)];
    return { value: g.k.op('int_to_f32', [a.value]), known: range(lo, hi) };
  },
  f32_to_int: (g) => {
    const a = g.f32('f32', (x) => isExact(x) && magnitude(x) <= up);
    if (a === undefined) return undefined;
    const result = range(Math.floor(a.known.lo), Math.ceil(a.known.hi));
    return { value: g.k.op('f32_to_int', [a.value]), known: result };
  },
  f32_of_bits: (g) => f32Bits(g),
  bits_of_f32: (g) => {
    const a = g.f32('f32', isBitExact);
    return a && { value: g.k.op('bits_of_f32', [a.value]), known: anyInt };
  },
  copy: (g) => {
    const types = ['int', 'f32', 'i8x', 'i16x', 'i32x', 'f32x'] as const;
    const a = g.find(g.pick(types));
    return a && { value: g.k.op('copy', [a.value]), known: a.known };
  },

  load_u8: load('load_u8', integers, 1, range(0, 255)),
  load_i8: load('load_i8', integers, 1, anyByte),
  load_u16: load('load_u16', integers, 2, range(0, 65535)),
  load_i16: load('load_i16', integers, 2, range(-32768, 32767)),
  load_i32: load('load_i32', integers, 4, anyInt),
  load_int: load('load_int', ['table'], 8, range(-1000, 1000)),
  load_f32: load('load_f32', ['f32'], 4, multiples16),
  load_f16: load('load_f16', ['f16'], 2, multiples16),
  store_i8: storeInt('store_i8', 1),
  store_i16: storeInt('store_i16', 2),
  store_i32: storeInt('store_i32', 4),
  store_f32: (g) => {
    g.k.op('store_f32', [g.f32('f32')!.value], { address: g.address(['floats'], 4, 4) });
    return 'stored';
  },
  store_f16: (g) => {
    const a = g.f32('f32', isF16);
    if (a) g.k.op('store_f16', [a.value], { address: g.address(written, 2) });
    return a && 'stored';
  },
  load: loadVector('load', undefined, [...integerTypes, 'f32x']),
  store: (g) => {
    const type = g.pick([...integerTypes, 'f32x'] as const);
    const size = g.traits.vectorBytes;
    const a = type === 'f32x' ? g.f32('f32x')! : g.vector(type);
    const isFloat = type === 'f32x' && (!isBitExact(a.known) || g.chance(0.8));
    const address = isFloat ? g.address(['floats'], size, 4) : g.address(written, size);
    g.k.op('store', [a.value], { address });
    return 'stored';
  },
  load_splat16: loadVector('load_splat16', 2, ['i16x']),
  load_splat32: loadVector('load_splat32', 4, ['i32x', 'f32x']),
  load_splat128: loadVector('load_splat128', 16, [...integerTypes, 'f32x']),
  load_u8_i32x: loadPart('load_u8_i32x', 4),
  load_i8_i32x: loadPart('load_i8_i32x', 4),
  load_i16_i32x: loadPart('load_i16_i32x', 2),
  load_u8_i16x: loadPart('load_u8_i16x', 2),
  load_i8_i16x: loadPart('load_i8_i16x', 2),
  load_f16_f32x: loadPart('load_f16_f32x', 2, multiples16, ['f16']),
  load_bf16_f32x: loadPart('load_bf16_f32x', 2, multiples16, ['bf16']),
  store_i32x_i8: (g) => {
    const address = g.address(written, g.traits.vectorBytes / 4);
    g.k.op('store_i32x_i8', [g.vector('i32x').value], { address });
    return 'stored';
  },
  store_f32x_f16: (g) => {
    const a = g.f32('f32x', isF16);
    const address = g.address(written, g.traits.vectorBytes / 2);
    if (a) g.k.op('store_f32x_f16', [a.value], { address });
    return a && 'stored';
  },
  prefetch: (g) => {
    g.k.prefetch(g.address(integers, 1));
    return 'stored';
  },

  const_x: (g) => {
    const type = g.pick(integerTypes);
    const bytes = Uint8Array.from({ length: g.pick([2, 4, 16]) }, () => g.below(256));
    return { value: g.k.constant128(type, bytes), known: type === 'i8x' ? anyByte : anyLane };
  },
  splat_f32: (g) => {
    const a = g.f32('f32')!;
    return { value: g.k.op('splat_f32', [a.value]), known: a.known };
  },
  splat_i32: (g) => ({ value: g.k.op('splat_i32', [g.int()!.value]), known: anyLane }),
  splat_i16: (g) => ({ value: g.k.op('splat_i16', [g.int()!.value]), known: anyLane }),
  splat_i8: (g) => ({ value: g.k.op('splat_i8', [g.int()!.value]), known: anyByte }),
  as_i8x: as('as_i8x'),
  as_i16x: as('as_i16x'),
  as_i32x: as('as_i32x'),
  as_f32x: (g) => maskedBits(g, 'as_f32x'),
  and: (g) => maskedBits(g, 'and'),
  or: (g) => maskedBits(g, 'or'),
  xor: (g) => maskedBits(g, 'xor'),
  andn: (g) => maskedBits(g, 'andn'),
  add_f32x: floats('add_f32x', 2, known.sum),
  sub_f32x: floats('sub_f32x', 2, known.difference),
  mul_f32x: floats('mul_f32x', 2, known.product),
  div_f32x: floats('div_f32x', 2, known.quotient),
  max_f32x: floats('max_f32x', 2, most),
  min_f32x: floats('min_f32x', 2, least),
  sqrt_f32x: floats('sqrt_f32x', 1, known.root),
  fma_f32x: floats('fma_f32x', 3, fma),
  fnma_f32x: floats('fnma_f32x', 3, fnma),
  to_i32x: (g) => {
    const a = g.f32('f32x', (x) => isExact(x) && magnitude(x) <= up);
    return a && { value: g.k.op('to_i32x', [a.value]), known: anyLane };
  },
  to_f32x: (g) => {
    const value = g.k.op('to_f32x', [g.vector('i32x').value]);
    return { value, known: range(leastInt, 2 ** 31) };
  },
  select_lt: (g) => {
    const [a, b] = [g.f32('f32x', isExact), g.f32('f32x', isExact)];
    const [c, d] = [g.f32('f32x')!, g.f32('f32x')!];
    const one = known.oneOf(c.known, d.known);
    if (a === undefined || b === undefined || one === undefined) return undefined;
    const args = [a, b, c, d].map((arg) => arg.value);
    return { value: g.k.op('select_lt', args), known: one };
  },
  add_i32x: lanes('add_i32x', 'i32x', 2),
  sub_i32x: lanes('sub_i32x', 'i32x', 2),
  mul_i32x: lanes('mul_i32x', 'i32x', 2),
  max_i32x: lanes('max_i32x', 'i32x', 2),
  min_i32x: lanes('min_i32x', 'i32x', 2),
  shl_i32x: laneShift('shl_i32x', 'i32x', 32),
  shr_i32x: laneShift('shr_i32x', 'i32x', 32),
  sar_i32x: laneShift('sar_i32x', 'i32x', 32),
  add_i16x: lanes('add_i16x', 'i16x', 2),
  sub_i16x: lanes('sub_i16x', 'i16x', 2),
  mul_i16x: lanes('mul_i16x', 'i16x', 2),
  shl_i16x: laneShift('shl_i16x', 'i16x', 16),
  shr_i16x: laneShift('shr_i16x', 'i16x', 16),
  sar_i16x: laneShift('sar_i16x', 'i16x', 16),
  add_i8x: bytePair('add_i8x', 1),
  sub_i8x: bytePair('sub_i8x', -1),
  lookup16: (g) => {
    const [table, index] = [g.vector('i8x'), g.vector('i8x', 0, 15)];
    return { value: g.k.op('lookup16', [table.value, index.value]), known: table.known };
  },
  dot2: dot('dot2', 'i16x', -128, 127),
  dot4: (g) => dot('dot4', 'i8x', g.traits.dot4TakesU8 ? -128 : 0, 127)(g),
  dot4s: dot('dot4s', 'i8x', -127, 127),
  reduce_add_f32x: (g) => {
    const a = g.f32('f32x')!;
    const result = known.sumOfLanes(a.known, g.traits.vectorBytes / 4);
    return result && { value: g.k.op('reduce_add_f32x', [a.value]), known: result };
  },
  reduce_max_f32x: (g) => {
    const a = g.f32('f32x')!;
    const hasAnyZero = a.known.hasAnyZero || !(isPositive(a.known) || a.known.hi < 0);
    return { value: g.k.op('reduce_max_f32x', [a.value]), known: { ...a.known, hasAnyZero } };
  },
  reduce_add_i32x: (g) => ({
    value: g.k.op('reduce_add_i32x', [g.vector('i32x').value]),
    known: anyInt,
  }),

  tile_zero: tiles,
  tile_load: tiles,
  tile_load_a: tiles,
  tile_load_b: tiles,
  tile_store: tiles,
  tile_dot_bf16: tiles,
  tile_dot_i8: tiles,
};
