/**
 * y = x · wᵀ on the matrix unit (AMX), for many columns: an item's strips are widened to whole
 * numbers of 16 bits first (wide-weights.ts); their two bytes are multiplied apart, exactly, over
 * 256 elements, and come together in the vector unit, once per 256.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import { defineProgram, programFamily } from '../emit/define-program.ts';
import { type Codec, lineBytes, stripRows } from '../weights/codec.ts';
import { type ActivationFormat, groupElements, recordLayout } from './activations.ts';
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
import {
  lowerOffset,
  scaleOffset,
  wideGroupBytes,
  widenStrip,
  wideScratchBytes,
} from './wide-weights.ts';

/** Columns of a tile of the unit, and how many of them go through it together. */
const tileRows = 16;
export const matrixColumns: readonly number[] = [tileRows, 2 * tileRows];
/** Strips of an item, at most; of both matrices together. */
export const mostStrips = 4;
/** Columns from which widening the weights pays: below, expanded products were as fast or faster. */
export const leastForTiles = 64;
/** Elements of one multiplication. */
const depth = 64;

export function matrixFormat(columns: number): ActivationFormat {
  return { columns, subElements: 32, order: 'rows', sums: { kind: 'none' } };
}

/** Scratch that a launch needs besides the routine's own. */
export function wideStripBytes(elements: number, strips: number): number {
  return strips * Math.ceil(elements / groupElements) * wideGroupBytes;
}

export const tileProduct = programFamily(
  (codec: Codec, columns: number, kind: SegmentKind, ending: EndingKind) =>
    `product ${codec.dtype} c${columns} tiles ${kind} ${ending}`,
  (key, codec, columns, kind, ending) =>
    defineProgram(key, productParams, (k, p, { start, end, scratch }) => {
      k.tileDepth = depth;
      const area = (bytes: number) => k.add(scratch, k.reserve(bytes));
      const results = area(mostStrips * resultBytes(columns));
      const products = area(4 * resultBytes(columns));
      const wide = {
        scales: area(wideScratchBytes.scales),
        mins: area(wideScratchBytes.mins),
        lines: area(wideScratchBytes.lines),
      };
      const strips = k.add(scratch, k.reserveRest());
      k.loop(start, end, 1, (index) => {
        const item = itemOf(k, kind, p, index);
        const matrices = matricesOf(ending);
        const numStrips = k.mul(k.sub(item.endStrip, item.firstStrip), matrices);
        const stepBytes = k.mul(numStrips, wideGroupBytes);
        k.if(item.firstTile, 'lt', item.endTile, () => {
          const place = k.variable(strips);
          k.loop(item.firstStrip, item.endStrip, 1, (strip) => {
            eachMatrix(k, ending, p, (w) => {
              const unit = k.add(w, k.mul(strip, p.stripBytes));
              const source = { unit, side: k.add(unit, p.sidesOffset), ...p };
              widenStrip(k, codec, source, wide, place, stepBytes);
              k.set(place, k.add(place, wideGroupBytes));
            });
          });
          k.loop(item.firstTile, item.endTile, 1, (tile) => {
            const x = k.add(p.x, k.mul(tile, p.tileBytes));
            multiply(k, columns, strips, numStrips, p.groups, x, products, results);
            k.loop(item.firstStrip, item.endStrip, 1, (strip) => {
              const own = k.mul(k.sub(strip, item.firstStrip), matrices * resultBytes(columns));
              writeResults(k, kind, ending, p, item, strip, tile, columns, k.add(results, own));
            });
          });
        });
      });
    }),
);

/**
 * results (strips, columns, 16) = the widened strips, group after group (groups, strips), times
 * the tile's columns. A group's columns stay near for all strips. The vector unit adds up what the
 * matrix unit wrote down one turn before, so that neither waits for the other.
 */
