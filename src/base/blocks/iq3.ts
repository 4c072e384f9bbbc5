/**
 * IQ3_XXS, IQ3_S: 256 values per block, four at a time from a codebook of magnitudes, eight signs
 * in a byte.
 */
import { bits32At, f16At } from './field.ts';
import { decodeEntry, evenSigns, gridOf } from './grids.ts';

/** f16 d, qs[64] indices, then per 32 values a u32: 4×7 sign bits, 4-bit scale. d·(0.5 + s)/2. */
export function decodeIq3Xxs(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  const grid = gridOf('iq3_xxs');
  for (let o = 0; o < elements; o += 256, at += 98) {
    const d = f16At(bytes, at) / 2;
    for (let j = 0; j < 8; j++) {
      const bits = bits32At(bytes, at + 66 + 4 * j);
      const scale = d * (0.5 + (bits >>> 28));
      for (let l = 0; l < 8; l++) {
        const signs = evenSigns[(bits >>> (7 * (l >> 1))) & 127]! >> (4 * (l & 1));
        decodeEntry(grid, 4, bytes[at + 2 + 8 * j + l]!, signs, scale, out, o + 32 * j + 4 * l);
      }
    }
  }
}

/** f16 d, qs[64], qh[8] (ninth index bits), signs[32], scales[4]: a nibble per 32. d·(1 + 2s). */
export function decodeIq3S(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  const grid = gridOf('iq3_s');
  for (let o = 0; o < elements; o += 256, at += 110) {
    const d = f16At(bytes, at);
    for (let j = 0; j < 8; j++) {
      const scale = d * (1 + 2 * ((bytes[at + 106 + (j >> 1)]! >> (4 * (j & 1))) & 15));
      const high = bytes[at + 66 + j]!;
      for (let l = 0; l < 8; l++) {
        const index = bytes[at + 2 + 8 * j + l]! | (((high >> l) & 1) << 8);
        const signs = bytes[at + 74 + 4 * j + (l >> 1)]! >> (4 * (l & 1));
        decodeEntry(grid, 4, index, signs, scale, out, o + 32 * j + 4 * l);
      }
    }
  }
}
