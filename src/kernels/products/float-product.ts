/**
 * y = x · wᵀ with weights that are numbers as they stand, in f32: sixteen rows by C columns. The
 * activations come in tiles too, (elements, C) f32.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import { defineProgram, programFamily } from '../emit/define-program.ts';
import { lineBytes, stripRows } from '../weights/codec.ts';
import { type FloatType, floatBytes, loadFloats, tileColumnsOf } from '../weights/float-layout.ts';
import { type ColumnSource, columnParams, eachColumn } from './activations.ts';
import {
  type EndingKind,
  eachMatrix,
  itemOf,
  matricesOf,
  resultBytes,
  type SegmentKind,
  segmentParams,
  writeResults,
} from './segments.ts';

export const floatTileColumns = (registers: number) => (registers >= 32 ? [1, 4, 12] : [1, 4]);

/** Items are tiles; columns that do not exist are zeros. */
export const floatTiles = programFamily(
  (columns: number, source: ColumnSource) => `float tiles c${columns} ${source}`,
  (key, columns, source) =>
    defineProgram(key, { ...columnParams, elements: 'int' }, (k, p, { start, end }) => {
      const tileBytes = k.mul(p.elements, 4 * columns);
      k.loop(start, end, 1, (tile) => {
        const to = k.add(p.to, k.mul(tile, tileBytes));
        const fill = (c: Value, value: (i: Value) => Value) => {
          const place = k.variable(k.add(to, k.shl(c, 2)));
          k.loop(0, p.elements, 1, (i) => {
            k.store(at(place), value(i));
            k.set(place, k.add(place, 4 * columns));
          });
        };
        eachColumn(k, columns, source, p, tile, {
          missing: (c) => fill(c, () => k.int(0)),
          present: (c, from) => fill(c, (i) => k.loadI32(at(from, i, 4))),
        });
      });
    }),
);

const params = {
  ...segmentParams,
  /** Packed strips, bytes of one, and where its scales begin. */
  w: 'weights',
  stripBytes: 'int',
  scalesOffset: 'int',
  elements: 'int',
  x: 'int',
  tileBytes: 'int',
} as const;

export const floatProduct = programFamily(
  (type: FloatType, columns: number, kind: SegmentKind, ending: EndingKind) =>
    `product ${type} c${columns} ${kind} ${ending}`,
  (key, type, columns, kind, ending) =>
    defineProgram(key, params, (k, p, { start, end, scratch }) => {
      const results = k.add(scratch, k.reserve(matricesOf(ending) * resultBytes(columns)));
      k.loop(start, end, 1, (index) => {
        const item = itemOf(k, kind, p, index);
        k.loop(item.firstStrip, item.endStrip, 1, (strip) => {
          k.loop(item.firstTile, item.endTile, 1, (tile) => {
            const x = k.add(p.x, k.mul(tile, p.tileBytes));
            eachMatrix(k, ending, p, (w, which) => {
              const rows = k.add(w, k.mul(strip, p.stripBytes));
              const own = k.add(results, k.mul(which, resultBytes(columns)));
              for (let part = 0; part < lineBytes / k.traits.vectorBytes; part++) {
                multiply(k, type, columns, part, p, rows, x, own);
              }
            });
            writeResults(k, kind, ending, p, item, strip, tile, columns, results);
          });
        });
      });
    }),
);

/** How far ahead of its use memory is asked for. */
const prefetchBytes = 4096;

/** results (columns, 16): this part's rows. */
function multiply(
  k: Builder,
  type: FloatType,
  columns: number,
  part: number,
  p: { readonly elements: Value; readonly scalesOffset: Value },
  w: Value,
  x: Value,
  results: Value,
): void {
  const [weights, activations] = [k.variable(w), k.variable(x)];
  const write = (sums: readonly Value[]) =>
    sums.forEach((sum, c) => {
      k.store(at(results, c * stripRows * 4 + part * k.traits.vectorBytes), sum);
    });
  const tileColumns = tileColumnsOf(type);
  if (!tileColumns) {
    write(sumsOf(k, type, columns, part, weights, activations, p.elements));
    return;
  }
  const totals = Array.from({ length: columns }, () => k.variable(k.f32x(0)));
  const scales = k.variable(k.add(k.add(w, p.scalesOffset), part * k.traits.vectorBytes));
  k.loop(0, p.elements, tileColumns, (first) => {
    const count = k.min(k.sub(p.elements, first), tileColumns);
    const sums = sumsOf(k, type, columns, part, weights, activations, count);
    const scale = k.load('f32x', at(scales));
    totals.forEach((total, c) => {
      k.set(total, k.fma(sums[c], scale, total));
    });
    k.set(scales, k.add(scales, lineBytes));
  });
  write(totals);
}

/** Of the next `count` columns of weights, which both pointers are moved beyond. */
function sumsOf(
  k: Builder,
  type: FloatType,
  columns: number,
  part: number,
  weights: Value,
  activations: Value,
  count: Value,
): Value[] {
  // Sums that do not wait for each other: at least eight in flight.
  const chains = columns >= 8 ? 1 : columns >= 4 ? 2 : 8;
  const columnBytes = stripRows * floatBytes[type];
  const sums = Array.from({ length: chains }, () =>
    Array.from({ length: columns }, () => k.variable(k.f32x(0))),
  );
  const whole = k.and(count, -chains);
  const step = (steps: number) => {
    for (let i = 0; i < steps; i++) {
      if (part === 0 && (i * columnBytes) % lineBytes === 0) {
        k.prefetch(at(weights, prefetchBytes + i * columnBytes));
      }
      const line = loadFloats(k, type, weights, part, i * columnBytes);
      for (let c = 0; c < columns; c++) {
        const xValue = k.loadSplat('f32x', at(activations, 4 * (i * columns + c)));
        k.set(sums[i][c], k.fma(line, xValue, sums[i][c]));
      }
    }
    k.set(weights, k.add(weights, steps * columnBytes));
    k.set(activations, k.add(activations, steps * 4 * columns));
  };
  k.loop(0, whole, chains, () => step(chains));
  if (chains > 1) k.loop(whole, count, 1, () => step(1));
  return Array.from({ length: columns }, (_, c) =>
    sums.map((chain) => chain[c]).reduce((a, b) => k.add(a, b)),
  );
}
