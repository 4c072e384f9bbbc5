/**
 * How a quantised weight lies in memory for matrix products, and how products read it.
 *
 * Sixteen rows make a strip. Along the columns a strip is units of 32 or 256 elements (the
 * checkpoint's blocks); a unit's codes are lines of 64 bytes: the same dword of sixteen rows, so
 * that one activation serves sixteen rows and nothing is summed across lanes. Behind a strip's
 * units come its sides: what a unit has besides, scales in f16.
 *   strip = unit · unit · … · side · side · …
 *
 * A codec says how to put a row's block into a unit, and how to take a line's codes out again:
 * weight = scale · (code − zero) − min, for each sub-block of 16 or 32 elements. Everything the
 * checkpoint's block says is kept, bit for bit.
 */
import type { DType } from '../../base/dtypes.ts';
import { at, type Builder, plus } from '../../compiler/ir/builder.ts';
import type { Address, Traits, Value } from '../../compiler/ir/types.ts';

export const stripRows = 16;
export const lineBytes = 64;

export interface Codec {
  readonly dtype: DType;
  readonly unitElements: 32 | 256;
  /** Elements that share a scale. */
  readonly subElements: 16 | 32;
  readonly unitBytes: number;
  readonly sideBytes: number;
  /** whole: bytes below 64 times a f16 of the unit, so that they may be summed as bytes. */
  readonly mins: 'none' | 'whole' | 'real';
  /** How far a code is from its zero, at most. */
  readonly largestCode: number;
  /** What codes stand for zero with, on a target. */
  zero(traits: Traits): number;
  /** Whether codes are signed bytes: only where the target wants it so, and then zero is 0. */
  isSigned(traits: Traits): boolean;
  /**
   * Lines of codes, each pair read from the same lines of the unit where the format has it so. Two
   * sub-blocks are under way at once then.
   */
  readonly order: readonly number[];
  /** Formats whose codes are entries of a table have one; a unit's are looked up before it is opened. */
  readonly codebook?: Codebook;
  pack(k: Builder, row: PackedRow): void;
  /** `part`: which vector of a line. `found`: where that of a line that was looked up lies. */
  open(
    k: Builder,
    unit: Value,
    side: Value,
    part: number,
    found?: (line: number) => Address,
  ): OpenUnit;
}

export interface Codebook {
  /** The same key means the same bytes. */
  readonly key: string;
  bytes(): Uint8Array;
  /**
   * Writes the lines of a unit, so many rows of them: line i at `to` + offsetOf(i), with `table`
   * holding the bytes.
   */
  lookUp(
    k: Builder,
    unit: Value,
    table: Value,
    rows: { readonly first: number; readonly count: number },
    to: Value,
    offsetOf: (line: number) => number,
  ): void;
}

/** Where one row's block goes to. */
export interface PackedRow {
  /** The checkpoint's block. */
  readonly from: Value;
  /** This row's dword of line `index`. */
  line(index: number): Address;
  /** This row's byte of 16, at `offsetBytes` of the unit. */
  byte(offsetBytes: number): Address;
  /** This row's f16 of 16, at `offsetBytes` of the side. */
  half(offsetBytes: number): Address;
}

export interface OpenUnit {
  /** The codes of columns 4 · index … of the unit. Every line is asked for once. */
  codes(index: number): Value;
  /** f32x; a whole number where there is a `unitScale`. */
  scale(sub: number): Value;
  /** f32x: common to all scales of a unit of 256, so that products multiply with it but once. */
  unitScale?(): Value;
  min(sub: number): Value;
  /** Of a unit as it is packed, where mins are whole. */
  readonly wholeMins?: WholeMins;
}

/** min = scale · a byte */
export interface WholeMins {
  /** f32x */
  scale(): Value;
  /** u8: in each row's dword those of sub-blocks 4 · index … */
  four(index: number): Value;
}

/** The bytes 16 · part… of a line's vector, as seen by one of its parts. */
export function lineAt(k: Builder, unit: Value, index: number, part: number): Address {
  return at(unit, index * lineBytes + part * k.traits.vectorBytes);
}

