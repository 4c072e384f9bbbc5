/**
 * A matrix to be written, as rows of f32 made on demand: a converter reorders rows, joins experts
 * and transposes heads without ever holding a whole model. dims: outermost first.
 */
import { decodeRow } from '../../../base/blocks/decode-row.ts';
import { rowBytes } from '../../../base/dtypes.ts';
import type { TensorView } from '../../../base/tensor-view.ts';

export interface RowSource {
  readonly dims: readonly number[];
  /** Writes row `index`, counted over all outer dimensions, into the start of `out`. */
  read(index: number, out: Float32Array): void;
}

export const columnsOf = ({ dims }: RowSource) => dims.at(-1)!;
export const rowsOf = ({ dims }: RowSource) => dims.slice(0, -1).reduce((a, b) => a * b, 1);

const tile = 128; // of FP8 scales

/** A tensor as it lies in the checkpoint; FP8 rows are multiplied by their tiles' scales. */
export function rowsOfView({ dtype, dims, bytes, tileScales }: TensorView): RowSource {
  const columns = dims.at(-1)!;
  const stride = rowBytes(dtype, columns);
  const tilesPerRow = Math.ceil(columns / tile);
  return {
    dims,
    read(index, out) {
      decodeRow(dtype, bytes, index * stride, out, columns);
      if (!tileScales) return;
      const scales = Math.floor(index / tile) * tilesPerRow;
      for (let i = 0; i < columns; i++) out[i]! *= tileScales[scales + Math.floor(i / tile)]!;
    },
  };
}

export function rowsOfValues(values: Float32Array): RowSource {
  return { dims: [values.length], read: (_, out) => out.set(values) };
}

/** Row i of the result is row `order(i)` of the source. */
export function reordered(
  source: RowSource,
  dims: readonly number[],
  order: (row: number) => number,
): RowSource {
  return { dims, read: (index, out) => source.read(order(index), out) };
}

/** A vector whose elements change places. */
export function reorderedVector(source: RowSource, order: (index: number) => number): RowSource {
  const length = columnsOf(source);
  const values = new Float32Array(length);
  return {
    dims: source.dims,
    read(_, out) {
      source.read(0, values);
      for (let i = 0; i < length; i++) out[i] = values[order(i)]!;
    },
  };
}

/** Matrices of one shape behind each other: (parts, rows, columns). */
export function stacked(parts: readonly RowSource[]): RowSource {
  const [first] = parts as [RowSource];
  const rows = rowsOf(first);
  return {
    dims: [parts.length, ...first.dims],
    read: (index, out) => parts[Math.floor(index / rows)]!.read(index % rows, out),
  };
}

/** (blocks, rows, columns) with each block transposed: (blocks, columns, rows). */
export function transposedBlocks(source: RowSource): RowSource {
  const [blocks, rows, columns] = source.dims as [number, number, number];
  const row = new Float32Array(columns);
  const block = new Float32Array(rows * columns); // (columns, rows) of block `held`
  let held = -1;
  const hold = (wanted: number) => {
    for (let r = 0; r < rows; r++) {
      source.read(wanted * rows + r, row);
      for (let c = 0; c < columns; c++) block[c * rows + r] = row[c]!;
    }
    held = wanted;
  };
  return {
    dims: [blocks, columns, rows],
    read(index, out) {
      const wanted = Math.floor(index / columns);
      if (wanted !== held) hold(wanted);
      const at = (index % columns) * rows;
      out.set(block.subarray(at, at + rows));
    },
  };
}
