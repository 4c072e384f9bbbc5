/**
 * A weight of a compiled device. `PackedWeight` lies in machine memory in the layout that matrix
 * products want; `RowsWeight` stays in the checkpoint's bytes and is looked up row by row.
 */
import type { DType } from '../../base/dtypes.ts';
import type { LowerWeight, WeightLayout } from '../../compiler/lowering.ts';
import type { DeviceWeight } from '../device.ts';
import { WeightRows } from '../weight-rows.ts';
import type { Allocation } from './allocation.ts';

/** Rows after which a file's pages are let go: the system maps 64 KB around each that is read. */
const rowsBetweenReleases = 64;

export class RowsWeight extends WeightRows implements DeviceWeight, LowerWeight {
  readonly packed = undefined;
  #numRead = 0;

  override decodeRow(index: number, out: Float32Array): void {
    super.decodeRow(index, out);
    this.#numRead++;
    if (this.#numRead % rowsBetweenReleases > 0) return;
    for (const view of this.views) view.release?.();
  }
}

export class PackedWeight implements DeviceWeight, LowerWeight {
  readonly dtype: DType;
  readonly dims: readonly [number, number];
  readonly allocation: Allocation;
  readonly packed: NonNullable<LowerWeight['packed']>;

  constructor(
    dtype: DType,
    dims: readonly [number, number],
    layout: WeightLayout,
    allocation: Allocation,
  ) {
    this.dtype = dtype;
    this.dims = dims;
    this.allocation = allocation;
    this.packed = { layout, memory: allocation.part(0, allocation.sizeBytes) };
  }

  decodeRow(): void {
    throw new Error(`${this.allocation.label}: a packed weight has no rows to look up`);
  }
}

export type CompiledWeight = RowsWeight | PackedWeight;
