/**
 * y = x · wᵀ on the matrix unit (AMX), for many columns. An item is some strips; what they have in
 * a block of elements becomes bf16 (bf16-weights.ts) and is multiplied with all columns, tile by
 * tile, before the next block. So the weights stay in L2 while the columns stream past them, each
 * used for all strips. Two strips by 32 columns at a time fill the unit's sums.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import { defineProgram, programFamily } from '../emit/define-program.ts';
import { type Codec, lineBytes, stripRows } from '../weights/codec.ts';
import { bf16RecordBytes } from './bf16-columns.ts';
import { bf16StripBytes, chunkBytes, chunkElements, stripToBf16 } from './bf16-weights.ts';
import { productParams } from './quantised-product.ts';
import {
  type EndingKind,
  eachMatrix,
  itemOf,
  matricesOf,
  resultBytes,
  type SegmentKind,
  writeResults,
} from './segments.ts';

/** Columns of a tile of the unit, and how many of them go through it together. */
const tileRows = 16;
export const matrixColumns: readonly number[] = [tileRows, 2 * tileRows];
/** Columns from which it pays: below, expanded products were as fast or faster. */
export const leastForTiles = 32;

/** An item's weights in a block, in L2 beside the columns that pass. */
const blockBytes = 768 * 1024;
const mostBlockElements = 2048;

export interface TilePlan {
  /** Of weights; the last may be shorter. */
  readonly numBlocks: number;
  readonly unitsPerBlock: number;
  /** Bytes of a strip's block in bf16. */
  readonly stripBytes: number;
  /** Of an item, both matrices together. */
  readonly mostStrips: number;
}

export function tilePlan({ unitElements }: Codec, elements: number): TilePlan {
  const units = elements / unitElements;
  const unitsPerBlock = Math.ceil(units / Math.ceil(elements / mostBlockElements));
  const stripBytes = bf16StripBytes(unitsPerBlock * unitElements);
  return {
    ...{ unitsPerBlock, stripBytes },
    numBlocks: Math.ceil(units / unitsPerBlock),
    mostStrips: Math.floor(blockBytes / stripBytes),
  };
}

/** What an item is given besides the routine's own scratch: weights of a block, then sums. */
export function tileScratch(
  { numBlocks, unitsPerBlock, stripBytes }: TilePlan,
  { columns, tiles, strips }: { columns: number; tiles: number; strips: number },
) {
  const bytesOfTile = strips * resultBytes(columns);
  // From block to block each tile's sums are kept; in a single one the next tile takes their place.
  const tileSumBytes = numBlocks > 1 ? bytesOfTile : 0;
  const sumsOffset = strips * stripBytes;
  return {
    blockArgs: { numBlocks, unitsPerBlock, blockStripBytes: stripBytes, sumsOffset, tileSumBytes },
    scratchBytes: sumsOffset + Math.max(bytesOfTile, tiles * tileSumBytes),
  };
}

const params = {
  ...productParams,
  numBlocks: 'int',
  unitsPerBlock: 'int',
  blockStripBytes: 'int',
  /** Where sums lie behind the weights, and bytes from tile to tile. */
  sumsOffset: 'int',
  tileSumBytes: 'int',
} as const;

