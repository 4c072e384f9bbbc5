/**
 * Codecs of the K family: blocks of 256 with a f16 scale for the block and whole scales for its
 * sub-blocks. Layouts: ggml-common.h; the order of the bits is what each header line says.
 */
import { at, type Builder, plus } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import {
  byteOfFour,
  bytesOfRows,
  type Codec,
  everyByte,
  halves,
  inPairs,
  lineAt,
  lineBytes,
  linesOf,
  type OpenUnit,
  packByte,
  packDwords,
  packHalf,
  shiftedBits,
  stripRows,
  type WholeMins,
} from './codec.ts';
import { q3Scale, scaleAndMin } from './k-scales.ts';

const unsigned = { isSigned: () => false } as const;

/** Whole scales of sub-blocks: bytes at `offsetBytes`, 16 a sub-block. */
export function byteScales(
  k: Builder,
  kind: 'u8' | 'i8',
  unit: Value,
  offsetBytes: number,
  part: number,
): (sub: number) => Value {
  return (sub) =>
    k.op('to_f32x', [bytesOfRows(k, kind, unit, offsetBytes + sub * stripRows, part)]);
}

function minsOf(k: Builder, { scale, four }: WholeMins): (sub: number) => Value {
  const whole = byteOfFour(k, four);
  let common: Value | undefined;
  return (sub) => {
    common ??= scale();
    return k.mul(whole(sub), common);
  };
}

/** Q4_K and Q5_K: 32 lines of nibbles, 8 of fifth bits, scales and mins of 8 sub-blocks. */
function nibblesWithMins(dtype: 'q4_k' | 'q5_k'): Codec {
  const hasFifth = dtype === 'q5_k';
  const scalesAt = (hasFifth ? 40 : 32) * lineBytes;
  const minsLine = scalesAt / lineBytes + 2;
  const codesFrom = hasFifth ? 48 : 16;
  return {
    ...{ dtype, ...unsigned, unitElements: 256, subElements: 32, mins: 'whole' },
    largestCode: hasFifth ? 31 : 15,
    ...{ unitBytes: (minsLine + 2) * lineBytes, sideBytes: 64, zero: () => 0 },
    order: inPairs(64, 8),

    pack(k, row) {
      packDwords(k, row, codesFrom, 32, 0);
      if (hasFifth) packDwords(k, row, 16, 8, 32);
      for (let sub = 0; sub < 8; sub++) {
        const { scale, min } = scaleAndMin(k, row.from, 4, sub);
        packByte(k, scale, row.byte(scalesAt + sub * stripRows));
        packByte(k, min, plus(row.line(minsLine + (sub >> 2)), sub & 3));
      }
      packHalf(k, row, 0, row.half(0));
      packHalf(k, row, 2, row.half(32));
    },

    /** Dword c of the 64 elements of group g: low nibbles are sub-block 2g, high ones 2g + 1. */
    open(k, unit, side, part): OpenUnit {
      const line = linesOf(k, unit, part);
      const wholeMins = {
        scale: () => halves(k, side, 32, part),
        four: (index: number) => k.load('i8x', lineAt(k, unit, minsLine + index, part)),
      };
      return {
        codes(index) {
          const [g, sub, c] = [index >> 4, index >> 3, index & 7];
          const both = line(g * 8 + c);
          const nibbles = sub & 1 ? shiftedBits(k, both, 4, 15) : k.and(both, everyByte(k, 15));
          return hasFifth ? k.or(nibbles, shiftedBits(k, line(32 + c), sub - 4, 16)) : nibbles;
        },
        scale: byteScales(k, 'u8', unit, scalesAt, part),
        unitScale: () => halves(k, side, 0, part),
        min: minsOf(k, wholeMins),
        wholeMins,
      };
    },
  };
}

