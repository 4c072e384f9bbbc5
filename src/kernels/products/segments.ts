/**
 * How the items of a product's launch fall into segments: a linear layer is one, each head of a
 * head-wise one is one, each expert is one. A segment has its own rows of the weight matrix and its
 * own tiles of columns; an item is a chunk of its strips, for all its columns.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Address, Type, Value } from '../../compiler/ir/types.ts';
import { divided } from '../emit/divide.ts';
import { silu } from '../emit/exp.ts';
import { stripRows } from '../weights/codec.ts';

/** one: a linear layer. heads: tiles of a head follow those of the one before. experts: as a table says. */
export type SegmentKind = 'one' | 'heads' | 'experts';

/**
 * What becomes of results. set: y = results. add: y += results. bias: y = results + a number for
 * each row (of one segment that begins at row 0). gated: y = silu(results) · those of a second
 * matrix like the first, for the same rows.
 */
export type EndingKind = 'set' | 'add' | 'bias' | 'gated';

export const segmentParams = {
  /** Strips of an item, and items of a segment with its inverse. */
  stripsPerItem: 'int',
  itemsPerSegment: 'int',
  perItemsPerSegment: 'f32',
  /** Rows of the matrix: from segment to segment, to the segment's first, in it. */
  segmentRows: 'int',
  rowOffset: 'int',
  numRows: 'int',
  /** heads: tiles of a head, 0 where all heads share them; columns of a segment. */
  tilesPerSegment: 'int',
  numTiles: 'int',
  numColumns: 'int',
  /** experts: (experts + 1) first tiles, and the slot of each column, -1 for none. */
  tileStarts: 'int',
  slots: 'int',
  /** Output: bytes from column to column, from segment to segment. */
  y: 'int',
  yStride: 'int',
  ySegmentBytes: 'int',
  /** bias: (rows) f32. gated: the second matrix, packed. */
  bias: 'int',
  w2: 'weights',
} as const;

type Params = { readonly [K in keyof typeof segmentParams]: Value };

export interface Item {
  readonly segment: Value;
  /** First row of the segment in the matrix, and the first behind it. */
  readonly firstRow: Value;
  readonly endRow: Value;
  readonly firstStrip: Value;
  readonly endStrip: Value;
  readonly firstTile: Value;
  readonly endTile: Value;
}

export function itemOf(k: Builder, kind: SegmentKind, p: Params, index: Value): Item {
  const segment = kind === 'one' ? k.int(0) : divided(k, index, p.perItemsPerSegment);
  const chunk = k.sub(index, k.mul(segment, p.itemsPerSegment));
  const firstRow = k.add(k.mul(segment, p.segmentRows), p.rowOffset);
  const endRow = k.add(firstRow, p.numRows);
  const firstStrip = k.add(k.shr(firstRow, 4), k.mul(chunk, p.stripsPerItem));
  const endStrip = k.min(
    k.add(firstStrip, p.stripsPerItem),
    k.shr(k.add(endRow, stripRows - 1), 4),
  );
  if (kind === 'experts') {
    const firstTile = k.loadI32(at(p.tileStarts, segment, 4));
    const endTile = k.loadI32(at(p.tileStarts, segment, 4, 4));
    return { segment, firstRow, endRow, firstStrip, endStrip, firstTile, endTile };
  }
  const firstTile = k.mul(segment, p.tilesPerSegment);
  const endTile = k.add(firstTile, p.numTiles);
  return { segment, firstRow, endRow, firstStrip, endStrip, firstTile, endTile };
}

/** Bytes of results that a strip has for a tile: (columns, 16 rows) f32. */
export function resultBytes(columns: number): number {
  return columns * stripRows * 4;
}

/** Matrices that an item multiplies the same strips of; results of the second follow the first's. */
export function matricesOf(ending: EndingKind): 1 | 2 {
  return ending === 'gated' ? 2 : 1;
}

/** Calls `body` with code for every matrix, once if it can: `which` is 0 or 1, `w` where it lies. */
export function eachMatrix(
  k: Builder,
  ending: EndingKind,
  p: { readonly w: Value; readonly w2: Value },
  body: (w: Value, which: Value) => void,
): void {
  if (ending !== 'gated') {
    body(p.w, k.int(0));
    return;
  }
  if (k.traits.hasWeightMemories) {
    body(p.w, k.int(0));
    body(p.w2, k.int(1));
    return;
  }
  const apart = k.sub(p.w2, p.w);
  k.loop(0, 2, 1, (which) => body(k.add(p.w, k.mul(which, apart)), which));
}

/** As above, for what is no longer in the matrices. Calls `body` once. */
export function eachOfMatrices(k: Builder, ending: EndingKind, body: (which: Value) => void): void {
  if (ending === 'gated') k.loop(0, 2, 1, body);
  else body(k.int(0));
}

/** Writes a strip's results (columns, 16) to the columns and rows that exist. */
export function writeResults(
  k: Builder,
  kind: SegmentKind,
  ending: EndingKind,
  p: Params,
  item: Item,
  strip: Value,
  tile: Value,
  columns: number,
  results: Value,
): void {
  const stripStart = k.shl(strip, 4);
  const low = k.max(k.sub(item.firstRow, stripStart), 0);
  const high = k.min(k.sub(item.endRow, stripStart), stripRows);
  const rowBytes = k.shl(k.sub(stripStart, item.firstRow), 2);
  const base = k.add(k.add(p.y, k.mul(item.segment, p.ySegmentBytes)), rowBytes);
  if (ending === 'gated') gate(k, columns, results);
  const ended = (value: Value, to: Address, bias: Address) => {
    if (ending === 'add') return k.add(value, load(k, value.type, to));
    return ending === 'bias' ? k.add(value, load(k, value.type, bias)) : value;
  };
  const firstColumn = k.mul(kind === 'experts' ? tile : k.sub(tile, item.firstTile), columns);
  const count =
    kind === 'experts' ? k.int(columns) : k.min(k.sub(p.numColumns, firstColumn), columns);
  k.loop(0, count, 1, (c) => {
    const column = k.add(firstColumn, c);
    const place = kind === 'experts' ? k.loadI32(at(p.slots, column, 4)) : column;
    const from = k.add(results, k.shl(c, 6));
    const write = () => {
      const to = k.add(base, k.mul(place, p.yStride));
      const bias = k.add(p.bias, rowBytes);
      k.if(
        k.sub(high, low),
        'eq',
        stripRows,
        () => {
          for (let i = 0; i < stripRows; i += k.lanes) {
            const value = k.load('f32x', at(from, 4 * i));
            k.store(at(to, 4 * i), ended(value, at(to, 4 * i), at(bias, 4 * i)));
          }
        },
        () =>
          k.loop(low, high, 1, (row) => {
            const value = k.loadF32(at(from, row, 4));
            k.store(at(to, row, 4), ended(value, at(to, row, 4), at(bias, row, 4)));
          }),
      );
    };
    if (kind === 'experts') k.if(place, 'ge', 0, write);
    else write();
  });
}

function load(k: Builder, type: Type, address: Address): Value {
  return type === 'f32' ? k.loadF32(address) : k.load('f32x', address);
}

/** results = silu(results) · what follows them */
function gate(k: Builder, columns: number, results: Value): void {
  const bytes = resultBytes(columns);
  k.loop(0, bytes, k.traits.vectorBytes, (i) => {
    const value = silu(k, k.load('f32x', at(results, i)));
    k.store(at(results, i), k.mul(value, k.load('f32x', at(results, i, 1, bytes))));
  });
}
