/**
 * A strip of weights as the matrix unit multiplies it: bf16, whatever the checkpoint's format, with
 * its scales and mins in the numbers. Rounding moves a weight by 1/512 of itself at most: results
 * are nearer to the exact ones than where activations are rounded to 8 bits, by nearly a half.
 * Sixteen rows of 32 elements are a chunk: 16 lines, each the same two elements of every row, in
 * the order that `lineOf` says and bf16-columns.ts shares.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import { type Codec, lineBytes, realScales, stripRows } from '../weights/codec.ts';

/** Elements of one multiplication. */
export const chunkElements = 32;
/** Of sixteen rows, or of sixteen columns. */
export const chunkBytes = 16 * chunkElements * 2;
/** Lines of codes (4 elements of every row) in a chunk. */
const linesOfChunk = chunkElements / 4;

/**
 * Where the elements 4 · index + 2 · half and the next one go. Columns are put together out of
 * vectors of 16 elements, quarter by quarter: four elements of the first, four of the second.
 */
function lineOf(index: number, half: number): number {
  const [chunk, line] = [Math.floor(index / linesOfChunk), index % linesOfChunk];
  return chunk * 16 + (line % 4) * 4 + Math.floor(line / 4) * 2 + half;
}

interface Strip {
  readonly unit: Value;
  readonly side: Value;
  readonly table: Value;
  readonly units: Value;
}

export function bf16StripBytes(elements: number): number {
  return (elements / chunkElements) * chunkBytes;
}

/** `found`: lines that a codebook's codes go to, a unit's. Only for vectors of 64 bytes. */
export function stripToBf16(
  k: Builder,
  codec: Codec,
  { unit: firstUnit, side: firstSide, table, units }: Strip,
  found: Value,
  to: Value,
): void {
  const [unit, side, place] = [k.variable(firstUnit), k.variable(firstSide), k.variable(to)];
  const isSigned = codec.isSigned(k.traits);
  k.loop(0, units, 1, () => {
    const rows = { first: 0, count: stripRows };
    codec.codebook?.lookUp(k, unit, table, rows, found, (line) => line * lineBytes);
    const opened = codec.open(k, unit, side, 0, (line) => at(found, line * lineBytes));
    const scaleOf = realScales(k, opened);
    const factors = new Map<number, Factors>();
    for (const index of codec.order) {
      const codes = opened.codes(index);
      const sub = Math.floor((4 * index) / codec.subElements);
      let factor = factors.get(sub);
      if (!factor) {
        const scale = scaleOf(sub);
        const zero = codec.zero(k.traits);
        const hasMins = codec.mins !== 'none';
        const shift = hasMins ? k.sub(k.f32x(0), opened.min(sub)) : k.mul(scale, k.f32x(-zero));
        factor = { scale, shift: hasMins || zero !== 0 ? shift : undefined };
        factors.set(sub, factor);
      }
      const numbers = numbersOf(k, isSigned, codes, factor);
      for (const half of [0, 1]) {
        const pair = bf16Pair(k, numbers[2 * half], numbers[2 * half + 1]);
        k.store(at(place, lineOf(index, half) * lineBytes), pair);
      }
    }
    k.set(unit, k.add(unit, codec.unitBytes));
    k.set(side, k.add(side, codec.sideBytes));
    k.set(place, k.add(place, bf16StripBytes(codec.unitElements)));
  });
}

/** weight = code · scale + shift */
interface Factors {
  readonly scale: Value;
  readonly shift: Value | undefined;
}

/** The four weights of each row in a line of codes, f32. */
function numbersOf(
  k: Builder,
  isSigned: boolean,
  codes: Value,
  { scale, shift }: Factors,
): Value[] {
  const dwords = k.as('i32x', codes);
  return [0, 1, 2, 3].map((i) => {
    const code = isSigned
      ? k.sar(i === 3 ? dwords : k.shl(dwords, 24 - 8 * i), 24)
      : i === 3
        ? k.shr(dwords, 24)
        : k.and(i === 0 ? dwords : k.shr(dwords, 8 * i), k.i32x(255));
    const number = k.op('to_f32x', [code]);
    return shift ? k.fma(number, scale, shift) : k.mul(number, scale);
  });
}

/** Dwords: the first's 16 bits below the second's; to the nearest, ties away from zero. */
function bf16Pair(k: Builder, low: Value, high: Value): Value {
  const [first, second] = [low, high].map((value) => roundedToBf16(k, value));
  return k.or(k.shr(first, 16), k.and(second, k.i32x(0xffff0000 | 0)));
}

/** The upper 16 bits of each lane are bf16; below them is what was left over. */
export function roundedToBf16(k: Builder, value: Value): Value {
  return k.add(k.as('i32x', value), k.i32x(0x8000));
}
