/**
 * The rows of a weight as they are handed to be packed: the checkpoint's bytes, and behind each of
 * an FP8 weight the scales of the tiles that it lies in. Machine code may read them where the file
 * is mapped; else, and with scales, they are copied. The file's pages of rows that were packed are
 * let go.
 */
import type { DType } from '../../base/dtypes.ts';
import type { TensorView } from '../../base/tensor-view.ts';
import { tileSide, WeightRows } from '../weight-rows.ts';
import type { Allocation } from './allocation.ts';

const stripRows = 16;

export class PackSource {
  readonly dtype: DType;
  readonly dims: readonly [number, number];
  /** Of a row as it is handed out. */
  readonly rowBytes: number;
  /** Of a row in the file. */
  readonly fileRowBytes: number;
  readonly #weight: WeightRows;
  /** Of a row; none but for FP8. */
  readonly #numScales: number;

  constructor(views: readonly TensorView[]) {
    this.#weight = new WeightRows(views);
    const { dtype, dims, rowBytes } = this.#weight;
    const isFp8 = dtype === 'f8_e4m3';
    this.dtype = dtype;
    this.dims = dims;
    this.fileRowBytes = rowBytes;
    this.#numScales = isFp8 ? Math.ceil(dims[1] / tileSide) : 0;
    this.rowBytes = isFp8 ? Math.ceil(rowBytes / 4) * 4 + 4 * this.#numScales : rowBytes;
  }

  /** Rows [start, start + count) to the beginning of `target`, one behind the other. */
  copyRows(start: number, count: number, target: Allocation): void {
    if (this.#numScales > 0) this.#copyWithScales(start, count, target);
    else this.#copy(start, count, target.u8());
  }

  /**
   * Where rows from `start` on lie in this process, and how many of them, at most `most`: whole
   * strips but for the weight's last. Undefined where they must be copied.
   */
  inPlace(start: number, most: number): { address: number; rows: number } | undefined {
    const { views, rowsPerView } = this.#weight;
    if (this.#numScales > 0) return undefined;
    if (views.length > 1 && rowsPerView % stripRows !== 0) return undefined;
    const view = Math.floor(start / rowsPerView);
    const { address } = views[view];
    if (address === undefined) return undefined;
    const inView = start - view * rowsPerView;
    const rows = Math.min(most, rowsPerView - inView);
    return { address: address + inView * this.rowBytes, rows };
  }

  /** Rows [start, start + count) were packed. */
  packed(start: number, count: number): void {
    this.#eachView(start, count, (view, from, to) => view.release?.(from, to));
  }

  #copy(start: number, count: number, target: Uint8Array): void {
    let at = 0;
    this.#eachView(start, count, ({ bytes }, from, to) => {
      target.set(bytes.subarray(from, to), at);
      at += to - from;
    });
  }

  /** Which bytes of which views rows [start, start + count) are. */
  #eachView(
    start: number,
    count: number,
    visit: (view: TensorView, from: number, to: number) => void,
  ): void {
    const { views, rowsPerView } = this.#weight;
    for (let row = start; row < start + count; ) {
      const view = Math.floor(row / rowsPerView);
      const end = Math.min(start + count, (view + 1) * rowsPerView);
      const [from, to] = [row, end].map((at) => (at - view * rowsPerView) * this.fileRowBytes);
      visit(views[view], from, to);
      row = end;
    }
  }

  /** A view without scales has ones. */
  #copyWithScales(start: number, count: number, target: Allocation): void {
    const { views, rowsPerView } = this.#weight;
    const bytes = target.u8();
    for (let i = 0; i < count; i++) {
      const view = views[Math.floor((start + i) / rowsPerView)];
      const row = (start + i) % rowsPerView;
      const codes = view.bytes.subarray(row * this.fileRowBytes, (row + 1) * this.fileRowBytes);
      bytes.set(codes, i * this.rowBytes);
      const scales = target.f32((i + 1) * this.rowBytes - 4 * this.#numScales, this.#numScales);
      const first = Math.floor(row / tileSide) * this.#numScales;
      if (view.tileScales) scales.set(view.tileScales.subarray(first, first + this.#numScales));
      else scales.fill(1);
    }
  }
}
