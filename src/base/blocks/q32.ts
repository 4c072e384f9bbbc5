/**
 * The formats of 32 values with one scale: Q4_0, Q4_1, Q5_0, Q5_1, Q8_0. Byte j of `qs` holds
 * value j in its low nibble and value j + 16 in its high one; bit j of `qh` is value j's fifth bit.
 */
import { bits32At, f16At, i8At } from './field.ts';

/** f16 d, qs[16]: d·(q − 8). */
export function decodeQ4_0(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  for (let o = 0; o < elements; o += 32, at += 18) {
    const d = f16At(bytes, at);
    for (let j = 0; j < 16; j++) {
      const q = bytes[at + 2 + j]!;
      out[o + j] = d * ((q & 15) - 8);
      out[o + j + 16] = d * ((q >> 4) - 8);
    }
  }
}

/** f16 d, f16 m, qs[16]: d·q + m. */
export function decodeQ4_1(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  for (let o = 0; o < elements; o += 32, at += 20) {
    const d = f16At(bytes, at);
    const m = f16At(bytes, at + 2);
    for (let j = 0; j < 16; j++) {
      const q = bytes[at + 4 + j]!;
      out[o + j] = d * (q & 15) + m;
      out[o + j + 16] = d * (q >> 4) + m;
    }
  }
}

/** f16 d, u32 qh, qs[16]: d·(q − 16). */
export function decodeQ5_0(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  for (let o = 0; o < elements; o += 32, at += 22) {
    const d = f16At(bytes, at);
    const qh = bits32At(bytes, at + 2);
    for (let j = 0; j < 16; j++) {
      const q = bytes[at + 6 + j]!;
      out[o + j] = d * (((q & 15) | (((qh >>> j) & 1) << 4)) - 16);
      out[o + j + 16] = d * (((q >> 4) | (((qh >>> (j + 16)) & 1) << 4)) - 16);
    }
  }
}

/** f16 d, f16 m, u32 qh, qs[16]: d·q + m. */
export function decodeQ5_1(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  for (let o = 0; o < elements; o += 32, at += 24) {
    const d = f16At(bytes, at);
    const m = f16At(bytes, at + 2);
    const qh = bits32At(bytes, at + 4);
    for (let j = 0; j < 16; j++) {
      const q = bytes[at + 8 + j]!;
      out[o + j] = d * ((q & 15) | (((qh >>> j) & 1) << 4)) + m;
      out[o + j + 16] = d * ((q >> 4) | (((qh >>> (j + 16)) & 1) << 4)) + m;
    }
  }
}

/** f16 d, i8 q[32]: d·q. */
export function decodeQ8_0(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  for (let o = 0; o < elements; o += 32, at += 34) {
    const d = f16At(bytes, at);
    for (let j = 0; j < 32; j++) out[o + j] = d * i8At(bytes, at + 2 + j);
  }
}
