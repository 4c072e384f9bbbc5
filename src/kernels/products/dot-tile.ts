/**
 * The inner loops of quantised products: sixteen rows against a tile of C columns. Sums of a
 * sub-block are exact integers; they meet their scale as f32, and the activations' scale once per
 * 256 elements.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Traits, Value } from '../../compiler/ir/types.ts';
import { type Codec, lineBytes, type OpenUnit, stripRows } from '../weights/codec.ts';
import { type ActivationFormat, groupElements, recordLayout } from './activations.ts';

/** The format in which a codec wants its activations. */
export function formatFor(codec: Codec, traits: Traits, columns: number): ActivationFormat {
  const zero = codec.zero(traits);
  const common = { columns, subElements: codec.subElements };
  if (codec.hasMins) return { ...common, sums: { kind: 'mins' } };
  return { ...common, sums: zero === 0 ? { kind: 'none' } : { kind: 'zero', zero } };
}

/** Where units come from, one after the other. */
export interface UnitReader {
  readonly unitElements: number;
  readonly isSigned: boolean;
  /** From the strip's start, for one vector of each line. */
  begin(part: number): { open(): OpenUnit; next(): void };
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
  const { unitElements, isSigned } = reader;
  const unitsOfGroup = groupElements / unitElements;
  for (let part = 0; part < lineBytes / k.traits.vectorBytes; part++) {
    const strip = reader.begin(part);
    const sumOf = sumsOfTile(k, columns, results, part);
    const record = k.variable(x);
    k.loop(0, groups, 1, (group) => {
      const totals = zeros(k, columns);
      const dot = (codes: Value, sums: Value) => {
        dotUnit(k, strip.open(), { format, isSigned, codes, sums }, totals);
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
      totals.forEach((total, c) => {
        sumOf.add(c, total, k.loadSplat('f32x', at(record, scalesOffset + 4 * c)));
      });
      k.set(record, k.add(record, recordBytes));
    });
    sumOf.end();
  }
}

function zeros(k: Builder, count: number): Value[] {
  return Array.from({ length: count }, () => k.variable(k.f32x(0)));
}

/** Sums over all groups: in registers for few columns, else where the results go. */
function sumsOfTile(k: Builder, columns: number, results: Value, part: number) {
  const place = (c: number) => at(results, c * stripRows * 4 + part * k.traits.vectorBytes);
  if (3 * columns <= k.traits.vectorRegisters / 2) {
    const sums = zeros(k, columns);
    return {
      add: (c: number, total: Value, scale: Value) => k.set(sums[c], k.fma(total, scale, sums[c])),
      end() {
        for (let c = 0; c < columns; c++) k.store(place(c), sums[c]);
      },
    };
  }
  for (let c = 0; c < columns; c++) k.store(place(c), k.f32x(0));
  return {
    add: (c: number, total: Value, scale: Value) =>
      k.store(place(c), k.fma(total, scale, k.load('f32x', place(c)))),
    end() {},
  };
}

interface UnitColumns {
  readonly format: ActivationFormat;
  readonly isSigned: boolean;
  /** The record's codes and sums, from this unit's first element on. */
  readonly codes: Value;
  readonly sums: Value;
}

/** totals[c] += Σ over the unit's sub-blocks: scale · (Σ codes · x − zero · Σx) − min · Σx. */
function dotUnit(
  k: Builder,
  unit: OpenUnit,
  { format, isSigned, codes, sums }: UnitColumns,
  totals: readonly Value[],
): void {
  const { columns, subElements } = format;
  const linesOfSub = subElements / 4;
  const open = new Map<number, { raw: Value[]; lines: number }>();
  const sumAt = (sub: number, c: number) => at(sums, 4 * (sub * columns + c));

  unit.codes((index, line) => {
    const sub = Math.floor(index / linesOfSub);
    const entry = open.get(sub) ?? { raw: start(sub), lines: 0 };
    open.set(sub, entry);
    for (let c = 0; c < columns; c++) {
      const x = k.as('i8x', k.loadSplat('i32x', at(codes, 4 * (index * columns + c))));
      const raw = entry.raw[c];
      k.set(raw, isSigned ? k.dot4s(raw, x, line) : k.dot4(raw, line, x));
    }
    entry.lines++;
    if (entry.lines === linesOfSub) {
      finish(sub, entry.raw);
      open.delete(sub);
    }
  });
  if (open.size > 0) throw new Error('a codec left sub-blocks unfinished');

  function start(sub: number): Value[] {
    return Array.from({ length: columns }, (_, c) =>
      k.variable(format.sums.kind === 'zero' ? k.loadSplat('i32x', sumAt(sub, c)) : k.i32x(0)),
    );
  }

  function finish(sub: number, raw: readonly Value[]): void {
    const scale = unit.scale(sub);
    totals.forEach((total, c) => {
      k.set(total, k.fma(k.op('to_f32x', [raw[c]]), scale, total));
    });
    if (format.sums.kind !== 'mins') return;
    const min = unit.min(sub);
    totals.forEach((total, c) => {
      k.set(total, k.fnma(min, k.loadSplat('f32x', sumAt(sub, c)), total));
    });
  }
}
