/**
 * IQ1_S, IQ1_M: 256 values per block, eight at a time from a codebook of −1, 0, 1, all eight
 * shifted by +⅛ or −⅛. Value = d·(2s + 1)·(level ± ⅛).
 */
import { f16Table } from '../half.ts';
import { f16At, u16At } from './field.ts';
import { gridOf } from './grids.ts';

/** f16 d, qs[32], u16 qh[8] per 32 values: 4×3 high index bits, 3-bit scale, sign of the shift. */
export function decodeIq1S(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  const grid = gridOf('iq1');
  for (let o = 0; o < elements; o += 256, at += 50) {
    const d = f16At(bytes, at);
    for (let j = 0; j < 8; j++) {
      const qh = u16At(bytes, at + 34 + 2 * j);
      const scale = d * (2 * ((qh >> 12) & 7) + 1);
      const shift = qh & 0x8000 ? -0.125 : 0.125;
      for (let l = 0; l < 4; l++) {
        const index = bytes[at + 2 + 4 * j + l]! | (((qh >> (3 * l)) & 7) << 8);
        decode8(grid, index, shift, scale, out, o + 32 * j + 8 * l);
      }
    }
  }
}

/**
 * qs[32], qh[16] (a nibble per eight values: 3 high index bits, sign of the shift), u16 scales[4]:
 * their top nibbles make the f16 d, the rest are 3-bit scales per 16 values.
 */
export function decodeIq1M(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  const grid = gridOf('iq1');
  for (let o = 0; o < elements; o += 256, at += 56) {
    let dBits = 0;
    for (let i = 0; i < 4; i++) dBits |= (u16At(bytes, at + 48 + 2 * i) >> 12) << (4 * i);
    const d = f16Table[dBits]!;
    for (let l = 0; l < 32; l++) {
      const group = l >> 1;
      const scaleBits = u16At(bytes, at + 48 + 2 * (group >> 2)) >> (3 * (group & 3));
      const high = (bytes[at + 32 + group]! >> (4 * (l & 1))) & 15;
      const shift = high & 8 ? -0.125 : 0.125;
      const scale = d * (2 * (scaleBits & 7) + 1);
      decode8(grid, bytes[at + l]! | ((high & 7) << 8), shift, scale, out, o + 8 * l);
    }
  }
}

function decode8(
  grid: Int8Array,
  index: number,
  shift: number,
  scale: number,
  out: Float32Array,
  o: number,
) {
  for (let k = 0; k < 8; k++) out[o + k] = scale * (grid[index * 8 + k]! + shift);
}
