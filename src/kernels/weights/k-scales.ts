/**
 * The twelve bytes in which Q4_K and Q5_K keep eight 6-bit scales and eight 6-bit mins, and
 * Q3_K its sixteen 6-bit scales: taken apart into a byte each.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';

/** `from`: the twelve bytes. */
export function scaleAndMin(k: Builder, from: Value, offsetBytes: number, sub: number) {
  const byte = (i: number) => k.loadU8(at(from, offsetBytes + i));
  if (sub < 4) return { scale: k.and(byte(sub), 63), min: k.and(byte(sub + 4), 63) };
  const low = byte(sub + 4);
  const high = (i: number) => k.shl(k.shr(byte(i), 6), 4);
  return { scale: k.or(k.and(low, 15), high(sub - 4)), min: k.or(k.shr(low, 4), high(sub)) };
}

/** Q3_K's scale `sub` of 16, with its 32 taken off: low nibbles, then two bits of bytes 8 to 11. */
export function q3Scale(k: Builder, from: Value, offsetBytes: number, sub: number): Value {
  const byte = (i: number) => k.loadU8(at(from, offsetBytes + i));
  const low = sub < 8 ? k.and(byte(sub), 15) : k.shr(byte(sub - 8), 4);
  const high = k.and(k.shr(byte(8 + (sub & 3)), 2 * (sub >> 2)), 3);
  return k.sub(k.or(low, k.shl(high, 4)), 32);
}
