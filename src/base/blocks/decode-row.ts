/**
 * A row of any number format to f32: the meaning of a tensor's bytes, and the truth that every
 * kernel reading them is held to. One table, dtype → decoder; each format's layout is in its file.
 */
import assert from 'node:assert';
import { type DType, dtypes, rowBytes } from '../dtypes.ts';
import { decodeIq4Nl, decodeIq4Xs, decodeMxfp4 } from './fours.ts';
import { decodeIq1M, decodeIq1S } from './iq1.ts';
import { decodeIq2S, decodeIq2Xs, decodeIq2Xxs } from './iq2.ts';
import { decodeIq3S, decodeIq3Xxs } from './iq3.ts';
import { decodeQ2_K, decodeQ3_K, decodeQ4_K, decodeQ5_K, decodeQ6_K } from './k-quants.ts';
import {
  decodeBf16,
  decodeF8e4m3,
  decodeF16,
  decodeF32,
  decodeI8,
  decodeI32,
  decodeI64,
  decodeU8,
} from './plain.ts';
import { decodeQ4_0, decodeQ4_1, decodeQ5_0, decodeQ5_1, decodeQ8_0 } from './q32.ts';

type Decoder = (bytes: Uint8Array, at: number, out: Float32Array, elements: number) => void;

const decoders: Record<DType, Decoder> = {
  f32: decodeF32,
  f16: decodeF16,
  bf16: decodeBf16,
  f8_e4m3: decodeF8e4m3,
  u8: decodeU8,
  i8: decodeI8,
  i32: decodeI32,
  i64: decodeI64,
  q4_0: decodeQ4_0,
  q4_1: decodeQ4_1,
  q5_0: decodeQ5_0,
  q5_1: decodeQ5_1,
  q8_0: decodeQ8_0,
  q2_k: decodeQ2_K,
  q3_k: decodeQ3_K,
  q4_k: decodeQ4_K,
  q5_k: decodeQ5_K,
  q6_k: decodeQ6_K,
  iq2_xxs: decodeIq2Xxs,
  iq2_xs: decodeIq2Xs,
  iq3_xxs: decodeIq3Xxs,
  iq1_s: decodeIq1S,
  iq4_nl: decodeIq4Nl,
  iq3_s: decodeIq3S,
  iq2_s: decodeIq2S,
  iq4_xs: decodeIq4Xs,
  iq1_m: decodeIq1M,
  mxfp4: decodeMxfp4,
};

/**
 * Writes `out[0 … elements)`. The bytes may start anywhere, aligned or not; `elements` is a whole
 * number of blocks. f8_e4m3 comes raw: its tile scales are applied by the caller.
 */
export function decodeRow(
  dtype: DType,
  bytes: Uint8Array,
  byteOffset: number,
  out: Float32Array,
  elements: number,
): void {
  const size = rowBytes(dtype, elements);
  assert(elements % dtypes[dtype].blockElements === 0, `${elements} is not whole ${dtype} blocks`);
  assert(byteOffset >= 0 && byteOffset + size <= bytes.length, 'row lies outside its bytes');
  assert(elements <= out.length, 'row is longer than its output');
  decoders[dtype](bytes, byteOffset, out, elements);
}