/** Q6_K: nibbles in 32 lines, upper two bits in 16, signed scales of 16 sub-blocks. */
const q6K: Codec = {
  ...{ dtype: 'q6_k', ...unsigned, unitElements: 256, subElements: 16, mins: 'none' },
  largestCode: 32,
  ...{ unitBytes: 48 * lineBytes + 16 * stripRows, sideBytes: 32, zero: () => 32 },
  order: inPairs(64, 16),

  pack(k, row) {
    packDwords(k, row, 0, 48, 0);
    for (let sub = 0; sub < 16; sub++) {
      packByte(k, k.loadU8(at(row.from, 192 + sub)), row.byte(48 * lineBytes + sub * stripRows));
    }
    packHalf(k, row, 208, row.half(0));
  },

  /** Of a half of 128: dword c + 8b, low nibbles → the same columns, high ones 64 further on. */
  open(k, unit, side, part): OpenUnit {
    const line = linesOf(k, unit, part);
    return {
      codes(index) {
        const [half, isHigh, b, c] = [index >> 5, (index >> 4) & 1, (index >> 3) & 1, index & 7];
        const upper = line(32 + half * 8 + c);
        const both = line(half * 16 + b * 8 + c);
        const nibbles = isHigh ? shiftedBits(k, both, 4, 15) : k.and(both, everyByte(k, 15));
        return k.or(nibbles, shiftedBits(k, upper, 2 * b + 4 * isHigh - 4, 0x30));
      },
      scale: byteScales(k, 'i8', unit, 48 * lineBytes, part),
      unitScale: () => halves(k, side, 0, part),
      min: neverMin,
    };
  },
};

/** Q3_K: two bits in 16 lines, the third in 8, signed scales of 16 sub-blocks. */
const q3K: Codec = {
  ...{ dtype: 'q3_k', ...unsigned, unitElements: 256, subElements: 16, mins: 'none' },
  largestCode: 4,
  ...{ unitBytes: 24 * lineBytes + 16 * stripRows, sideBytes: 32, zero: () => 4 },
  order: inPairs(64, 8),

  pack(k, row) {
    packDwords(k, row, 32, 16, 0);
    packDwords(k, row, 0, 8, 16);
    for (let sub = 0; sub < 16; sub++) {
      packByte(k, q3Scale(k, row.from, 96, sub), row.byte(24 * lineBytes + sub * stripRows));
    }
    packHalf(k, row, 108, row.half(0));
  },

  /** Of a half h of 128: bits 2s of dword c are columns 32s + 4c…; their third bit is bit 4h + s. */
  open(k, unit, side, part): OpenUnit {
    const line = linesOf(k, unit, part);
    return {
      codes(index) {
        const [half, s, c] = [index >> 5, (index >> 3) & 3, index & 7];
        const low = shiftedBits(k, line(half * 8 + c), 2 * s, 3);
        return k.or(low, shiftedBits(k, line(16 + c), 4 * half + s - 2, 4));
      },
      scale: byteScales(k, 'i8', unit, 24 * lineBytes, part),
      unitScale: () => halves(k, side, 0, part),
      min: neverMin,
    };
  },
};

/** Q2_K: two bits in 16 lines; bytes of 16 sub-blocks in 4 lines hold scale (low) and min (high). */
const q2K: Codec = {
  ...{ dtype: 'q2_k', ...unsigned, unitElements: 256, subElements: 16, mins: 'whole' },
  largestCode: 3,
  ...{ unitBytes: 16 * lineBytes + 16 * stripRows, sideBytes: 64, zero: () => 0 },
  order: inPairs(64, 8),

  pack(k, row) {
    packDwords(k, row, 16, 16, 0);
    for (let sub = 0; sub < 16; sub++) {
      packByte(k, k.loadU8(at(row.from, sub)), plus(row.line(16 + (sub >> 2)), sub & 3));
    }
    packHalf(k, row, 80, row.half(0));
    packHalf(k, row, 82, row.half(32));
  },

  open(k, unit, side, part): OpenUnit {
    const four = (index: number) => k.load('i8x', lineAt(k, unit, 16 + index, part));
    const wholeMins = {
      scale: () => halves(k, side, 32, part),
      four: (index: number) => shiftedBits(k, four(index), 4, 15),
    };
    const scaleNibbles = (index: number) => k.and(four(index), everyByte(k, 15));
    const line = linesOf(k, unit, part);
    return {
      codes(index) {
        const [half, s, c] = [index >> 5, (index >> 3) & 3, index & 7];
        return shiftedBits(k, line(half * 8 + c), 2 * s, 3);
      },
      scale: byteOfFour(k, scaleNibbles),
      unitScale: () => halves(k, side, 0, part),
      min: minsOf(k, wholeMins),
      wholeMins,
    };
  },
};

export function neverMin(): never {
  throw new Error('a codec without mins was asked for one');
}

export const kCodecs: readonly Codec[] = [
  nibblesWithMins('q4_k'),
  nibblesWithMins('q5_k'),
  ...[q6K, q3K, q2K],
];
