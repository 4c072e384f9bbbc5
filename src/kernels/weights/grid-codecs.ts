/**
 * Codecs of the IQ1, IQ2 and IQ3 formats: blocks of 256 whose codes are entries of a table, four or
 * eight columns an entry. A unit keeps indices, and turns into codes where it is used: rows look
 * their entries up one by one, signs are put on by whole lines. What a block says, and where, is
 * grid-fields.ts. A unit:
 *   indices    lines of low bytes, then lines of what is above them
 *   signs      of 32 columns a line, the bits as packBitPlane has them; none for IQ1
 *   scales     16 bytes for two sub-blocks, a nibble each; value (2 · nibble + 1) · d · factor
 */
import { gridOf } from '../../base/blocks/grids.ts';
import type { DType } from '../../base/dtypes.ts';
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Address, Value } from '../../compiler/ir/types.ts';
import {
  bytesOfRows,
  type Codec,
  everyByte,
  halves,
  inOrder,
  lineAt,
  lineBytes,
  type OpenUnit,
  type PackedRow,
  shiftedBits,
  stripRows,
} from './codec.ts';
import {
  packIq1M,
  packIq1S,
  packIq2S,
  packIq2Xs,
  packIq2Xxs,
  packIq3S,
  packIq3Xxs,
  type UnitParts,
} from './grid-fields.ts';
import { neverMin } from './k-codecs.ts';

/** Code of a zero: all magnitudes are below it. */
const zero = 64;
const numLines = 64;

interface GridFormat {
  readonly dtype: DType;
  readonly grid: Parameters<typeof gridOf>[0];
  /** Columns of an entry. */
  readonly width: 4 | 8;
  readonly subElements: 16 | 32;
  readonly factor: number;
  /**
   * What an index has above its low byte: `used` bits of `taken`. IQ1's fourth is the sign of the
   * shift: its entries are in eighths, and one more or one less.
   */
  readonly above: { readonly taken: 0 | 1 | 2 | 4; readonly used: 0 | 1 | 2 | 3 };
  readonly hasSigns: boolean;
  pack(k: Builder, row: PackedRow, parts: UnitParts): void;
}

function partsOf({ width, above: { taken }, hasSigns }: GridFormat): UnitParts {
  const above = 256 / width / 4;
  const signs = above + (256 / width) * (taken / 32);
  return { above, signs, scalesOffset: (signs + (hasSigns ? 8 : 0)) * lineBytes };
}

