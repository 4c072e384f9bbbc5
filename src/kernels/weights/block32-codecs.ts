/**
 * Codecs of the formats with blocks of 32 and a scale each (Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, IQ4_NL,
 * MXFP4), and of IQ4_XS, which has IQ4_NL's codes in blocks of 256. Layouts: ggml-common.h.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import {
  bytesOfRows,
  type Codec,
  everyByte,
  halves,
  inOrder,
  inPairs,
  lineAt,
  lineBytes,
  linesOf,
  type OpenUnit,
  packBitPlane,
  packByte,
  packDwords,
  packHalf,
  shiftedBits,
  stripRows,
} from './codec.ts';
import { byteScales, neverMin } from './k-codecs.ts';

const block32 = { unitElements: 32, subElements: 32, order: inPairs(8, 4) } as const;

/** Of 32 elements, sixteen bytes of nibbles: dword c holds columns 4c… low and 16 + 4c… high. */
function nibbles(k: Builder, unit: Value, part: number): (index: number) => Value {
  const line = linesOf(k, unit, part);
  return (index) => {
    const both = line((index >> 3) * 4 + (index & 3));
    return index & 4 ? shiftedBits(k, both, 4, 15) : k.and(both, everyByte(k, 15));
  };
}

/** Q4_0: d·(q − 8); Q4_1: d·q + m. Q5_0, Q5_1 with fifth bits in a line of their own. */
function offsetNibbles(dtype: 'q4_0' | 'q4_1' | 'q5_0' | 'q5_1'): Codec {
  const hasMins = dtype.endsWith('1');
  const hasFifth = dtype.startsWith('q5');
  const zero = hasMins ? 0 : hasFifth ? 16 : 8;
  const headBytes = hasMins ? 4 : 2;
  return {
    ...{ dtype, ...block32, mins: hasMins ? 'real' : 'none' },
    ...{ zero: () => zero, isSigned: () => false },
    largestCode: hasMins ? (hasFifth ? 31 : 15) : zero,
    ...{ unitBytes: (hasFifth ? 5 : 4) * lineBytes, sideBytes: hasMins ? 64 : 32 },

    pack(k, row) {
      packDwords(k, row, headBytes + (hasFifth ? 4 : 0), 4, 0);
      if (hasFifth) packBitPlane(k, k.loadI32(at(row.from, headBytes)), row.line(4));
      packHalf(k, row, 0, row.half(0));
      if (hasMins) packHalf(k, row, 2, row.half(32));
    },

    open(k, unit, side, part): OpenUnit {
      const d = halves(k, side, 0, part);
      const four = nibbles(k, unit, part);
      const fifth = hasFifth ? k.load('i8x', lineAt(k, unit, 4, part)) : undefined;
      return {
        codes(index) {
          const codes = four(index);
          return fifth ? k.or(codes, shiftedBits(k, fifth, index - 4, 16)) : codes;
        },
        scale: () => d,
        min: () => (hasMins ? k.sub(k.f32x(0), halves(k, side, 32, part)) : neverMin()),
      };
    },
  };
}

/** Q8_0: signed bytes. Where dot4 takes all of u8 they are moved up by 128. */
const q8: Codec = {
  ...{ dtype: 'q8_0', ...block32, mins: 'none', unitBytes: 8 * lineBytes, sideBytes: 32 },
  order: inOrder(8),
  largestCode: 128,
  zero: ({ dot4TakesU8 }) => (dot4TakesU8 ? 128 : 0),
  isSigned: ({ dot4TakesU8 }) => !dot4TakesU8,

  pack(k, row) {
    packDwords(k, row, 2, 8, 0);
    packHalf(k, row, 0, row.half(0));
  },

  open(k, unit, side, part): OpenUnit {
    const d = halves(k, side, 0, part);
    return {
      codes(index) {
        const codes = k.load('i8x', lineAt(k, unit, index, part));
        return k.traits.dot4TakesU8 ? k.xor(codes, everyByte(k, -128)) : codes;
      },
      scale: () => d,
      min: neverMin,
    };
  },
};

