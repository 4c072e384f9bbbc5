/**
 * A weight matrix that stays as the checkpoint has it: rows are decoded to f32 one at a time. Out
 * of one view, or of several of the same dtype and width whose rows follow each other; leading
 * dimensions count as rows. FP8 rows are multiplied by the scales of their 128x128 tiles.
 */
import { decodeRow } from '../base/blocks/decode-row.ts';
import { type DType, rowBytes } from '../base/dtypes.ts';
import type { TensorView } from '../base/tensor-view.ts';

/** Rows, and columns, that share one of FP8's scales. */
export const tileSide = 128;

export class WeightRows {
  readonly dtype: DType;
  readonly dims: readonly [number, number];
  readonly views: readonly TensorView[];
  readonly rowsPerView: number;
  /** Of a row in the checkpoint. */
  readonly rowBytes: number;

  constructor(views: readonly TensorView[]) {
    const [first] = views;
    const width = first.dims[first.dims.length - 1];
    this.rowsPerView = first.dims.reduce((a, b) => a * b, 1) / width;
    this.rowBytes = rowBytes(first.dtype, width);
    this.views = views;
    this.dtype = first.dtype;
    this.dims = [this.rowsPerView * views.length, width];
  }

  /** Writes row `index` into the start of `out`. */
  decodeRow(index: number, out: Float32Array): void {
    const width = this.dims[1];
    const view = this.views[Math.floor(index / this.rowsPerView)];
    const row = index % this.rowsPerView;
    decodeRow(this.dtype, view.bytes, row * this.rowBytes, out, width);
    if (view.tileScales) applyTileScales(view.tileScales, row, width, out);
  }
}

/** scales: (ceil(rows / 128), ceil(width / 128)). */
function applyTileScales(scales: Float32Array, row: number, width: number, out: Float32Array) {
  const tilesPerRow = Math.ceil(width / tileSide);
  const start = Math.floor(row / tileSide) * tilesPerRow;
  for (let i = 0; i < width; i++) out[i] *= scales[start + Math.floor(i / tileSide)];
}
