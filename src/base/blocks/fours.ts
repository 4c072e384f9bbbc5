/**
 * Nibbles that index a table of 16 values: IQ4_NL and IQ4_XS (a fitted table), MXFP4 (the e2m1
 * floats of the OCP microscaling specification). Nibbles lie as in Q4_0.
 */
import { f16At, u16At } from './field.ts';

export const iq4Levels = Int8Array.of(
  -127,
  -104,
  -83,
  -65,
  -49,
  -35,
  -22,
  -10,
  1,
  13,
  25,
  38,
  53,
  69,
  89,
  113,
);

export const e2m1Levels = Float32Array.of(
  0,
  0.5,
  1,
  1.5,
  2,
  3,
  4,
  6,
  0,
  -0.5,
  -1,
  -1.5,
  -2,
  -3,
  -4,
  -6,
);

/** f16 d, qs[16]: d·level. */
export function decodeIq4Nl(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  for (let o = 0; o < elements; o += 32, at += 18) {
    decode32(bytes, at + 2, f16At(bytes, at), iq4Levels, out, o);
  }
}

/** f16 d, u16 high scale bits, scales_l[4], qs[128]: d·(sc − 32)·level, 32 values per scale. */
export function decodeIq4Xs(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  for (let o = 0; o < elements; o += 256, at += 136) {
    const d = f16At(bytes, at);
    const highBits = u16At(bytes, at + 2);
    for (let j = 0; j < 8; j++) {
      const low = (bytes[at + 4 + (j >> 1)]! >> (4 * (j & 1))) & 15;
      const scale = low | (((highBits >> (2 * j)) & 3) << 4);
      decode32(bytes, at + 8 + 16 * j, d * (scale - 32), iq4Levels, out, o + 32 * j);
    }
  }
}

/**
 * e8m0 scale, qs[16]: 2^(e − 127)·level. The scale 255, NaN by the specification, is 2^128 here:
 * no quantiser writes it, and ggml reads it so.
 */
export function decodeMxfp4(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  for (let o = 0; o < elements; o += 32, at += 17) {
    decode32(bytes, at + 1, 2 ** (bytes[at]! - 127), e2m1Levels, out, o);
  }
}

function decode32(
  bytes: Uint8Array,
  at: number,
  scale: number,
  levels: Int8Array | Float32Array,
  out: Float32Array,
  o: number,
) {
  for (let j = 0; j < 16; j++) {
    const q = bytes[at + j]!;
    out[o + j] = scale * levels[q & 15]!;
    out[o + j + 16] = scale * levels[q >> 4]!;
  }
}