function multiply(
  k: Builder,
  columns: number,
  strips: Value,
  numStrips: Value,
  groups: Value,
  x: Value,
  products: Value,
  results: Value,
): void {
  const { recordBytes } = recordLayout(matrixFormat(columns));
  const bufferBytes = 2 * resultBytes(columns);
  const clear = (from: Value, count: Value) =>
    k.loop(0, count, k.traits.vectorBytes, (i) => k.store(at(from, i), k.f32x(0)));
  clear(results, k.mul(numStrips, resultBytes(columns)));
  const [now, before] = [k.variable(products), k.variable(k.add(products, bufferBytes))];
  // Nothing was written down before the first turn: zeros are.
  clear(before, k.int(bufferBytes));
  const last = {
    group: k.variable(strips),
    record: k.variable(x),
    results: k.variable(results),
  };

  const [group, record] = [k.variable(strips), k.variable(x)];
  k.loop(0, groups, 1, () => {
    const own = k.variable(results);
    k.loop(0, numStrips, 1, () => {
      multiplyGroup(k, columns, group, record, now);
      addUp(k, columns, last, before);
      k.set(last.group, group);
      k.set(last.record, record);
      k.set(last.results, own);
      const swapped = k.sub(k.add(products, k.add(products, bufferBytes)), now);
      k.set(before, now);
      k.set(now, swapped);
      k.set(group, k.add(group, wideGroupBytes));
      k.set(own, k.add(own, resultBytes(columns)));
    });
    k.set(record, k.add(record, recordBytes));
  });
  addUp(k, columns, last, before);
}

/** results += (upper · 256 + lower) · the weights' scale · the columns' scales */
function addUp(
  k: Builder,
  columns: number,
  of: { readonly group: Value; readonly record: Value; readonly results: Value },
  products: Value,
): void {
  const { scalesOffset } = recordLayout(matrixFormat(columns));
  const row = (base: Value, c: number, disp = 0) => at(base, disp + c * stripRows * 4);
  const scale = k.load('f32x', at(of.group, scaleOffset));
  for (let c = 0; c < columns; c++) {
    const upper = k.load('i32x', row(products, c));
    const lower = k.load('i32x', row(products, c, resultBytes(columns)));
    const whole = k.op('to_f32x', [k.add(k.shl(upper, 8), lower)]);
    const factor = k.loadSplat('f32x', at(of.record, scalesOffset + 4 * c));
    const place = row(of.results, c);
    k.store(place, k.fma(k.mul(whole, scale), factor, k.load('f32x', place)));
  }
}

/** products: upper bytes times the columns' codes (columns, 16), then the lower bytes'. */
function multiplyGroup(
  k: Builder,
  columns: number,
  group: Value,
  record: Value,
  products: Value,
): void {
  const tiles = Array.from({ length: columns / tileRows }, (_, t) => t);
  const halves = [0, lowerOffset];
  const sums = halves.map(() => tiles.map(() => k.variable(k.op('tile_zero'))));
  for (let i = 0; i < groupElements; i += depth) {
    for (const half of halves) {
      for (let line = 0; line < depth / 4; line++) {
        k.prefetch(at(group, wideGroupBytes + half + (i / 4 + line) * lineBytes));
      }
    }
    const factors = halves.map((half) =>
      k.op('tile_load_b', [], {
        address: at(group, half + (i / 4) * lineBytes),
        imm: lineBytes,
      }),
    );
    for (const t of tiles) {
      const codes = k.op('tile_load_a', [], {
        address: at(record, t * tileRows * groupElements + i),
        imm: groupElements,
      });
      factors.forEach((factor, h) => {
        k.set(sums[h][t], k.op('tile_dot_ss', [sums[h][t], codes, factor]));
      });
    }
  }
  sums.forEach((half, h) => {
    half.forEach((sum, t) => {
      const disp = h * resultBytes(columns) + t * resultBytes(tileRows);
      k.op('tile_store', [sum], { address: at(products, disp), imm: stripRows * 4 });
    });
  });
}
