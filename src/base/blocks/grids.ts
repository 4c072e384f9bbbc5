/**
 * The codebooks of the IQ1, IQ2 and IQ3 formats, unpacked from their tables on first use, and the
 * 7-bit sign patterns: eight signs of which the last makes the number of minuses even.
 */
import { iq1GridDigits, iq1Levels } from './iq1-grid-table.ts';
import { iq2Levels, iq2sGridDigits, iq2xsGridDigits, iq2xxsGridDigits } from './iq2-grid-table.ts';
import { iq3xxsGridDigits, iq3xxsLevels } from './iq3-grid-table.ts';
import { iq3sGridDigits, iq3sLevels } from './iq3s-grid-table.ts';

/** (entries, 8) for IQ1 and IQ2, (entries, 4) for IQ3, flat. */
const sources = {
  iq1: [iq1GridDigits, iq1Levels],
  iq2_xxs: [iq2xxsGridDigits, iq2Levels],
  iq2_xs: [iq2xsGridDigits, iq2Levels],
  iq2_s: [iq2sGridDigits, iq2Levels],
  iq3_xxs: [iq3xxsGridDigits, iq3xxsLevels],
  iq3_s: [iq3sGridDigits, iq3sLevels],
} as const satisfies Record<string, readonly [string, readonly number[]]>;

const unpacked = new Map<keyof typeof sources, Int8Array>();

export function gridOf(name: keyof typeof sources): Int8Array {
  let grid = unpacked.get(name);
  if (!grid) {
    const [digits, levels] = sources[name];
    grid = Int8Array.from(digits, (digit) => levels[Number(digit)]!);
    unpacked.set(name, grid);
  }
  return grid;
}

/** Bit j set: value j of eight is negative. */
export const evenSigns = Uint8Array.from({ length: 128 }, (_, low7) => {
  let ones = 0;
  for (let bits = low7; bits; bits >>= 1) ones += bits & 1;
  return low7 | ((ones & 1) << 7);
});

/** out[o …] = scale · codebook entry `index` of `width` magnitudes, negated where its sign bit is set. */
export function decodeEntry(
  grid: Int8Array,
  width: 4 | 8,
  index: number,
  signs: number,
  scale: number,
  out: Float32Array,
  o: number,
): void {
  for (let k = 0; k < width; k++) {
    const value = scale * grid[index * width + k]!;
    out[o + k] = (signs >> k) & 1 ? -value : value;
  }
}
