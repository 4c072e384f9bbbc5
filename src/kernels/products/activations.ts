/**
 * Activations as quantised products read them. Columns (tokens, or a routed expert's slots) come
 * in tiles of C; a tile is one record for each 256 elements:
 *   codes  64 dwords × C: bytes 4i…4i+3 of each column, i8, so that a product streams them in order
 *   scales C × f32: a column's largest of the 256, over 127
 *   sums   for each 16 or 32 elements C × (i32 −zero · Σcodes, or f32 Σcodes); or for every four of
 *          these, as bytes, C × (Σcodes mod 128), then C × (Σcodes / 128, rounded down)
 * Elements beyond the end, and columns beyond the last, are zeros.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import { defineProgram, programFamily } from '../emit/define-program.ts';
import { divided } from '../emit/divide.ts';

export const groupElements = 256;

export interface ActivationFormat {
  /** Columns of a tile. */
  readonly columns: number;
  /** Elements of a sum: those that share a weight's scale. */
  readonly subElements: 16 | 32;
  /** What a product wants sums for: codes that have a zero (not 0), real or whole mins, or nothing. */
  readonly sums:
    | { readonly kind: 'zero'; readonly zero: number }
    | { readonly kind: 'real' | 'whole' | 'none' };
}

/**
 * Where columns come from. rows: token after token. heads: each head's part of the tokens, head
 * by head. gathered: as an index says, -1 for none.
 */
export type ColumnSource = 'rows' | 'heads' | 'gathered';

export function formatKey({ columns, subElements, sums }: ActivationFormat): string {
  const what = sums.kind === 'zero' ? `zero${sums.zero}` : sums.kind;
  return `c${columns} sub${subElements} ${what}`;
}

export interface RecordLayout {
  readonly scalesOffset: number;
  readonly sumsOffset: number;
  readonly recordBytes: number;
}

export function recordLayout({ columns, subElements, sums }: ActivationFormat): RecordLayout {
  const scalesOffset = groupElements * columns;
  const sumsOffset = scalesOffset + 4 * columns;
  const subs = groupElements / subElements;
  const words = { none: 0, whole: subs / 2, real: subs, zero: subs }[sums.kind];
  return { scalesOffset, sumsOffset, recordBytes: sumsOffset + 4 * columns * words };
}

/** What programs that bring columns into tiles are told. */
export const columnParams = {
  x: 'int',
  xStride: 'int',
  numColumns: 'int',
  headBytes: 'int',
  tilesPerHead: 'int',
  perTilesPerHead: 'f32',
  /** gathered: the row of each column, -1 for none. */
  index: 'int',
  to: 'int',
} as const;

type ColumnParams = { readonly [K in keyof typeof columnParams]: Value };

/** The columns of a tile: there, with the address of its first element, or missing. */
export function eachColumn(
  k: Builder,
  columns: number,
  source: ColumnSource,
  p: ColumnParams,
  tile: Value,
  column: { missing(c: Value): void; present(c: Value, from: Value): void },
): void {
  const head = source === 'heads' ? divided(k, tile, p.perTilesPerHead) : k.int(0);
  const first = k.mul(k.sub(tile, k.mul(head, p.tilesPerHead)), columns);
  const base = k.add(p.x, k.mul(head, p.headBytes));
  const isGathered = source === 'gathered';
  k.loop(0, columns, 1, (c) => {
    const place = k.add(first, c);
    const row = k.variable(isGathered ? k.loadI32(at(p.index, place, 4)) : place);
    k.if(
      row,
      isGathered ? 'lt' : 'ge',
      isGathered ? k.int(0) : p.numColumns,
      () => column.missing(c),
      () => column.present(c, k.add(base, k.mul(row, p.xStride))),
    );
  });
}

/** Items are tiles. */
export const quantiseTiles = programFamily(
  (format: ActivationFormat, source: ColumnSource) => `quantise ${formatKey(format)} ${source}`,
  (key, format, source) =>
    defineProgram(
      key,
      { ...columnParams, elements: 'int', groups: 'int' },
      (k, p, { start, end, scratch }) => {
        const { columns } = format;
        const tileBytes = k.mul(p.groups, recordLayout(format).recordBytes);
        k.loop(start, end, 1, (tile) => {
          const record = k.add(p.to, k.mul(tile, tileBytes));
          const placeOf = (c: Value) => k.add(record, k.shl(c, 2));
          eachColumn(k, columns, source, p, tile, {
            missing: (c) => clearColumn(k, format, placeOf(c), p.groups),
            present: (c, from) => quantiseColumn(k, format, from, p, placeOf(c), scratch),
          });
        });
      },
    ),
);

