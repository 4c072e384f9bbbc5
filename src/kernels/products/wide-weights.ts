/**
 * A strip of weights as the matrix unit multiplies it: whole numbers of 16 bits in two bytes,
 * upper · 256 + lower, both signed, with one f32 scale for each row's 256 elements. Whatever the
 * checkpoint's format, its scales and mins are in the numbers; rounding to 16 bits moves a weight by
 * at most 1/64000 of the bound on its group, far less than the activations' 8 bits do.
 * A group of sixteen rows: 64 lines of upper bytes · 64 lines of lower bytes · scale (16 × f32)
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import { type Codec, lineBytes } from '../weights/codec.ts';
import { groupElements } from './activations.ts';

const linesOfGroup = groupElements / 4;
export const lowerOffset = linesOfGroup * lineBytes;
export const scaleOffset = 2 * lowerOffset;
export const wideGroupBytes = scaleOffset + lineBytes;

/** The largest whole number; with 32896 added all are above 0 and below 65536. */
const largest = 32000;
const middle = 32896;

export interface WideScratch {
  /** (subs of a group, 16) f32 scales and mins. */
  readonly scales: Value;
  readonly mins: Value;
  /** Lines that a codebook's codes go to. */
  readonly lines: Value;
}

export const wideScratchBytes = {
  scales: 16 * lineBytes,
  mins: 16 * lineBytes,
  lines: linesOfGroup * lineBytes,
} as const;

interface Strip {
  readonly unit: Value;
  readonly side: Value;
  readonly table: Value;
  readonly units: Value;
  readonly groups: Value;
}

/** Groups go `stepBytes` apart. Only for vectors of 64 bytes, which a matrix unit comes with. */
export function widenStrip(
  k: Builder,
  codec: Codec,
  { unit: firstUnit, side: firstSide, table, units, groups }: Strip,
  scratch: WideScratch,
  to: Value,
  stepBytes: Value,
): void {
  const [unit, side, place] = [k.variable(firstUnit), k.variable(firstSide), k.variable(to)];
  const unitsOfGroup = groupElements / codec.unitElements;
  const subsOfUnit = codec.unitElements / codec.subElements;
  const numberOf = (group: Value) => k.min(k.sub(units, k.mul(group, unitsOfGroup)), unitsOfGroup);

  k.loop(0, groups, 1, (group) => {
    const count = numberOf(group);
    const bound = k.variable(k.f32x(1e-30));
    const [u, s] = [k.variable(unit), k.variable(side)];
    const [scale, min] = [k.variable(scratch.scales), k.variable(scratch.mins)];
    const nextSub = () => {
      k.set(scale, k.add(scale, lineBytes));
      k.set(min, k.add(min, lineBytes));
    };
    k.loop(0, count, 1, () => {
      const opened = codec.open(k, u, s, 0, (line) => at(scratch.lines, line * lineBytes));
      for (let sub = 0; sub < subsOfUnit; sub++) {
        const factor = opened.scale(sub);
        k.store(at(scale), factor);
        let most = k.mul(magnitude(k, factor), k.f32x(codec.largestCode));
        if (codec.hasMins) {
          const least = opened.min(sub);
          k.store(at(min), least);
          most = k.add(most, magnitude(k, least));
        }
        k.set(bound, k.max(bound, most));
        nextSub();
      }
      k.set(u, k.add(u, codec.unitBytes));
      k.set(s, k.add(s, codec.sideBytes));
    });
    k.store(at(place, scaleOffset), k.mul(bound, k.f32x(1 / largest)));
    const inverse = k.div(k.f32x(largest), bound);

    k.set(scale, scratch.scales);
    k.set(min, scratch.mins);
    const line = k.variable(place);
    k.loop(0, count, 1, () => {
      codec.codebook?.lookUp(k, unit, table, scratch.lines, (index) => index * lineBytes);
      const opened = codec.open(k, unit, side, 0, (index) => at(scratch.lines, index * lineBytes));
      const factors = new Map<number, Factors>();
      opened.codes((index, codes) => {
        const sub = Math.floor((4 * index) / codec.subElements);
        let found = factors.get(sub);
        if (!found) {
          found = factorsOf(k, codec, scale, min, sub, inverse);
          factors.set(sub, found);
        }
        widenLine(k, codec.isSigned(k.traits), codes, found, at(line, index * lineBytes));
      });
      k.set(scale, k.add(scale, subsOfUnit * lineBytes));
      k.set(min, k.add(min, subsOfUnit * lineBytes));
      k.set(line, k.add(line, (codec.unitElements / 4) * lineBytes));
      k.set(unit, k.add(unit, codec.unitBytes));
      k.set(side, k.add(side, codec.sideBytes));
    });
    if (unitsOfGroup > 1) clearRest(k, count, unitsOfGroup, codec.unitElements / 4, line);
    k.set(place, k.add(place, stepBytes));
  });
}

function magnitude(k: Builder, v: Value): Value {
  return k.max(v, k.sub(k.f32x(0), v));
}

/** Units that a row's last group lacks. */
function clearRest(k: Builder, count: Value, all: number, linesOfUnit: number, line: Value): void {
  k.loop(count, all, 1, () => {
    for (let i = 0; i < linesOfUnit; i++) {
      k.store(at(line, i * lineBytes), k.splatOf('i8x', 0));
      k.store(at(line, lowerOffset + i * lineBytes), k.splatOf('i8x', 0));
    }
    k.set(line, k.add(line, linesOfUnit * lineBytes));
  });
}

/** number = code · scale + shift, the shift with `middle` in it. */
interface Factors {
  readonly scale: Value;
  readonly shift: Value;
}

function factorsOf(
  k: Builder,
  codec: Codec,
  scales: Value,
  mins: Value,
  sub: number,
  inverse: Value,
): Factors {
  const scale = k.mul(k.load('f32x', at(scales, sub * lineBytes)), inverse);
  const zero = codec.zero(k.traits);
  let shift = zero === 0 ? k.f32x(middle) : k.fma(scale, k.f32x(-zero), k.f32x(middle));
  if (codec.hasMins) shift = k.fnma(k.load('f32x', at(mins, sub * lineBytes)), inverse, shift);
  return { scale, shift };
}

/**
 * Four numbers of each row, unsigned with `middle` = 128 · 256 + 128 added: their bytes with the
 * top bit turned are the two signed bytes. Numbers 0 and 2, 1 and 3 share a dword on the way.
 */
function widenLine(
  k: Builder,
  isSigned: boolean,
  codes: Value,
  { scale, shift }: Factors,
  to: ReturnType<typeof at>,
): void {
  const dwords = k.as('i32x', codes);
  const number = (i: number) => {
    const code = isSigned
      ? k.sar(k.shl(dwords, 24 - 8 * i), 24)
      : i === 3
        ? k.shr(dwords, 24)
        : k.and(k.shr(dwords, 8 * i), k.i32x(255));
    return k.op('to_i32x', [k.fma(k.op('to_f32x', [code]), scale, shift)]);
  };
  const even = k.or(number(0), k.shl(number(2), 16));
  const odd = k.or(number(1), k.shl(number(3), 16));
  const mask = k.i32x(0x00ff00ff);
  const turned = (bytes: Value) => k.as('i8x', k.xor(bytes, k.i32x(0x80808080 | 0)));
  const lower = k.or(k.and(even, mask), k.shl(k.and(odd, mask), 8));
  const upper = k.or(k.and(k.shr(even, 8), mask), k.op('andn', [mask, odd]));
  k.store(to, turned(upper));
  k.store({ ...to, disp: to.disp + lowerOffset }, turned(lower));
}
