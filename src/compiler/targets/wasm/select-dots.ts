/**
 * Dot products of four bytes. The relaxed instruction multiplies signed bytes by bytes of 0…127,
 * for which it has one answer: no sum of two products leaves 16 bits. Where it was found to take
 * all of 0…255 (`dotTakesU8`), dot4 may be given those.
 */
import type { Simple } from '../../ir/types.ts';
import type { Select } from './select-numbers.ts';
import type { Selection } from './selection.ts';

export const dot4: Select = (s, op) => {
  if (!s.features.relaxedSimd) return dotByHalves(s, op, 'i16x8.shr_u');
  const [acc, a, b] = op.args;
  s.push(b);
  s.push(a);
  s.push(acc);
  s.f['i32x4.relaxed_dot_i8x16_i7x16_add_s']();
};

/**
 * With m = -1 where a is negative, else 0: a · b = |a| · (b ^ m) - |a| · m, as -b is ~b + 1; ~b is
 * a byte where -b might not be. The second product is of a alone, and kept off the sum's path.
 */
export const dot4s: Select = (s, op) => {
  if (!s.features.relaxedSimd) return dotByHalves(s, op, 'i16x8.shr_s');
  const { f } = s;
  const [acc, a, b] = op.args.map((arg) => s.local(arg));
  const [isNegative, size] = [s.temp(0), s.temp(1)];
  f['local.get'](a);
  s.splat32(0);
  f['i8x16.lt_s']();
  f['local.set'](isNegative);
  f['local.get'](a);
  f['i8x16.abs']();
  f['local.set'](size);

  f['local.get'](b);
  f['local.get'](isNegative);
  f['v128.xor']();
  f['local.get'](size);
  f['local.get'](acc);
  f['i32x4.relaxed_dot_i8x16_i7x16_add_s']();
  f['local.get'](isNegative);
  f['local.get'](size);
  s.splat32(0);
  f['i32x4.relaxed_dot_i8x16_i7x16_add_s']();
  f['i32x4.sub']();
};

/** Products of the odd bytes and of the even ones, as i16: both sums of two fall into their lane. */
function dotByHalves(
  s: Selection,
  { args }: Simple,
  shiftOfA: 'i16x8.shr_u' | 'i16x8.shr_s',
): void {
  const { f } = s;
  const [acc, a, b] = args.map((arg) => s.local(arg));
  f['local.get'](acc);
  for (const isOdd of [false, true]) {
    for (const [local, widen] of [[a, shiftOfA] as const, [b, 'i16x8.shr_s'] as const]) {
      f['local.get'](local);
      if (!isOdd) {
        f['i32.const'](8);
        f['i16x8.shl']();
      }
      f['i32.const'](8);
      f[widen]();
    }
    f['i32x4.dot_i16x8_s']();
    f['i32x4.add']();
  }
}
