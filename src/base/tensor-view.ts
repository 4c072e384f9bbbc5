/**
 * A named tensor as it lies in a checkpoint: bytes plus meaning. Checked when it is made by a
 * reader: `bytes.length` is exactly what dtype and dims need. The bytes may be a mapped file, so
 * a view must not be used after its checkpoint was closed.
 */
import type { DType } from './dtypes.ts';

export interface TensorView {
  readonly name: string;
  readonly dtype: DType;
  /** Outermost first, last one contiguous: a linear layer is (rows = outputs, columns = inputs). */
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
  /** f8_e4m3 only: f32 scales, one per 128x128 tile of (rows, columns). */
  readonly tileScales?: Float32Array;
  /** Where the bytes lie in this process's memory, if machine code may read them there. */
  readonly address?: number | undefined;
  /**
   * Bytes [start, end), all unless given, will hardly be read again: what they occupy in memory may
   * go. They stay readable.
   */
  release?(start?: number, end?: number): void;
}

/** Where a model finds its tensors by their name in the checkpoint. */
export interface TensorSource {
  /** The file or folder, for messages. */
  readonly file: string;
  has(name: string): boolean;
  /** Throws tensor_missing. */
  get(name: string): TensorView;
  names(): Iterable<string>;
}