export const tileProduct = programFamily(
  (codec: Codec, columns: number, kind: SegmentKind, ending: EndingKind) =>
    `product ${codec.dtype} c${columns} tiles ${kind} ${ending}`,
  (key, codec, columns, kind, ending) =>
    defineProgram(key, params, (k, p, { start, end, scratch }) => {
      k.tileDepth = 2 * chunkElements;
      const matrices = matricesOf(ending);
      const found = k.add(scratch, k.reserve((codec.unitElements / 4) * lineBytes));
      const strips = k.add(scratch, k.reserveRest());
      const sums = k.add(strips, p.sumsOffset);
      const chunksOfUnit = codec.unitElements / chunkElements;
      k.loop(start, end, 1, (index) => {
        const item = itemOf(k, kind, p, index);
        const numStrips = k.mul(k.sub(item.endStrip, item.firstStrip), matrices);
        const numBlocks = k.variable(k.int(0));
        k.if(item.firstTile, 'lt', item.endTile, () => k.set(numBlocks, p.numBlocks));
        k.loop(0, numBlocks, 1, (block) => {
          const firstUnit = k.mul(block, p.unitsPerBlock);
          const units = k.min(k.sub(p.units, firstUnit), p.unitsPerBlock);
          const place = k.variable(strips);
          k.loop(item.firstStrip, item.endStrip, 1, (strip) => {
            eachMatrix(k, ending, p, (w) => {
              const packed = k.add(w, k.mul(strip, p.stripBytes));
              const unit = k.add(packed, k.mul(firstUnit, codec.unitBytes));
              const sides = k.add(packed, p.sidesOffset);
              const side = k.add(sides, k.mul(firstUnit, codec.sideBytes));
              stripToBf16(k, codec, { unit, side, table: p.table, units }, found, place);
              k.set(place, k.add(place, p.blockStripBytes));
            });
          });
          const recordsBefore = k.mul(firstUnit, chunksOfUnit * bf16RecordBytes(columns));
          k.loop(item.firstTile, item.endTile, 1, (tile) => {
            const own = k.add(sums, k.mul(k.sub(tile, item.firstTile), p.tileSumBytes));
            const factors = {
              columns,
              block,
              x: k.add(k.add(p.x, k.mul(tile, p.tileBytes)), recordsBefore),
              strips,
              stripBytes: p.blockStripBytes,
              chunks: k.mul(units, chunksOfUnit),
              sums: own,
            };
            k.loop(0, k.sub(numStrips, 1), 2, (strip) => multiply(k, factors, strip, 2));
            k.if(k.and(numStrips, 1), 'ne', 0, () => {
              multiply(k, factors, k.sub(numStrips, 1), 1);
            });
            k.if(block, 'eq', k.sub(numBlocks, 1), () => {
              k.loop(item.firstStrip, item.endStrip, 1, (strip) => {
                const before = k.sub(strip, item.firstStrip);
                const results = k.add(own, k.mul(before, matrices * resultBytes(columns)));
                writeResults(k, kind, ending, p, item, strip, tile, columns, results);
              });
            });
          });
        });
      });
    }),
);

interface Factors {
  readonly columns: number;
  readonly block: Value;
  /** The tile's records of this block. */
  readonly x: Value;
  /** (strips, chunks) */
  readonly strips: Value;
  readonly stripBytes: Value;
  readonly chunks: Value;
  /** (strips, columns, 16) f32 of the tile; what is there before the first block does not count. */
  readonly sums: Value;
}

/** sums of `strip` and, where `count` is 2, the next += those strips times the columns. */
function multiply(
  k: Builder,
  { columns, block, x, strips, stripBytes, chunks, sums }: Factors,
  strip: Value,
  count: 1 | 2,
): void {
  const cells = Array.from({ length: count }, (_, s) => {
    const place = k.add(sums, k.mul(k.add(strip, s), resultBytes(columns)));
    return Array.from({ length: columns / tileRows }, (_, t) => ({
      where: { address: at(place, t * resultBytes(tileRows)), imm: stripRows * 4 },
      sum: k.variable(k.op('tile_zero')),
    }));
  });
  k.if(block, 'ne', 0, () => {
    for (const { where, sum } of cells.flat()) k.set(sum, k.op('tile_load', [], where));
  });
  const record = k.variable(x);
  const from = cells.map((_, s) => k.variable(k.add(strips, k.mul(k.add(strip, s), stripBytes))));
  k.loop(0, chunks, 1, () => {
    const x: Value[] = [];
    // Loads between the products that they are not for.
    cells.forEach((row, s) => {
      const w = k.op('tile_load_b', [], { address: at(from[s]), imm: lineBytes });
      row.forEach(({ sum }, t) => {
        x[t] ??= k.op('tile_load_a', [], { address: at(record, t * chunkBytes), imm: lineBytes });
        k.set(sum, k.op('tile_dot_bf16', [sum, x[t], w]));
      });
    });
    for (const address of from) k.set(address, k.add(address, chunkBytes));
    k.set(record, k.add(record, bf16RecordBytes(columns)));
  });
  for (const { where, sum } of cells.flat()) k.op('tile_store', [sum], where);
}