/** IQ4_NL's sixteen values (ggml-common.h, kvalues_iq4nl). */
const unevenValues = [
  ...[-127, -104, -83, -65, -49, -35, -22, -10],
  ...[1, 13, 25, 38, 53, 69, 89, 113],
];
/** Twice e2m1's values, negative ones behind. */
const e2m1Values = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

function tableOf(k: Builder, values: readonly number[], zero: number): Value {
  return k.constant128(
    'i8x',
    Uint8Array.from(values, (v) => v + zero),
  );
}

const uneven = {
  largestCode: 127,
  zero: q8.zero,
  isSigned: q8.isSigned,
} as const;

const iq4Nl: Codec = {
  ...{ dtype: 'iq4_nl', ...block32, mins: 'none', ...uneven },
  ...{ unitBytes: 4 * lineBytes, sideBytes: 32 },

  pack(k, row) {
    packDwords(k, row, 2, 4, 0);
    packHalf(k, row, 0, row.half(0));
  },

  open(k, unit, side, part): OpenUnit {
    const d = halves(k, side, 0, part);
    const table = tableOf(k, unevenValues, uneven.zero(k.traits));
    const four = nibbles(k, unit, part);
    return {
      codes: (index) => k.lookup16(table, four(index)),
      scale: () => d,
      min: neverMin,
    };
  },
};

/** Its scale is a power of two, one byte; below 2⁻¹²⁶ it counts as zero. */
const mxfp4: Codec = {
  largestCode: 12,
  ...{ dtype: 'mxfp4', ...block32, mins: 'none', zero: () => 12, isSigned: () => false },
  ...{ unitBytes: 4 * lineBytes, sideBytes: stripRows },

  pack(k, row) {
    packDwords(k, row, 1, 4, 0);
    const to = row.half(0);
    // A byte of sixteen, not a half: the row's number once, not twice.
    k.op('store_i8', [k.loadU8(at(row.from))], { address: { ...to, scale: 1 } });
  },

  open(k, unit, side, part): OpenUnit {
    const exponent = bytesOfRows(k, 'u8', side, 0, part);
    const d = k.as('f32x', k.shl(k.max(k.sub(exponent, k.i32x(1)), k.i32x(0)), 23));
    const table = tableOf(k, e2m1Values, 12);
    const four = nibbles(k, unit, part);
    return {
      codes: (index) => k.lookup16(table, four(index)),
      scale: () => d,
      min: neverMin,
    };
  },
};

/** IQ4_XS: eight times IQ4_NL's codes, 6-bit scales less 32 as signed bytes. */
const iq4Xs: Codec = {
  ...{ dtype: 'iq4_xs', unitElements: 256, subElements: 32, mins: 'none', ...uneven },
  ...{ unitBytes: 32 * lineBytes + 8 * stripRows, sideBytes: 32, order: inPairs(64, 4) },

  pack(k, row) {
    packDwords(k, row, 8, 32, 0);
    const high = k.op('load_u16', [], { address: at(row.from, 2) });
    for (let sub = 0; sub < 8; sub++) {
      const low = k.and(k.shr(k.loadU8(at(row.from, 4 + (sub >> 1))), 4 * (sub & 1)), 15);
      const upper = k.shl(k.and(k.shr(high, 2 * sub), 3), 4);
      packByte(k, k.sub(k.or(low, upper), 32), row.byte(32 * lineBytes + sub * stripRows));
    }
    packHalf(k, row, 0, row.half(0));
  },

  open(k, unit, side, part): OpenUnit {
    const table = tableOf(k, unevenValues, uneven.zero(k.traits));
    const four = nibbles(k, unit, part);
    return {
      codes: (index) => k.lookup16(table, four(index)),
      scale: byteScales(k, 'i8', unit, 32 * lineBytes, part),
      unitScale: () => halves(k, side, 0, part),
      min: neverMin,
    };
  },
};

export const block32Codecs: readonly Codec[] = [
  ...[offsetNibbles('q4_0'), offsetNibbles('q4_1'), offsetNibbles('q5_0'), offsetNibbles('q5_1')],
  ...[q8, iq4Nl, mxfp4, iq4Xs],
];
