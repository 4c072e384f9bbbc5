/**
 * Writes a safetensors file: the reader's counterpart for tests and for `models/nano`.
 * The header is padded with spaces so that the data starts at a multiple of 8 bytes.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { DType } from '../../base/dtypes.ts';
import type { TensorView } from '../../base/tensor-view.ts';

const names: Partial<Record<DType, string>> = {
  f32: 'F32',
  f16: 'F16',
  bf16: 'BF16',
  f8_e4m3: 'F8_E4M3',
  u8: 'U8',
  i8: 'I8',
  i32: 'I32',
  i64: 'I64',
};

export type WrittenTensor = Pick<TensorView, 'name' | 'dtype' | 'dims' | 'bytes'>;

export function encodeSafetensors(tensors: readonly WrittenTensor[]): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let dataBytes = 0;
  for (const { name, dtype, dims, bytes } of tensors) {
    const dtypeName = names[dtype];
    assert(dtypeName, `safetensors has no ${dtype}`);
    const data_offsets = [dataBytes, dataBytes + bytes.length];
    header[name] = { dtype: dtypeName, shape: dims, data_offsets };
    dataBytes += bytes.length;
  }

  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, 8, 8 + headerBytes);
  file.set(text, 8);
  let at = 8 + headerBytes;
  for (const { bytes } of tensors) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

export function writeSafetensors(path: string, tensors: readonly WrittenTensor[]): void {
  writeFileSync(path, encodeSafetensors(tensors));
}
