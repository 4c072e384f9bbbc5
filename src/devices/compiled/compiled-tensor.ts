/**
 * A tensor of a compiled device: machine memory, a shape, and where its rows begin. Views and rows
 * share the memory; a slice of columns keeps the row stride of what it is cut from.
 */
import type { CacheFormat, LowerTensor, Memory } from '../../compiler/lowering.ts';
import type { DeviceTensor } from '../device.ts';
import type { Allocation } from './allocation.ts';

type TensorDType = DeviceTensor['dtype'];

/** Slots of a cache that kernels keep together, keys dimension by dimension. */
const slotGroup = 16;

export interface TensorElement {
  readonly dtype: TensorDType;
  /** In a cache with scales on the average, over whole rows. */
  readonly elementBytes: number;
  readonly cacheFormat?: CacheFormat | undefined;
}

export function bytesOf({ elementBytes }: TensorElement, elements: number): number {
  return Math.round(elements * elementBytes);
}

export class CompiledTensor implements DeviceTensor, LowerTensor {
  readonly dtype: TensorDType;
  readonly dims: readonly number[];
  readonly rowStride: number;
  readonly elementBytes: number;
  readonly cacheFormat: CacheFormat | undefined;
  readonly allocation: Allocation;
  readonly memory: Memory;

  constructor(
    allocation: Allocation,
    element: TensorElement,
    dims: readonly number[],
    rowStride = rowElements(dims),
    offsetBytes = 0,
  ) {
    this.allocation = allocation;
    this.dtype = element.dtype;
    this.elementBytes = element.elementBytes;
    this.cacheFormat = element.cacheFormat;
    this.dims = dims;
    this.rowStride = rowStride;
    const elements = dims[0] === 0 ? 0 : (dims[0] - 1) * rowStride + rowElements(dims);
    this.memory = allocation.part(offsetBytes, bytesOf(element, elements));
  }

  /** Same storage, other dims. Over several columns' worth of rows the row stride stays. */
  view(dims: readonly number[], columnOffset: number): CompiledTensor {
    this.#refuseScales();
    const width = rowElements(dims);
    const isSlice = columnOffset > 0 || this.rowStride !== rowElements(this.dims);
    const keepsRows = dims[0] === this.dims[0];
    if (isSlice && !keepsRows) throw new Error('a slice of columns keeps its rows');
    if (columnOffset + width > this.rowStride && keepsRows && dims[0] > 1) {
      throw new Error(`columns ${columnOffset}+${width} are outside a row of ${this.rowStride}`);
    }
    const elements = keepsRows ? (dims[0] - 1) * this.rowStride + width : dims[0] * width;
    const { offsetBytes } = this.memory;
    const available = (this.allocation.sizeBytes - offsetBytes) / this.elementBytes;
    if (columnOffset + elements > available) throw new Error('view outside its tensor');
    const start = offsetBytes + columnOffset * this.elementBytes;
    return new CompiledTensor(
      this.allocation,
      this,
      dims,
      keepsRows ? this.rowStride : width,
      start,
    );
  }

  rows(start: number, count: number): CompiledTensor {
    this.#refuseScales();
    if (start + count > this.dims[0]) throw new Error('rows outside their tensor');
    const dims = [count, ...this.dims.slice(1)];
    const offset = this.memory.offsetBytes + start * this.rowStride * this.elementBytes;
    return new CompiledTensor(this.allocation, this, dims, this.rowStride, offset);
  }

  /** Row after row; less than the whole tensor fills its beginning. */
  write(data: Float32Array | Int32Array): void {
    const width = rowElements(this.dims);
    if (data.length > this.dims[0] * width) {
      throw new Error(`${this.allocation.label}: ${data.length} elements for (${this.dims})`);
    }
    if (this.rowStride === width) {
      this.#elements(0, data.length).set(data);
      return;
    }
    for (let start = 0; start < data.length; start += width) {
      const row = data.subarray(start, start + width);
      this.#elements((start / width) * this.rowStride, row.length).set(row);
    }
  }

  read(into: Float32Array): void {
    const width = rowElements(this.dims);
    const rows = this.rowStride === width ? 1 : this.dims[0];
    const length = this.rowStride === width ? this.dims[0] * width : width;
    for (let row = 0; row < rows; row++) {
      into.set(this.#elements(row * this.rowStride, length), row * width);
    }
  }

  /** The bytes of a cache's slots, which stand in groups of 16: their values, then their scales if any. */
  slotBytes(start: number, count: number): Uint8Array[] {
    const [slots, width] = this.dims;
    if (this.cacheFormat === undefined || start % slotGroup !== 0 || count % slotGroup !== 0) {
      throw new Error(`${this.allocation.label}: whole groups of slots of a cache`);
    }
    if (start + count > slots) throw new Error(`${this.allocation.label}: slots outside the cache`);
    const bytes = this.allocation.u8();
    const valueBytes = width * (this.cacheFormat === 'int8' ? 1 : 2);
    const scaleBytes = Math.round(width * this.elementBytes) - valueBytes;
    const part = (offset: number, rowBytes: number) =>
      bytes.subarray(offset + start * rowBytes, offset + (start + count) * rowBytes);
    const values = part(this.memory.offsetBytes, valueBytes);
    if (scaleBytes === 0) return [values];
    return [values, part(this.memory.offsetBytes + slots * valueBytes, scaleBytes)];
  }

  /** Where its scales lie depends on the whole. */
  #refuseScales(): void {
    if (this.cacheFormat === 'int8') throw new Error('a cache with scales is used as a whole');
  }

  #elements(start: number, count: number): Float32Array | Int32Array {
    const offset = this.memory.offsetBytes + 4 * start;
    if (this.dtype === 'f32') return this.allocation.f32(offset, count);
    if (this.dtype === 'i32') return this.allocation.i32(offset, count);
    throw new Error(`${this.allocation.label}: only kernels read and write a cache`);
  }
}

/** Elements of one slice of the outermost dimension; a vector's rows are single elements. */
function rowElements(dims: readonly number[]): number {
  let elements = 1;
  for (let i = 1; i < dims.length; i++) elements *= dims[i];
  return elements;
}
