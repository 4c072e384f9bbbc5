/**
 * Takes a checkpoint's tensors to a device, by name, with their shapes checked: a tensor that is
 * missing or has another shape is an error that says which. Everything taken is released together.
 */
import { decodeRow } from '../base/blocks/decode-row.ts';
import { dtypes, rowBytes } from '../base/dtypes.ts';
import { error } from '../base/errors.ts';
import type { TensorSource, TensorView } from '../base/tensor-view.ts';
import type { Device, DeviceTensor, DeviceWeight, WeightUse } from '../devices/device.ts';
import { WeightRows } from '../devices/weight-rows.ts';

interface HeadRows {
  readonly heads: number;
  readonly headRows: number;
  readonly rowOffset: number;
  readonly rows: number;
}

export class Weights {
  readonly source: TensorSource;
  readonly device: Device;
  /** Bytes of everything taken, as the checkpoint holds it. */
  bytes = 0;
  /** A tied embedding is taken twice and is one tensor. */
  readonly #counted = new Set<string>();
  readonly #taken: (DeviceTensor | DeviceWeight)[] = [];

  constructor(source: TensorSource, device: Device) {
    this.source = source;
    this.device = device;
  }

  has(name: string): boolean {
    return this.source.has(name);
  }

  /** Rows are outputs. A 3D tensor (experts, rows, columns) counts as experts · rows rows. */
  matrix(name: string, dims: readonly number[]): DeviceWeight {
    return this.stacked([name], dims);
  }

  /** Matrices of equal shape and dtype, one below the other: a checkpoint's experts. */
  stacked(names: readonly string[], dims: readonly number[]): DeviceWeight {
    return this.#upload(names, dims, 'matrix');
  }

  /** A matrix whose rows are looked up, not multiplied by: an embedding. */
  rows(name: string, dims: readonly number[]): DeviceWeight {
    return this.#upload([name], dims, 'rows');
  }

  #upload(names: readonly string[], dims: readonly number[], use: WeightUse): DeviceWeight {
    const views = names.map((name) => this.#get(name, dims));
    const other = views.find((view) => view.dtype !== views[0].dtype);
    if (other) {
      const [found, expected] = [other.dtype, `${views[0].dtype}, as ${names[0]}`];
      const field = `dtype of ${other.name}`;
      throw error('file_damaged', { file: this.source.file, field, found, expected });
    }
    const weight = this.device.upload(views, use);
    this.#taken.push(weight);
    return weight;
  }

  /**
   * The transpose of each head's part of a matrix, (heads · columns, rows) f32: nothing is rounded.
   * The part is rows [rowOffset, rowOffset + rows) of the head's headRows.
   */
  transposedHeads(
    name: string,
    dims: readonly number[],
    { heads, headRows, rowOffset, rows }: HeadRows,
  ): DeviceWeight {
    const from = new WeightRows([this.#get(name, dims)]);
    const columns = from.dims[1];
    const values = new Float32Array(heads * columns * rows);
    const row = new Float32Array(columns);
    for (let head = 0; head < heads; head++) {
      for (let i = 0; i < rows; i++) {
        from.decodeRow(head * headRows + rowOffset + i, row);
        for (let c = 0; c < columns; c++) values[(head * columns + c) * rows + i] = row[c];
      }
    }
    const bytes = new Uint8Array(values.buffer);
    const view = { name: `${name} transposed`, dtype: 'f32', dims: [heads * columns, rows], bytes };
    const weight = this.device.upload([view as TensorView], 'matrix');
    this.#taken.push(weight);
    return weight;
  }

  /** A small tensor of any dtype as f32: norms, biases, factors. */
  vector(name: string, size: number): DeviceTensor {
    return this.constant(this.values(name, size), name);
  }

  optionalVector(name: string, size: number): DeviceTensor | undefined {
    return this.has(name) ? this.vector(name, size) : undefined;
  }

  /** The decoded values on the host. */
  values(name: string, size: number): Float32Array {
    const values = new Float32Array(size);
    decodeRow(this.#get(name, [size]).dtype, this.source.get(name).bytes, 0, values, size);
    return values;
  }

  /** Values that no file holds, such as rope frequencies. */
  constant(values: Float32Array, label: string): DeviceTensor {
    const tensor = this.device.allocate('f32', [values.length], label);
    this.device.write(tensor, values);
    this.#taken.push(tensor);
    return tensor;
  }

  close(): void {
    for (const storage of this.#taken) this.device.release(storage);
    this.#taken.length = 0;
  }

  #get(name: string, dims: readonly number[]): TensorView {
    const view = this.source.get(name);
    if (!isSameShape(view.dims, dims)) {
      throw error('tensor_shape', {
        ...{ file: this.source.file, tensor: name },
        ...{ found: `(${view.dims.join(', ')})`, expected: `(${dims.join(', ')})` },
      });
    }
    const width = dims[dims.length - 1];
    if (width % dtypes[view.dtype].blockElements !== 0) {
      const field = `columns of ${name} (${view.dtype})`;
      const expected = `a multiple of ${dtypes[view.dtype].blockElements}`;
      throw error('file_damaged', { file: this.source.file, field, found: width, expected });
    }
    if (!this.#counted.has(name)) {
      this.bytes += rowBytes(view.dtype, width) * (dims.reduce((a, b) => a * b, 1) / width);
    }
    this.#counted.add(name);
    return view;
  }
}

function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}
