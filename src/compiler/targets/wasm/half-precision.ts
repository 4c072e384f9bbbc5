/**
 * f16 ↔ f32 by whole-number arithmetic on four lanes, exact in every case: WebAssembly has no
 * instruction for it yet. Subnormal numbers go through a sum rather than a product: a product of
 * them costs some processors a hundred cycles.
 */
import type { Selection } from './selection.ts';

const [firstNormal, infinity, quietNaN] = [0x0400, 0x7c00, 0x0200];
/** Between the two formats' exponents, in an f32's place for it. */
const rebias = (127 - 15) << 23;
/** As an f32, whose last bit is worth as much as a subnormal f16's. */
const half = 0x3f000000;

/** i32x4, each an f16's bits → f32x4. */
export function widenHalf(s: Selection): void {
  const { f } = s;
  const [bits, size] = [s.temp(0), s.temp(1)];
  f['local.tee'](bits);
  s.splat32(0x7fff);
  f['v128.and']();
  f['local.set'](size);

  // A subnormal is a sum of 0.5 and itself, less the 0.5.
  f['local.get'](size);
  s.splat32(half);
  f['v128.or']();
  s.splat32(half);
  f['f32x4.sub']();
  // Anything else is itself with another bias; infinities and NaN need it twice.
  f['local.get'](size);
  f['i32.const'](13);
  f['i32x4.shl']();
  s.splat32(rebias);
  f['i32x4.add']();
  f['local.get'](size);
  s.splat32(infinity - 1);
  f['i32x4.gt_s']();
  s.splat32(rebias);
  f['v128.and']();
  f['i32x4.add']();
  f['local.get'](size);
  s.splat32(firstNormal);
  f['i32x4.lt_s']();
  selectLanes(s);

  f['local.get'](bits);
  f['local.get'](size);
  f['v128.xor'](); // the sign alone
  f['i32.const'](16);
  f['i32x4.shl']();
  f['v128.or']();
}

/** f32x4 → i32x4, each an f16's bits; to the nearest, ties to even. */
export function narrowToHalf(s: Selection): void {
  const { f } = s;
  const [bits, size] = [s.temp(0), s.temp(1)];
  f['local.tee'](bits);
  s.splat32(0x7fffffff);
  f['v128.and']();
  f['local.set'](size);

  // Below the smallest normal f16, adding 0.5 rounds at the right bit.
  f['local.get'](size);
  s.splat32(half);
  f['f32x4.add']();
  s.splat32(half);
  f['i32x4.sub']();
  // Else rounded in place: half a last bit less one, one more where the last bit kept is 1.
  // 65536 and all above it, infinity too, become infinity.
  f['local.get'](size);
  s.splat32((127 + 16) << 23);
  f['i32x4.min_s']();
  s.splat32(0xfff - rebias);
  f['i32x4.add']();
  f['local.get'](size);
  f['i32.const'](13);
  f['i32x4.shr_u']();
  s.splat32(1);
  f['v128.and']();
  f['i32x4.add']();
  f['i32.const'](13);
  f['i32x4.shr_u']();
  f['local.get'](size);
  s.splat32((127 - 14) << 23);
  f['i32x4.lt_s']();
  selectLanes(s);

  f['local.get'](size);
  s.splat32(0x7f800000);
  f['i32x4.gt_s']();
  s.splat32(quietNaN);
  f['v128.and']();
  f['v128.or']();
  f['local.get'](bits);
  f['local.get'](size);
  f['v128.xor'](); // the sign alone
  f['i32.const'](16);
  f['i32x4.shr_u']();
  f['v128.or']();
}

/** (a, b, mask of whole lanes) → a where the mask is set, else b. */
export function selectLanes({ f, features }: Selection): void {
  if (features.relaxedSimd) f['i32x4.relaxed_laneselect']();
  else f['v128.bitselect']();
}