function clearColumn(k: Builder, format: ActivationFormat, place: Value, groups: Value): void {
  const stride = 4 * format.columns;
  const words = recordLayout(format).recordBytes / stride;
  const to = k.variable(place);
  k.loop(0, k.mul(groups, words), 1, () => {
    k.store(at(to), k.int(0));
    k.set(to, k.add(to, stride));
  });
}

function quantiseColumn(
  k: Builder,
  format: ActivationFormat,
  from: Value,
  { elements, groups }: { readonly elements: Value; readonly groups: Value },
  place: Value,
  scratch: Value,
): void {
  const { columns, subElements, sums } = format;
  const { scalesOffset, sumsOffset, recordBytes } = recordLayout(format);
  const codes = k.reserve(groupElements);
  const fourSums = k.reserve(groupElements);
  const zeros = k.splatOf('i8x', 0);
  k.loop(0, groups, 1, (group) => {
    const x = k.add(from, k.shl(group, 10));
    const count = k.min(k.sub(elements, k.shl(group, 8)), groupElements);
    const to = k.add(place, k.mul(group, recordBytes));

    const largest = k.variable(k.f32x(0));
    k.loop(0, count, k.lanes, (i) => {
      const v = k.load('f32x', at(x, i, 4));
      k.set(largest, k.max(largest, k.max(v, k.sub(k.f32x(0), v))));
    });
    const scale = k.mul(k.max(k.reduceMax(largest), k.f32(1e-30)), k.f32(1 / 127));
    const inverse = k.splat(k.div(k.f32(1), scale));
    k.store(at(to, scalesOffset), scale);

    for (let i = 0; i < groupElements; i += k.traits.vectorBytes) {
      k.store(at(scratch, codes + i), zeros);
    }
    k.loop(0, count, k.lanes, (i) => {
      const whole = k.op('to_i32x', [k.mul(k.load('f32x', at(x, i, 4)), inverse)]);
      k.op('store_i32x_i8', [whole], { address: at(scratch, i, 1, codes) });
    });
    const code = k.variable(to);
    k.loop(0, groupElements / 4, 1, (i) => {
      k.store(at(code), k.loadI32(at(scratch, i, 4, codes)));
      k.set(code, k.add(code, 4 * columns));
    });

    if (sums.kind === 'none') return;
    const ones = k.splatOf('i8x', 1);
    for (let i = 0; i < groupElements; i += k.traits.vectorBytes) {
      const four = k.dot4(k.i32x(0), ones, k.load('i8x', at(scratch, codes + i)));
      k.store(at(scratch, fourSums + i), four);
    }
    const sumPlace = k.variable(k.add(to, sumsOffset));
    const sumOf = (i: Value, offset: number) => {
      let sum = k.loadI32(at(scratch, i, 1, fourSums + offset));
      for (let j = 4; j < subElements; j += 4) {
        sum = k.add(sum, k.loadI32(at(scratch, i, 1, fourSums + offset + j)));
      }
      return sum;
    };
    if (sums.kind === 'whole') {
      k.loop(0, groupElements, 4 * subElements, (i) => {
        for (let sub = 0; sub < 4; sub++) {
          // Never below −128 · 128: what is shifted is made positive.
          const sum = k.add(sumOf(i, sub * subElements), 128 * 128);
          k.op('store_i8', [k.and(sum, 127)], { address: at(sumPlace, sub) });
          const upper = k.sub(k.shr(sum, 7), 128);
          k.op('store_i8', [upper], { address: at(sumPlace, 4 * columns + sub) });
        }
        k.set(sumPlace, k.add(sumPlace, 8 * columns));
      });
      return;
    }
    k.loop(0, groupElements, subElements, (i) => {
      const sum = sumOf(i, 0);
      if (sums.kind === 'zero') k.store(at(sumPlace), k.mul(sum, -sums.zero));
      else k.store(at(sumPlace), k.op('int_to_f32', [sum]));
      k.set(sumPlace, k.add(sumPlace, 4 * columns));
    });
  });
}
