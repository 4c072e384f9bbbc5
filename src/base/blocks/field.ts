/** Reading and writing the little-endian fields of a block at any byte offset. */
import { f16Table, f32ToF16 } from '../half.ts';

export function u16At(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

/** As an int32: only its bits matter to the callers. */
export function bits32At(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

export function i8At(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) >> 24;
}

export function f16At(bytes: Uint8Array, at: number): number {
  return f16Table[bytes[at]! | (bytes[at + 1]! << 8)]!;
}

/** Stores the value as f16 and returns what was stored. */
export function putF16(bytes: Uint8Array, at: number, value: number): number {
  const bits = f32ToF16(value);
  bytes[at] = bits;
  bytes[at + 1] = bits >> 8;
  return f16Table[bits]!;
}
