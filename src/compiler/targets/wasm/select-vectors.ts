/**
 * Operations on vectors, 16 bytes each. Relaxed instructions are taken where the runtime has them
 * and the operation promises operands on which they have one answer (and for the product-sum,
 * whose roundings are the target's own).
 */

import { selectLanes } from './half-precision.ts';
import { dot4, dot4s } from './select-dots.ts';
import { plain, plainBackwards, type Select, shift } from './select-numbers.ts';
import type { PlainInstruction } from './selection.ts';

const constant: Select = (s, { bytes = new Uint8Array(1) }) =>
  s.constant(Uint8Array.from({ length: 16 }, (_, i) => bytes[i % bytes.length]));

/** c + a · b, or c - a · b. */
function multiplyAdd(
  relaxed: 'f32x4.relaxed_madd' | 'f32x4.relaxed_nmadd',
  plainly: 'f32x4.add' | 'f32x4.sub',
): Select {
  return (s, { args: [a, b, c] }) => {
    if (!s.features.relaxedSimd) s.push(c);
    s.push(a);
    s.push(b);
    if (s.features.relaxedSimd) {
      s.push(c);
      s.f[relaxed]();
    } else {
      s.f['f32x4.mul']();
      s.f[plainly]();
    }
  };
}

/** Halves onto each other, then quarters. */
function reduce(
  combine: PlainInstruction,
  extractLane: 'f32x4.extract_lane' | 'i32x4.extract_lane',
): Select {
  return (s, { args }) => {
    const { f } = s;
    const vector = s.temp(0);
    s.push(args[0]);
    for (const distance of [8, 4]) {
      f['local.set'](vector);
      f['local.get'](vector);
      f['local.get'](vector);
      f['i8x16.shuffle'](Array.from({ length: 16 }, (_, i) => (i + distance) % 16));
      f['local.get'](vector);
      f[combine]();
    }
    f[extractLane](0);
  };
}

export const vectors: Readonly<Record<string, Select>> = {
  const_x: constant,
  splat_f32: plain('f32x4.splat'),
  splat_i32: plain('i32x4.splat'),
  splat_i16: plain('i16x8.splat'),
  splat_i8: plain('i8x16.splat'),
  as_i8x: (s, { args }) => s.push(args[0]),
  as_i16x: (s, { args }) => s.push(args[0]),
  as_i32x: (s, { args }) => s.push(args[0]),
  as_f32x: (s, { args }) => s.push(args[0]),
  and: plain('v128.and'),
  or: plain('v128.or'),
  xor: plain('v128.xor'),
  andn: plainBackwards('v128.andnot'),

  add_f32x: plain('f32x4.add'),
  sub_f32x: plain('f32x4.sub'),
  mul_f32x: plain('f32x4.mul'),
  div_f32x: plain('f32x4.div'),
  max_f32x: plainBackwards('f32x4.pmax'), // pmax(b, a) is a > b ? a : b, one instruction on x64
  min_f32x: plainBackwards('f32x4.pmin'),
  sqrt_f32x: plain('f32x4.sqrt'),
  fma_f32x: multiplyAdd('f32x4.relaxed_madd', 'f32x4.add'),
  fnma_f32x: multiplyAdd('f32x4.relaxed_nmadd', 'f32x4.sub'),
  to_i32x: (s, { args }) => {
    s.push(args[0]);
    s.f['f32x4.nearest']();
    s.f['i32x4.trunc_sat_f32x4_s']();
  },
  to_f32x: plain('f32x4.convert_i32x4_s'),
  select_lt: (s, { args: [a, b, c, d] }) => {
    for (const arg of [c, d, a, b]) s.push(arg);
    s.f['f32x4.lt']();
    selectLanes(s);
  },

  add_i32x: plain('i32x4.add'),
  sub_i32x: plain('i32x4.sub'),
  mul_i32x: plain('i32x4.mul'),
  max_i32x: plain('i32x4.max_s'),
  min_i32x: plain('i32x4.min_s'),
  shl_i32x: shift('i32x4.shl'),
  shr_i32x: shift('i32x4.shr_u'),
  sar_i32x: shift('i32x4.shr_s'),
  add_i16x: plain('i16x8.add'),
  sub_i16x: plain('i16x8.sub'),
  mul_i16x: plain('i16x8.mul'),
  shl_i16x: shift('i16x8.shl'),
  shr_i16x: shift('i16x8.shr_u'),
  sar_i16x: shift('i16x8.shr_s'),
  add_i8x: plain('i8x16.add'),
  sub_i8x: plain('i8x16.sub'),
  lookup16: (s, { args: [table, index] }) => {
    s.push(table);
    s.push(index);
    s.f[s.features.relaxedSimd ? 'i8x16.relaxed_swizzle' : 'i8x16.swizzle']();
  },

  dot2: (s, { args: [acc, a, b] }) => {
    s.push(acc);
    s.push(a);
    s.push(b);
    s.f['i32x4.dot_i16x8_s']();
    s.f['i32x4.add']();
  },
  dot4,
  dot4s,

  reduce_add_f32x: reduce('f32x4.add', 'f32x4.extract_lane'),
  reduce_max_f32x: reduce('f32x4.pmax', 'f32x4.extract_lane'),
  reduce_add_i32x: reduce('i32x4.add', 'i32x4.extract_lane'),
};