export function inOrder(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Line i and line i + `apart` (a power of two) in turn: 0, apart, 1, 1 + apart, … */
export function inPairs(count: number, apart: number): number[] {
  return inOrder(count).map((i) => (i & (-2 * apart)) + ((i >> 1) & (apart - 1)) + (i & 1) * apart);
}

/** The vectors of a unit's lines that one of their parts sees. The last two are kept. */
export function linesOf(k: Builder, unit: Value, part: number): (index: number) => Value {
  let kept: readonly { readonly index: number; readonly line: Value }[] = [];
  return (index) => {
    const known = kept.find((one) => one.index === index);
    if (known) return known.line;
    const line = k.load('i8x', lineAt(k, unit, index, part));
    kept = [...kept.slice(-1), { index, line }];
    return line;
  };
}

/** f16 × 16 rows at `offsetBytes` of a side, this part's rows, as f32. */
export function halves(k: Builder, side: Value, offsetBytes: number, part: number): Value {
  return k.op('load_f16_f32x', [], { address: at(side, offsetBytes + part * k.lanes * 2) });
}

/** f32x: what sub-blocks' codes are to be multiplied with. */
export function realScales(k: Builder, { scale, unitScale }: OpenUnit): OpenUnit['scale'] {
  const common = unitScale?.();
  return (sub) => (common ? k.mul(scale(sub), common) : scale(sub));
}

/** f32x: a sub-block's whole number, from lines that hold four sub-blocks' bytes. */
export function byteOfFour(k: Builder, four: WholeMins['four']): (sub: number) => Value {
  return (sub) => {
    const bytes = k.as('i32x', four(sub >> 2));
    const count = 8 * (sub & 3);
    return k.op('to_f32x', [k.and(count > 0 ? k.shr(bytes, count) : bytes, k.i32x(255))]);
  };
}

/** u8 or i8 × 16 rows at `offsetBytes` of a unit, this part's rows, as i32. */
export function bytesOfRows(
  k: Builder,
  kind: 'u8' | 'i8',
  unit: Value,
  offsetBytes: number,
  part: number,
): Value {
  return k.op(`load_${kind}_i32x`, [], { address: at(unit, offsetBytes + part * k.lanes) });
}

/** Every byte of a vector. */
export function everyByte(k: Builder, value: number): Value {
  return k.splatOf('i8x', value);
}

/** a >> count within bytes: dwords shifted, then masked. */
export function shiftedBits(k: Builder, codes: Value, count: number, mask: number): Value {
  const shifted =
    count >= 0 ? k.shr(k.as('i16x', codes), count) : k.shl(k.as('i16x', codes), -count);
  return k.and(k.as('i8x', shifted), everyByte(k, mask));
}

/** Copies `count` dwords of the block, from byte `offsetBytes` of it, to lines `first`…. */
export function packDwords(
  k: Builder,
  row: PackedRow,
  offsetBytes: number,
  count: number,
  first: number,
): void {
  for (let i = 0; i < count; i++) {
    k.op('store_i32', [k.loadI32(at(row.from, offsetBytes + 4 * i))], {
      address: row.line(first + i),
    });
  }
}

/**
 * Bit j of `bits` is column j's. In memory byte i of the dword holds those of columns i, 4 + i, …:
 * bit c is column 4c + i, so that one shift serves four columns.
 */
export function packBitPlane(k: Builder, bits: Value, to: Address): void {
  for (let i = 0; i < 4; i++) {
    // 32 bits may have been read as a negative number: what is shifted is masked first.
    let spread = k.shr(k.and(bits, 0x11111111 * 2 ** i), i);
    spread = k.and(k.or(spread, k.shr(spread, 3)), 0x03030303);
    spread = k.and(k.or(spread, k.shr(spread, 6)), 0x000f000f);
    spread = k.or(spread, k.shr(spread, 12));
    k.op('store_i8', [spread], { address: plus(to, i) });
  }
}

export function packByte(k: Builder, value: Value, to: Address): void {
  k.op('store_i8', [value], { address: to });
}

export function packHalf(k: Builder, row: PackedRow, offsetBytes: number, to: Address): void {
  const bits = k.op('load_u16', [], { address: at(row.from, offsetBytes) });
  k.op('store_i16', [bits], { address: to });
}
