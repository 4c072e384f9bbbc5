/**
 * IQ2_XXS, IQ2_XS, IQ2_S: 256 values per block, eight at a time from a codebook of magnitudes,
 * signs apart. Value = d·(0.5 + s)/4 · magnitude · sign.
 */
import { bits32At, f16At, u16At } from './field.ts';
import { decodeEntry, evenSigns, gridOf } from './grids.ts';

/** f16 d, then per 32 values: 4 codebook indices, u32 of 4×7 sign bits and a 4-bit scale on top. */
export function decodeIq2Xxs(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  const grid = gridOf('iq2_xxs');
  for (let o = 0; o < elements; o += 256, at += 66) {
    const d = f16At(bytes, at) / 4;
    for (let j = 0; j < 8; j++) {
      const qs = at + 2 + 8 * j;
      const bits = bits32At(bytes, qs + 4);
      const scale = d * (0.5 + (bits >>> 28));
      for (let l = 0; l < 4; l++) {
        const signs = evenSigns[(bits >>> (7 * l)) & 127]!;
        decodeEntry(grid, 8, bytes[qs + l]!, signs, scale, out, o + 32 * j + 8 * l);
      }
    }
  }
}

/** f16 d, u16 qs[32] (9-bit index, 7-bit signs), scales[8]: a nibble per 16 values. */
export function decodeIq2Xs(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  const grid = gridOf('iq2_xs');
  for (let o = 0; o < elements; o += 256, at += 74) {
    const d = f16At(bytes, at) / 4;
    for (let l = 0; l < 32; l++) {
      const q = u16At(bytes, at + 2 + 2 * l);
      const scale = d * (0.5 + scaleNibble(bytes, at + 66, l));
      decodeEntry(grid, 8, q & 511, evenSigns[q >> 9]!, scale, out, o + 8 * l);
    }
  }
}

/** f16 d, qs[32] (low 8 index bits), signs[32], qh[8] (2 high index bits each), scales[8]. */
export function decodeIq2S(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  const grid = gridOf('iq2_s');
  for (let o = 0; o < elements; o += 256, at += 82) {
    const d = f16At(bytes, at) / 4;
    for (let l = 0; l < 32; l++) {
      const high = (bytes[at + 66 + (l >> 2)]! >> (2 * (l & 3))) & 3;
      const scale = d * (0.5 + scaleNibble(bytes, at + 74, l));
      decodeEntry(
        grid,
        8,
        bytes[at + 2 + l]! | (high << 8),
        bytes[at + 34 + l]!,
        scale,
        out,
        o + 8 * l,
      );
    }
  }
}

/** The scale of codebook entry l (0–31): entries 0 and 1 share a nibble, 2 and 3 the next. */
function scaleNibble(bytes: Uint8Array, at: number, l: number): number {
  return (bytes[at + (l >> 2)]! >> (4 * ((l >> 1) & 1))) & 15;
}
