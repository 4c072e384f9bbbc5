/**
 * Blocks of the IQ1, IQ2 and IQ3 formats taken apart into the lines of a unit (grid-codecs.ts).
 * Where a block keeps what: base/blocks/iq1.ts, iq2.ts, iq3.ts.
 */
import { at, type Builder, plus } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import {
  type PackedRow,
  packBitPlane,
  packByte,
  packDwords,
  packHalf,
  stripRows,
} from './codec.ts';

/** Where a unit keeps what: lines, and for scales bytes. */
export interface UnitParts {
  readonly above: number;
  readonly signs: number;
  readonly scalesOffset: number;
}

type Pack = (k: Builder, row: PackedRow, parts: UnitParts) => void;

/** Codebook indices, then per 32 columns 4 · 7 bits of signs and a scale: as 32 bits of their own. */
export const packIq2Xxs: Pack = (k, row, parts) => {
  for (let j = 0; j < 8; j++) {
    packDwords(k, row, 2 + 8 * j, 1, j);
    packSigns(k, row, parts, j, sevens(k, k.loadI32(at(row.from, 6 + 8 * j))));
  }
  packTopNibbles(k, row, parts, (j) => 9 + 8 * j);
  packHalf(k, row, 0, row.half(0));
};

export const packIq3Xxs: Pack = (k, row, parts) => {
  packDwords(k, row, 2, 16, 0);
  for (let j = 0; j < 8; j++) {
    packSigns(k, row, parts, j, sevens(k, k.loadI32(at(row.from, 66 + 4 * j))));
  }
  packTopNibbles(k, row, parts, (j) => 69 + 4 * j);
  packHalf(k, row, 0, row.half(0));
};

/** An index of nine bits and seven signs in two bytes. */
export const packIq2Xs: Pack = (k, row, parts) => {
  const low = (l: number) => k.loadU8(at(row.from, 2 + 2 * l));
  const high = (l: number) => k.loadU8(at(row.from, 3 + 2 * l));
  for (let l = 0; l < 32; l++) packByte(k, low(l), byteOf(row, 0, l));
  for (let b = 0; b < 4; b++) {
    const ninths = eachOf(k, 8, (i) => k.shl(k.and(high(8 * b + i), 1), i));
    packByte(k, ninths, byteOf(row, parts.above, b));
  }
  for (let j = 0; j < 8; j++) {
    const signs = eachOf(k, 4, (i) => k.shl(k.shr(high(4 * j + i), 1), 8 * i));
    packSigns(k, row, parts, j, withParity(k, signs));
  }
  packScales(k, row, parts, 66, 8);
  packHalf(k, row, 0, row.half(0));
};

export const packIq2S: Pack = (k, row, parts) => {
  packDwords(k, row, 2, 8, 0);
  packDwords(k, row, 66, 2, parts.above);
  for (let j = 0; j < 8; j++) packSigns(k, row, parts, j, k.loadI32(at(row.from, 34 + 4 * j)));
  packScales(k, row, parts, 74, 8);
  packHalf(k, row, 0, row.half(0));
};

export const packIq3S: Pack = (k, row, parts) => {
  packDwords(k, row, 2, 16, 0);
  packDwords(k, row, 66, 2, parts.above);
  for (let j = 0; j < 8; j++) packSigns(k, row, parts, j, k.loadI32(at(row.from, 74 + 4 * j)));
  packScales(k, row, parts, 106, 4);
  packHalf(k, row, 0, row.half(0));
};

/** 4 · 3 bits of indices, a scale and the shift's sign, per 32 columns: to nibbles as IQ1_M has. */
export const packIq1S: Pack = (k, row, parts) => {
  packDwords(k, row, 2, 8, 0);
  const high = (j: number) => k.op('load_u16', [], { address: at(row.from, 34 + 2 * j) });
  for (let j = 0; j < 8; j++) {
    const bits = high(j);
    const shift = k.shr(bits, 15);
    const shifts = eachOf(k, 4, (i) => k.shl(shift, 4 * i + 3));
    const indices = eachOf(k, 4, (i) => k.and(k.shl(bits, i), 7 << (4 * i)));
    const to = byteOf(row, parts.above, 2 * j);
    k.op('store_i16', [k.or(indices, shifts)], { address: to });
  }
  for (let i = 0; i < 4; i++) {
    const scale = (j: number) => k.and(k.shr(high(j), 12), 7);
    const both = k.or(scale(2 * i), k.shl(scale(2 * i + 1), 4));
    packByte(k, both, row.byte(parts.scalesOffset + i * stripRows));
  }
  packHalf(k, row, 0, row.half(0));
};

/** Four numbers of 16 bits: the block's scale in their upper nibbles, 4 · 3 bits of scales. */
export const packIq1M: Pack = (k, row, parts) => {
  packDwords(k, row, 0, 8, 0);
  packDwords(k, row, 32, 4, parts.above);
  const scales = (i: number) => k.op('load_u16', [], { address: at(row.from, 48 + 2 * i) });
  for (let i = 0; i < 8; i++) {
    const bits = k.shr(scales(i >> 1), 6 * (i & 1));
    const both = k.or(k.and(bits, 7), k.and(k.shl(bits, 1), 0x70));
    packByte(k, both, row.byte(parts.scalesOffset + i * stripRows));
  }
  const d = eachOf(k, 4, (i) => k.shl(k.shr(scales(i), 12), 4 * i));
  k.op('store_i16', [d], { address: row.half(0) });
};

function eachOf(k: Builder, count: number, part: (index: number) => Value): Value {
  return Array.from({ length: count }, (_, i) => part(i)).reduce((a, b) => k.or(a, b));
}

/** Byte `index` of this row's in the lines from `line` on. */
function byteOf(row: PackedRow, line: number, index: number) {
  return plus(row.line(line + (index >> 2)), index & 3);
}

function packSigns(k: Builder, row: PackedRow, parts: UnitParts, j: number, bits: Value): void {
  packBitPlane(k, bits, row.line(parts.signs + j));
}

/** 4 · 7 bits of signs, as whole bytes. */
function sevens(k: Builder, bits: Value): Value {
  return withParity(
    k,
    eachOf(k, 4, (i) => k.shl(k.and(bits, 127 << (7 * i)), i)),
  );
}

/** Four bytes of seven signs each; the eighth makes the number of minuses even. */
function withParity(k: Builder, signs: Value): Value {
  let odd = k.xor(signs, k.shr(signs, 4));
  odd = k.xor(odd, k.shr(odd, 2));
  odd = k.and(k.xor(odd, k.shr(odd, 1)), 0x01010101);
  return k.or(signs, k.shl(odd, 7));
}

/** Bytes of two scales as they stand. */
function packScales(k: Builder, row: PackedRow, parts: UnitParts, from: number, count: number) {
  for (let i = 0; i < count; i++) {
    packByte(k, k.loadU8(at(row.from, from + i)), row.byte(parts.scalesOffset + i * stripRows));
  }
}

/** Eight scales, each the upper half of a byte. */
function packTopNibbles(
  k: Builder,
  row: PackedRow,
  parts: UnitParts,
  offsetOf: (j: number) => number,
): void {
  const byte = (j: number) => k.loadU8(at(row.from, offsetOf(j)));
  for (let i = 0; i < 4; i++) {
    const both = k.or(k.shr(byte(2 * i), 4), k.and(byte(2 * i + 1), 0xf0));
    packByte(k, both, row.byte(parts.scalesOffset + i * stripRows));
  }
}
