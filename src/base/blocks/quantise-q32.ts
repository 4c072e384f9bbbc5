/**
 * f32 → Q8_0 and Q4_0, bit for bit as ggml's reference does it (in f32 arithmetic): the scale puts
 * the largest magnitude on the last code, and is not searched for.
 */
import { putF16 } from './field.ts';

const fround = Math.fround;

/** Values must be finite, 32 to a block. */
export function encodeQ8_0(values: Float32Array, bytes: Uint8Array, at: number) {
  for (let i = 0; i < values.length; i += 32, at += 34) {
    let largest = 0;
    for (let j = 0; j < 32; j++) largest = Math.max(largest, Math.abs(values[i + j]!));
    const d = fround(largest / 127);
    const inverse = inverseOf(d);
    putF16(bytes, at, d);
    for (let j = 0; j < 32; j++) bytes[at + 2 + j] = roundAway(fround(values[i + j]! * inverse));
  }
}

/** The value of largest magnitude, sign included, becomes code 0: −8·d. */
export function encodeQ4_0(values: Float32Array, bytes: Uint8Array, at: number) {
  for (let i = 0; i < values.length; i += 32, at += 18) {
    let extreme = 0;
    for (let j = 0; j < 32; j++) {
      if (Math.abs(values[i + j]!) > Math.abs(extreme)) extreme = values[i + j]!;
    }
    const d = fround(extreme / -8);
    const inverse = inverseOf(d);
    const code = (value: number) => Math.min(15, Math.trunc(fround(fround(value * inverse) + 8.5)));
    putF16(bytes, at, d);
    for (let j = 0; j < 16; j++) {
      bytes[at + 2 + j] = code(values[i + j]!) | (code(values[i + j + 16]!) << 4);
    }
  }
}

/** 0 for a block of zeros, and for one so small that f32 has no inverse. */
function inverseOf(d: number): number {
  const inverse = d === 0 ? 0 : fround(1 / d);
  return Number.isFinite(inverse) ? inverse : 0;
}

function roundAway(value: number): number {
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
}
