/**
 * The products of grouped-query attention over a chunk of keys and values, for the rows of an
 * item: queries of one key/value head, of one token or of several. Every group of 16 keys is
 * loaded and turned to f32 once for all rows.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import type { CacheFormat } from '../../compiler/lowering.ts';
import { blockValues, elementBytes, keyGroup, loadCached } from '../emit/cache.ts';

/** Groups of keys of a chunk. */
export const chunkGroups = 16;
export const chunkTokens = chunkGroups * keyGroup;
/** Of keys and of values; parsers refuse wider ones. */
export const largestHeadDim = 512;
export const outStride = 4 * largestHeadDim;

/** What the products read and write. */
export interface Tile extends ReturnType<typeof headKeys>, ReturnType<typeof headValues> {
  readonly format: CacheFormat;
  readonly rows: number;
  readonly headDim: Value;
  readonly valueDim: Value;
  /** (headDim, rows), (rows, chunkTokens), (rows, largestHeadDim), (rows) */
  readonly q: Value;
  readonly scores: Value;
  readonly outs: Value;
  readonly kept: Value;
}

type KeyParams = Readonly<Record<'keys' | 'keysScales' | 'keysScaleBytes', Value>> & {
  readonly headDim: Value;
  readonly keyWidth: Value;
};
type ValueParams = Readonly<Record<'values' | 'valuesScales' | 'valuesScaleBytes', Value>> & {
  readonly valueDim: Value;
  readonly valueWidth: Value;
};

/** Where the keys of a head lie in a group, their scales, and bytes from group to group. */
export function headKeys(k: Builder, format: CacheFormat, p: KeyParams, kvHead: Value) {
  const dimensionBytes = keyGroup * elementBytes(format);
  const first = k.mul(kvHead, p.headDim);
  return {
    keys: k.add(p.keys, k.mul(first, dimensionBytes)),
    keyGroupBytes: k.mul(p.keyWidth, dimensionBytes),
    // 16 scales of 4 bytes for every 32 dimensions.
    keyScales: k.add(p.keysScales, k.shl(first, 1)),
    keyGroupScales: k.mul(p.keysScaleBytes, keyGroup),
  };
}

/** Where the values of a head lie in a row, their scales, and bytes from row to row. */
export function headValues(k: Builder, format: CacheFormat, p: ValueParams, kvHead: Value) {
  const first = k.mul(kvHead, p.valueDim);
  return {
    values: k.add(p.values, k.mul(first, elementBytes(format))),
    valueRowBytes: k.mul(p.valueWidth, elementBytes(format)),
    valueScales: k.add(p.valuesScales, k.shl(k.shr(first, Math.log2(blockValues)), 2)),
    valueRowScales: p.valuesScaleBytes,
  };
}

/** scores[row][16 j + lane] of the groups in `list`. */
export function scoreChunk(k: Builder, tile: Tile, list: Value, numGroups: Value): void {
  const { format, rows } = tile;
  const parts = keyGroup / k.lanes;
  const bytes = elementBytes(format);
  k.loop(0, numGroups, 1, (j) => {
    const group = k.loadI32(at(list, j, 4));
    const key = k.variable(k.add(tile.keys, k.mul(group, tile.keyGroupBytes)));
    const query = k.variable(tile.q);
    const sums = Array.from({ length: rows * parts }, () => k.variable(k.f32x(0)));
    const addDimensions = (count: Value, scales: readonly Value[] | undefined) =>
      k.loop(0, count, 1, () => {
        for (let part = 0; part < parts; part++) {
          const stored = loadCached(k, format, 'f32x', at(key, part * k.lanes * bytes));
          const keys = scales ? k.mul(stored, scales[part]) : stored;
          for (let row = 0; row < rows; row++) {
            const sum = sums[row * parts + part];
            k.set(sum, k.fma(keys, k.loadSplat('f32x', at(query, 4 * row)), sum));
          }
        }
        k.set(key, k.add(key, keyGroup * bytes));
        k.set(query, k.add(query, 4 * rows));
      });
    if (format === 'f16') addDimensions(tile.headDim, undefined);
    else {
      const scales = k.add(tile.keyScales, k.mul(group, tile.keyGroupScales));
      k.loop(0, tile.headDim, blockValues, (first) => {
        const ofBlock = Array.from({ length: parts }, (_, part) =>
          k.load('f32x', at(scales, first, 2, part * k.traits.vectorBytes)),
        );
        addDimensions(k.min(k.sub(tile.headDim, first), blockValues), ofBlock);
      });
    }
    const place = k.add(tile.scores, k.shl(j, Math.log2(keyGroup * 4)));
    sums.forEach((sum, i) => {
      const [row, part] = [Math.floor(i / parts), i % parts];
      k.store(at(place, row * chunkTokens * 4 + part * k.traits.vectorBytes), sum);
    });
  });
}

