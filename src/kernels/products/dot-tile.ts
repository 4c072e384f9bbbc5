/**
 * The inner loops of quantised products: sixteen rows against a tile of C columns. Sums of a
 * sub-block are exact integers; they meet their scale as f32, and the activations' scale once per
 * 256 elements.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Traits, Value } from '../../compiler/ir/types.ts';
import {
  type Codec,
  inOrder,
  lineBytes,
  type OpenUnit,
  stripRows,
  type WholeMins,
} from '../weights/codec.ts';
import { type ActivationFormat, groupElements, recordLayout } from './activations.ts';

/** The format in which a codec wants its activations: taken apart, mins are f32. */
export function formatFor(
  codec: Codec,
  traits: Traits,
  columns: number,
  mode: 'direct' | 'expanded',
): ActivationFormat {
  const zero = codec.zero(traits);
  const common = { columns, subElements: codec.subElements };
  if (codec.mins !== 'none') {
    return { ...common, sums: { kind: mode === 'direct' ? codec.mins : 'real' } };
  }
  return { ...common, sums: zero === 0 ? { kind: 'none' } : { kind: 'zero', zero } };
}

/** Where units come from, one after the other. */
export interface UnitReader {
  readonly unitElements: number;
  readonly isSigned: boolean;
  /** In which order a unit's lines are read. */
  readonly order: readonly number[];
  /** From the strip's start, for some vectors of each line: a unit opened for each of them. */
  begin(parts: readonly number[]): { open(): OpenUnit[]; next(): void };
}

/**
 * How many vectors of a line meet a tile's columns together: what is read of the columns serves
 * all of them. Half of the registers are for their sums.
 */
export function vectorsOfPass({ vectorBytes, vectorRegisters }: Traits, columns: number): number {
  let count = lineBytes / vectorBytes;
  while (count > 1 && count * columns > vectorRegisters / 2) count /= 2;
  return count;
}

/** Whether two sub-blocks may be under way at once. */
export function isRoomForTwo(traits: Traits, columns: number): boolean {
  return 2 * vectorsOfPass(traits, columns) * columns <= traits.vectorRegisters / 2;
}

/** results (columns, 16) = the strip's units times the tile's columns. */
export function dotTile(
  k: Builder,
  format: ActivationFormat,
  reader: UnitReader,
  units: Value,
  groups: Value,
  x: Value,
  results: Value,
): void {
  const { columns, subElements } = format;
  const { scalesOffset, sumsOffset, recordBytes } = recordLayout(format);
  const { unitElements, isSigned, order } = reader;
  const unitsOfGroup = groupElements / unitElements;
  const vectors = vectorsOfPass(k.traits, columns);
  for (let first = 0; first < lineBytes / k.traits.vectorBytes; first += vectors) {
    const parts = inOrder(vectors).map((i) => first + i);
    const strip = reader.begin(parts);
    const sumOf = sumsOfTile(k, columns, results, parts);
    const record = k.variable(x);
    k.loop(0, groups, 1, (group) => {
      const totals = parts.map(() => zeros(k, columns));
      const dot = (codes: Value, sums: Value) => {
        dotUnit(k, strip.open(), { format, isSigned, order, codes, sums }, totals);
        strip.next();
      };
      if (unitsOfGroup === 1) dot(record, k.add(record, sumsOffset));
      else {
        const codes = k.variable(record);
        const sums = k.variable(k.add(record, sumsOffset));
        const rest = k.sub(units, k.mul(group, unitsOfGroup));
        k.loop(0, k.min(rest, unitsOfGroup), 1, () => {
          dot(codes, sums);
          k.set(codes, k.add(codes, unitElements * columns));
          k.set(sums, k.add(sums, (4 * columns * unitElements) / subElements));
        });
      }
      for (let c = 0; c < columns; c++) {
        const scale = k.loadSplat('f32x', at(record, scalesOffset + 4 * c));
        totals.forEach((own, i) => {
          sumOf.add(i, c, own[c], scale);
        });
      }
      k.set(record, k.add(record, recordBytes));
    });
    sumOf.end();
  }
}

function zeros(k: Builder, count: number): Value[] {
  return Array.from({ length: count }, () => k.variable(k.f32x(0)));
}

/** Sums over all groups: in registers for few columns, else where the results go. */
function sumsOfTile(k: Builder, columns: number, results: Value, parts: readonly number[]) {
  const { vectorBytes, vectorRegisters } = k.traits;
  const each = (body: (i: number, c: number) => void) => {
    for (let i = 0; i < parts.length; i++) for (let c = 0; c < columns; c++) body(i, c);
  };
  const place = (i: number, c: number) => at(results, c * stripRows * 4 + parts[i] * vectorBytes);
  if (3 * columns * parts.length <= vectorRegisters / 2) {
    const sums = parts.map(() => zeros(k, columns));
    return {
      add: (i: number, c: number, total: Value, scale: Value) =>
        k.set(sums[i][c], k.fma(total, scale, sums[i][c])),
      end: () => each((i, c) => k.store(place(i, c), sums[i][c])),
    };
  }
  each((i, c) => k.store(place(i, c), k.f32x(0)));
  return {
    add: (i: number, c: number, total: Value, scale: Value) =>
      k.store(place(i, c), k.fma(total, scale, k.load('f32x', place(i, c)))),
    end() {},
  };
}