/** Entries are whole numbers; IQ1's, in eighths, are 9 at most (8 · 1 + 1). */
function largestOf(grid: GridFormat['grid']): number {
  return gridOf(grid).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function gridCodec(format: GridFormat): Codec {
  const { dtype, grid, width, subElements, factor, hasSigns } = format;
  const parts = partsOf(format);
  const { scalesOffset } = parts;
  return {
    ...{ dtype, unitElements: 256, subElements, mins: 'none', sideBytes: 32 },
    ...{ unitBytes: scalesOffset + (128 / subElements) * stripRows, order: inOrder(numLines) },
    ...{ zero: () => zero, isSigned: () => false },
    largestCode: width === 8 && !hasSigns ? 9 : largestOf(grid),

    pack: (k, row) => format.pack(k, row, parts),

    codebook: {
      key: hasSigns ? grid : `${grid} eighths`,
      bytes: () => entriesOf(format),
      lookUp(k, unit, table, { first, count }, to, offsetOf) {
        k.loop(0, count, 1, (row) => {
          const place = k.add(to, k.shl(row, 2));
          const from = k.add(unit, k.shl(k.add(row, first), 2));
          for (let entry = 0; entry < 256 / width; entry++) {
            const index = indexOf(k, format, parts.above, from, entry);
            for (let i = 0; i < width / 4; i++) {
              const four = k.loadI32(at(table, index, width, 4 * i));
              k.store(at(place, offsetOf((entry * width) / 4 + i)), four);
            }
          }
        });
      },
    },

    open(k, unit, side, part, found): OpenUnit {
      if (!found) throw new Error(`${dtype}: entries are looked up before a unit is opened`);
      const d = k.mul(halves(k, side, 0, part), k.f32x(factor));
      return {
        codes(index) {
          const entry = k.load('i8x', found(index));
          return hasSigns
            ? signed(k, entry, lineAt(k, unit, parts.signs + (index >> 3), part), index)
            : shifted(k, entry, lineAt(k, unit, parts.above + (index >> 4), part), index);
        },
        scale(sub) {
          const both = bytesOfRows(k, 'u8', unit, scalesOffset + (sub >> 1) * stripRows, part);
          const twice = sub & 1 ? k.shr(both, 3) : k.shl(both, 1);
          const whole = k.or(k.and(twice, k.i32x(30)), k.i32x(1));
          return k.mul(k.op('to_f32x', [whole]), d);
        },
        min: neverMin,
      };
    },
  };
}

/** Magnitudes; of IQ1 codes, for a shift by +1/8. */
function entriesOf({ grid, hasSigns }: GridFormat): Uint8Array {
  const entries = gridOf(grid);
  return hasSigns
    ? Uint8Array.from(entries)
    : Uint8Array.from(entries, (level) => zero + 8 * level + 1);
}

/** Of the row whose first byte is at `from`. */
function indexOf(
  k: Builder,
  { above: { taken, used } }: GridFormat,
  aboveLine: number,
  from: Value,
  entry: number,
): Value {
  const byteOf = (line: number, byte: number) =>
    k.loadU8(at(from, (line + (byte >> 2)) * lineBytes + (byte & 3)));
  const low = byteOf(0, entry);
  if (taken === 0) return low;
  const bit = entry * taken;
  const bits = byteOf(aboveLine, bit >> 3);
  const up = 8 - (bit & 7);
  return k.or(low, k.and(k.shl(bits, up), ((1 << used) - 1) << 8));
}

/** zero ± magnitude */
function signed(k: Builder, magnitudes: Value, signs: Address, index: number): Value {
  const one = shiftedBits(k, k.load('i8x', signs), index & 7, 1);
  const minus = k.sub(everyByte(k, 0), one);
  return k.add(k.xor(magnitudes, minus), k.add(one, everyByte(k, zero)));
}

/** IQ1: two less where the fourth bit of the index's four says so. */
function shifted(k: Builder, codes: Value, above: Address, index: number): Value {
  const bit = 4 * ((index >> 1) & 7) + 3;
  const dwords = k.as('i32x', k.load('i8x', above));
  const isLess = k.as('i8x', k.sar(k.shl(dwords, 31 - bit), 31));
  return k.add(codes, k.and(isLess, everyByte(k, -2)));
}

const none = { taken: 0, used: 0 } as const;
const ninth = { taken: 1, used: 1 } as const;
const iq1 = { grid: 'iq1', width: 8, factor: 1 / 8, above: { taken: 4, used: 3 } } as const;
const iq2 = { width: 8, factor: 1 / 8, hasSigns: true } as const;
const iq3 = { width: 4, subElements: 32, hasSigns: true } as const;

const formats: readonly GridFormat[] = [
  { ...iq1, dtype: 'iq1_s', subElements: 32, hasSigns: false, pack: packIq1S },
  { ...iq1, dtype: 'iq1_m', subElements: 16, hasSigns: false, pack: packIq1M },
  { ...iq2, dtype: 'iq2_xxs', grid: 'iq2_xxs', subElements: 32, above: none, pack: packIq2Xxs },
  { ...iq2, dtype: 'iq2_xs', grid: 'iq2_xs', subElements: 16, above: ninth, pack: packIq2Xs },
  {
    ...iq2,
    ...{ dtype: 'iq2_s', grid: 'iq2_s', subElements: 16, pack: packIq2S },
    above: { taken: 2, used: 2 },
  },
  { ...iq3, dtype: 'iq3_xxs', grid: 'iq3_xxs', factor: 1 / 4, above: none, pack: packIq3Xxs },
  { ...iq3, dtype: 'iq3_s', grid: 'iq3_s', factor: 1, above: ninth, pack: packIq3S },
];

export const gridCodecs: readonly Codec[] = formats.map(gridCodec);
