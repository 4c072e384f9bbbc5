/**
 * A weight of the reference device: the checkpoint's own bytes, decoded one row at a time.
 * FP8 rows are multiplied by the scales of their 128x128 tiles.
 */
import { decodeRow } from '../../base/blocks/decode-row.ts';
import { type DType, rowBytes } from '../../base/dtypes.ts';
import type { TensorView } from '../../base/tensor-view.ts';
import type { WeightArg } from '../../compiler/kernel.ts';
import type { DeviceWeight } from '../device.ts';

const tileSide = 128;

export class ReferenceWeight implements DeviceWeight, WeightArg {
  readonly dtype: DType;
  readonly dims: readonly [number, number];
  readonly #views: readonly TensorView[];
  readonly #rowsPerView: number;
  readonly #rowBytes: number;

  constructor(views: readonly TensorView[]) {
    const [first] = views;
    const width = first.dims[first.dims.length - 1];
    this.#rowsPerView = first.dims.reduce((a, b) => a * b, 1) / width;
    this.#rowBytes = rowBytes(first.dtype, width);
    this.#views = views;
    this.dtype = first.dtype;
    this.dims = [this.#rowsPerView * views.length, width];
  }

  decodeRow(index: number, out: Float32Array): void {
    const width = this.dims[1];
    const view = this.#views[Math.floor(index / this.#rowsPerView)];
    const row = index % this.#rowsPerView;
    decodeRow(this.dtype, view.bytes, row * this.#rowBytes, out, width);
    if (view.tileScales) applyTileScales(view.tileScales, row, width, out);
  }
}

/** scales: (ceil(rows / 128), ceil(width / 128)). */
function applyTileScales(scales: Float32Array, row: number, width: number, out: Float32Array) {
  const tilesPerRow = Math.ceil(width / tileSide);
  const start = Math.floor(row / tileSide) * tilesPerRow;
  for (let i = 0; i < width; i++) out[i] *= scales[start + Math.floor(i / tileSide)];
}