/** outs[row] = outs[row] · kept[row] + Σ scores[row][i] · value i, over the first `tokens`. */
export function addValues(k: Builder, tile: Tile, list: Value, tokens: Value): void {
  const { format, rows, valueDim } = tile;
  const fitting = Math.min(8, Math.floor((k.traits.vectorRegisters - 4) / (rows + 1)));
  // Several vectors begin with a block, so that what scale each has is known here.
  const unit = format === 'int8' ? blockValues / k.lanes : 1;
  const vectors = Math.max(1, Math.floor(fitting / unit) * unit);
  const whole = k.variable(0);
  if (vectors > 1) {
    const step = vectors * k.lanes;
    k.loop(0, k.sub(valueDim, step - 1), step, (first) => {
      addColumns(k, tile, list, tokens, first, vectors);
      k.set(whole, k.add(first, step));
    });
  }
  k.loop(whole, valueDim, k.lanes, (first) => addColumns(k, tile, list, tokens, first, 1));
}

/** Of `addValues`, the columns of `width` vectors from `first` on. */
function addColumns(
  k: Builder,
  tile: Tile,
  list: Value,
  tokens: Value,
  first: Value,
  width: number,
): void {
  const { format, rows, scores, kept, valueRowBytes, valueRowScales } = tile;
  const bytes = elementBytes(format);
  const out = k.add(tile.outs, k.shl(first, 2));
  const place = (row: number, v: number) => at(out, row * outStride + v * k.traits.vectorBytes);
  const sums = Array.from({ length: rows * width }, (_, i) => {
    const [row, v] = [Math.floor(i / width), i % width];
    const factor = k.loadSplat('f32x', at(kept, 4 * row));
    return k.variable(k.mul(k.load('f32x', place(row, v)), factor));
  });
  const column = k.add(tile.values, k.mul(first, bytes));
  const columnScales = k.add(tile.valueScales, k.shl(k.shr(first, Math.log2(blockValues)), 2));
  k.loop(0, tokens, keyGroup, (firstToken) => {
    const slot = k.shl(k.loadI32(at(list, k.shr(firstToken, Math.log2(keyGroup)), 4)), 4);
    const value = k.variable(k.add(column, k.mul(slot, valueRowBytes)));
    const scale = k.variable(k.add(columnScales, k.mul(slot, valueRowScales)));
    const weight = k.variable(k.add(scores, k.shl(firstToken, 2)));
    k.loop(0, k.min(k.sub(tokens, firstToken), keyGroup), 1, () => {
      const loaded = Array.from({ length: width }, (_, v) => {
        const stored = loadCached(k, format, 'f32x', at(value, v * k.lanes * bytes));
        if (format === 'f16') return stored;
        const block = Math.floor((v * k.lanes) / blockValues);
        return k.mul(stored, k.loadSplat('f32x', at(scale, 4 * block)));
      });
      for (let row = 0; row < rows; row++) {
        const w = k.loadSplat('f32x', at(weight, row * chunkTokens * 4));
        for (let v = 0; v < width; v++) {
          const sum = sums[row * width + v];
          k.set(sum, k.fma(loaded[v], w, sum));
        }
      }
      k.set(value, k.add(value, valueRowBytes));
      if (format === 'int8') k.set(scale, k.add(scale, valueRowScales));
      k.set(weight, k.add(weight, 4));
    });
  });
  sums.forEach((sum, i) => {
    k.store(place(Math.floor(i / width), i % width), sum);
  });
}
