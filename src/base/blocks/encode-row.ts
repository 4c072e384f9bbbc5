/**
 * f32 rows to a number format: what the GGUF writer's callers quantise with. Formats that need
 * an importance matrix to be any good (IQ1 to IQ3) and those nobody asked for are not here.
 */
import assert from 'node:assert';
import { dtypes, rowBytes } from '../dtypes.ts';
import { encodeBf16, encodeF16, encodeF32 } from './plain.ts';
import { encodeQ4_K, encodeQ6_K } from './quantise-k.ts';
import { encodeQ4_0, encodeQ8_0 } from './quantise-q32.ts';

const encoders = {
  f32: encodeF32,
  f16: encodeF16,
  bf16: encodeBf16,
  q8_0: encodeQ8_0,
  q4_0: encodeQ4_0,
  q4_k: encodeQ4_K,
  q6_k: encodeQ6_K,
} as const;

export type EncodableDType = keyof typeof encoders;

/**
 * Whole rows one after another are encoded like one long row, so long as a row is whole blocks.
 * f32, f16 and bf16 keep NaN and infinities; the block formats cannot, and where a scale would be
 * past 65504, the end of f16, their values come back infinite, as ggml's do.
 */
export function encodeRow(
  dtype: EncodableDType,
  values: Float32Array,
  bytes: Uint8Array,
  byteOffset: number,
): void {
  const { blockElements } = dtypes[dtype];
  assert(values.length % blockElements === 0, `${values.length} is not whole ${dtype} blocks`);
  assert(byteOffset + rowBytes(dtype, values.length) <= bytes.length, 'row lies outside its bytes');
  assert(blockElements === 1 || values.every(Number.isFinite), `${dtype} holds finite values only`);
  encoders[dtype](values, bytes, byteOffset);
}

/** A whole tensor of rows of `columns` values. */
export function encodeRows(
  dtype: EncodableDType,
  values: Float32Array,
  columns: number,
): Uint8Array {
  const { blockElements } = dtypes[dtype];
  assert(columns % blockElements === 0, `rows of ${columns} are not whole ${dtype} blocks`);
  assert(values.length % columns === 0, `${values.length} values are not rows of ${columns}`);
  const bytes = new Uint8Array(rowBytes(dtype, values.length));
  encodeRow(dtype, values, bytes, 0);
  return bytes;
}
