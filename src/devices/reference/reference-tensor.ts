/** A tensor of the reference device: a typed array, a shape, and where its rows begin. */
import type { TensorArg } from '../../compiler/kernel.ts';
import type { DeviceTensor } from '../device.ts';

type Elements = Float32Array | Int32Array;

export class ReferenceTensor implements DeviceTensor, TensorArg<Elements> {
  readonly dtype: DeviceTensor['dtype'];
  readonly dims: readonly number[];
  readonly rowStride: number;
  /** From this tensor's first element on; a view of columns sees the other columns' gaps too. */
  readonly data: Elements;

  private constructor(
    dtype: DeviceTensor['dtype'],
    data: Elements,
    dims: readonly number[],
    rowStride: number,
  ) {
    this.dtype = dtype;
    this.data = data;
    this.dims = dims;
    this.rowStride = rowStride;
  }

  static allocate(dtype: DeviceTensor['dtype'], dims: readonly number[]): ReferenceTensor {
    const elements = dims.reduce((a, b) => a * b, 1);
    const data = dtype === 'i32' ? new Int32Array(elements) : new Float32Array(elements);
    return new ReferenceTensor(dtype, data, dims, rowElements(dims));
  }

  /** Same storage, other dims. Over several columns' worth of rows the row stride stays. */
  view(dims: readonly number[], columnOffset: number): ReferenceTensor {
    const width = rowElements(dims);
    const isSlice = columnOffset > 0 || this.rowStride !== rowElements(this.dims);
    const keepsRows = dims[0] === this.dims[0];
    if (isSlice && !keepsRows) throw new Error('a slice of columns keeps its rows');
    if (columnOffset + width > this.rowStride && keepsRows && dims[0] > 1) {
      throw new Error(`columns ${columnOffset}+${width} are outside a row of ${this.rowStride}`);
    }
    const elements = keepsRows ? (dims[0] - 1) * this.rowStride + width : dims[0] * width;
    if (columnOffset + elements > this.data.length) throw new Error('view outside its tensor');
    const stride = keepsRows ? this.rowStride : width;
    return new ReferenceTensor(this.dtype, this.data.subarray(columnOffset), dims, stride);
  }

  rows(start: number, count: number): ReferenceTensor {
    if (start + count > this.dims[0]) throw new Error('rows outside their tensor');
    const data = this.data.subarray(start * this.rowStride);
    return new ReferenceTensor(this.dtype, data, [count, ...this.dims.slice(1)], this.rowStride);
  }

  row(index: number): Elements {
    const start = index * this.rowStride;
    return this.data.subarray(start, start + rowElements(this.dims));
  }
}

/** Elements of one slice of the outermost dimension; a vector's rows are single elements. */
function rowElements(dims: readonly number[]): number {
  let elements = 1;
  for (let i = 1; i < dims.length; i++) elements *= dims[i];
  return elements;
}