interface UnitColumns {
  readonly format: ActivationFormat;
  readonly isSigned: boolean;
  readonly order: readonly number[];
  /** The record's codes and sums, from this unit's first element on. */
  readonly codes: Value;
  readonly sums: Value;
}

/**
 * totals[i][c] += Σ over the unit's sub-blocks: scale · (Σ codes · x − zero · Σx) − min · Σx, where
 * i is one of the vectors that the unit was opened for.
 */
function dotUnit(
  k: Builder,
  units: readonly OpenUnit[],
  { format, isSigned, order, codes, sums }: UnitColumns,
  totals: readonly (readonly Value[])[],
): void {
  const { columns, subElements } = format;
  const linesOfSub = subElements / 4;
  const open = new Map<number, { raw: Value[][]; lines: number }>();
  const sumAt = (sub: number, c: number) => at(sums, 4 * (sub * columns + c));

  for (const index of order) {
    const sub = Math.floor(index / linesOfSub);
    const entry = open.get(sub) ?? { raw: start(sub), lines: 0 };
    open.set(sub, entry);
    const lines = units.map((unit) => unit.codes(index));
    for (let c = 0; c < columns; c++) {
      const x = k.as('i8x', k.loadSplat('i32x', at(codes, 4 * (index * columns + c))));
      lines.forEach((line, i) => {
        const raw = entry.raw[i][c];
        k.set(raw, isSigned ? k.dot4s(raw, x, line) : k.dot4(raw, line, x));
      });
    }
    entry.lines++;
    if (entry.lines === linesOfSub) {
      finish(sub, entry.raw);
      open.delete(sub);
    }
  }
  if (open.size > 0) throw new Error('a codec left sub-blocks unfinished');
  units.forEach(({ unitScale, wholeMins }, i) => {
    const common = unitScale?.();
    if (common) for (const total of totals[i]) k.set(total, k.mul(total, common));
    if (format.sums.kind !== 'whole') return;
    if (!wholeMins) throw new Error('a codec of whole mins has none');
    subtractWholeMins(k, wholeMins, format, sums, totals[i]);
  });

  function start(sub: number): Value[][] {
    const firsts = inOrder(columns).map((c) =>
      startOfSum(k, format.sums.kind === 'zero' ? k.loadSplat('i32x', sumAt(sub, c)) : undefined),
    );
    return units.map(() => firsts.map((first) => k.variable(first)));
  }

  function finish(sub: number, raw: readonly (readonly Value[])[]): void {
    units.forEach((unit, i) => {
      const scale = unit.scale(sub);
      totals[i].forEach((total, c) => {
        k.set(total, k.fma(numberOf(k, raw[i][c]), scale, total));
      });
    });
    if (format.sums.kind !== 'real') return;
    const mins = units.map((unit) => unit.min(sub));
    for (let c = 0; c < columns; c++) {
      const sum = k.loadSplat('f32x', sumAt(sub, c));
      totals.forEach((own, i) => {
        k.set(own[c], k.fnma(mins[i], sum, own[c]));
      });
    }
  }
}

/**
 * totals[c] −= Σ min · Σx over a unit's sub-blocks, four at a time: both are bytes, Σx in two parts.
 * Exact until it becomes f32: 16 · 64 · 2¹² at most.
 */
function subtractWholeMins(
  k: Builder,
  { scale, four }: WholeMins,
  { columns, subElements }: ActivationFormat,
  sums: Value,
  totals: readonly Value[],
): void {
  const fours = inOrder(groupElements / subElements / 4).map(four);
  const common = scale();
  for (let c = 0; c < columns; c++) {
    const dotPart = (part: 0 | 1, first: Value) =>
      fours.reduce((sum, mins, i) => {
        const x = k.loadSplat('i32x', at(sums, 4 * ((2 * i + part) * columns + c)));
        return k.dot4(sum, mins, k.as('i8x', x));
      }, first);
    const sum = dotPart(0, k.shl(dotPart(1, k.i32x(0)), 7));
    k.set(totals[c], k.fnma(k.op('to_f32x', [sum]), common, totals[c]));
  }
}

/**
 * 1.5 · 2²³: as an f32 its last bit counts ones, so these bits plus a whole number are the f32 that
 * is so much more, for all sums of a sub-block (less than 2²² by far).
 */
const counting = 1.5 * 2 ** 23;
const countingBits = 0x4b400000;

/** Where a sub-block's sum begins: what it has already, or 0. */
function startOfSum(k: Builder, first: Value | undefined): Value {
  if (!k.traits.addsBesideDots) return first ?? k.i32x(0);
  return first ? k.add(first, k.i32x(countingBits)) : k.i32x(countingBits);
}

/** The sum as f32: no conversion where that is work for the units that multiply. */
function numberOf(k: Builder, sum: Value): Value {
  if (!k.traits.addsBesideDots) return k.op('to_f32x', [sum]);
  return k.sub(k.as('f32x', sum), k.f32x(counting));
}
