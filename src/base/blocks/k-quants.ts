/**
 * The K formats: 256 values per block, scales of 16 or 32 values quantised themselves under one
 * f16. Every product below is exact in a double, so each value is rounded once, when stored.
 */
import { f16At, i8At } from './field.ts';

/** scales[16] (low nibble scale, high nibble min), qs[64], f16 d, f16 dmin: d·sc·q − dmin·m. */
export function decodeQ2_K(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  for (let o = 0; o < elements; o += 256, at += 84) {
    const d = f16At(bytes, at + 80);
    const dmin = f16At(bytes, at + 82);
    // Group g of 16: half g / 8 of the block, 2-bit plane (g / 2) % 4, bytes 0–15 or 16–31 of the half.
    for (let g = 0; g < 16; g++) {
      const scale = d * (bytes[at + g]! & 15);
      const min = dmin * (bytes[at + g]! >> 4);
      const qs = at + 16 + (g >> 3) * 32 + (g & 1) * 16;
      const shift = g & 6;
      for (let l = 0; l < 16; l++) {
        out[o + g * 16 + l] = scale * ((bytes[qs + l]! >> shift) & 3) - min;
      }
    }
  }
}

/** hmask[32], qs[64], scales[12] of 6 bits, f16 d: d·(sc − 32)·(q2 − (high bit ? 0 : 4)). */
export function decodeQ3_K(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  for (let o = 0; o < elements; o += 256, at += 110) {
    const d = f16At(bytes, at + 108);
    for (let g = 0; g < 16; g++) {
      const low = bytes[at + 96 + (g & 7)]! >> (g < 8 ? 0 : 4);
      const high = bytes[at + 104 + (g & 3)]! >> (2 * (g >> 2));
      const scale = d * (((low & 15) | ((high & 3) << 4)) - 32);
      const lane = (g & 1) * 16;
      const qs = at + 32 + (g >> 3) * 32 + lane;
      const shift = g & 6;
      const highBit = g >> 1; // one bit of hmask per 32 values, in order
      for (let l = 0; l < 16; l++) {
        const q = (bytes[qs + l]! >> shift) & 3;
        const isHigh = (bytes[at + lane + l]! >> highBit) & 1;
        out[o + g * 16 + l] = scale * (q - (isHigh ? 0 : 4));
      }
    }
  }
}

/** 6-bit scale j (0–7) of Q4_K and Q5_K in the 12 bytes at `at`. */
function scaleOf(bytes: Uint8Array, at: number, j: number): number {
  if (j < 4) return bytes[at + j]! & 63;
  return (bytes[at + j + 4]! & 15) | ((bytes[at + j - 4]! >> 6) << 4);
}

/** 6-bit min j (0–7), beside the scales. */
function minOf(bytes: Uint8Array, at: number, j: number): number {
  if (j < 4) return bytes[at + j + 4]! & 63;
  return (bytes[at + j + 4]! >> 4) | ((bytes[at + j]! >> 6) << 4);
}

/** f16 d, f16 dmin, scales[12], qs[128]: d·sc·q − dmin·m, 32 values per scale. */
export function decodeQ4_K(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  for (let o = 0; o < elements; o += 256, at += 144) {
    const d = f16At(bytes, at);
    const dmin = f16At(bytes, at + 2);
    for (let j = 0; j < 8; j++) {
      const scale = d * scaleOf(bytes, at + 4, j);
      const min = dmin * minOf(bytes, at + 4, j);
      const qs = at + 16 + (j >> 1) * 32;
      const shift = (j & 1) * 4;
      for (let l = 0; l < 32; l++) {
        out[o + j * 32 + l] = scale * ((bytes[qs + l]! >> shift) & 15) - min;
      }
    }
  }
}

/** f16 d, f16 dmin, scales[12], qh[32], qs[128]: as Q4_K with a fifth bit, bit j of qh[l]. */
export function decodeQ5_K(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  for (let o = 0; o < elements; o += 256, at += 176) {
    const d = f16At(bytes, at);
    const dmin = f16At(bytes, at + 2);
    for (let j = 0; j < 8; j++) {
      const scale = d * scaleOf(bytes, at + 4, j);
      const min = dmin * minOf(bytes, at + 4, j);
      const qs = at + 48 + (j >> 1) * 32;
      const shift = (j & 1) * 4;
      for (let l = 0; l < 32; l++) {
        const fifth = ((bytes[at + 16 + l]! >> j) & 1) << 4;
        out[o + j * 32 + l] = scale * (((bytes[qs + l]! >> shift) & 15) | fifth) - min;
      }
    }
  }
}

/** ql[128], qh[64], i8 scales[16], f16 d: d·sc·(q − 32), 16 values per scale. */
export function decodeQ6_K(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  for (let o = 0; o < elements; o += 256, at += 210) {
    const d = f16At(bytes, at + 208);
    for (let g = 0; g < 16; g++) {
      const scale = d * i8At(bytes, at + 192 + g);
      const half = g >> 3;
      const quarter = (g & 7) >> 1; // of the half: 32 values
      const lane = (g & 1) * 16;
      const ql = at + half * 64 + (quarter & 1) * 32 + lane;
      const qh = at + 128 + half * 32 + lane;
      const lowShift = (quarter >> 1) * 4;
      const highShift = quarter * 2;
      for (let l = 0; l < 16; l++) {
        const low = (bytes[ql + l]! >> lowShift) & 15;
        const high = (bytes[qh + l]! >> highShift) & 3;
        out[o + g * 16 + l] = scale * ((low | (high << 4)) - 32);
      }
    }
  }
}
