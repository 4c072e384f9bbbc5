/**
 * Rows without blocks: f32, f16, bf16, f8_e4m3 (raw: the tile scales are the caller's), integers.
 * Bytes may lie at any offset; hosts are little-endian (every platform Node is released for but
 * s390x, which would also need other kernels).
 */
import { f8e4m3Table, f16Table, f32ToBf16, f32ToF16 } from '../half.ts';

export function decodeF32(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  new Uint8Array(out.buffer, out.byteOffset, elements * 4).set(
    bytes.subarray(at, at + elements * 4),
  );
}

export function decodeF16(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  for (let i = 0; i < elements; i++) {
    out[i] = f16Table[bytes[at + 2 * i]! | (bytes[at + 2 * i + 1]! << 8)]!;
  }
}

export function decodeBf16(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  const bits = new Uint32Array(out.buffer, out.byteOffset, elements);
  for (let i = 0; i < elements; i++) {
    bits[i] = (bytes[at + 2 * i]! << 16) | (bytes[at + 2 * i + 1]! << 24);
  }
}

export function decodeF8e4m3(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  for (let i = 0; i < elements; i++) out[i] = f8e4m3Table[bytes[at + i]!]!;
}

export function decodeU8(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  for (let i = 0; i < elements; i++) out[i] = bytes[at + i]!;
}

export function decodeI8(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  for (let i = 0; i < elements; i++) out[i] = (bytes[at + i]! << 24) >> 24;
}

/** Past 2^24 an f32 cannot hold every integer: the nearest one is given. */
export function decodeI32(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, elements * 4);
  for (let i = 0; i < elements; i++) out[i] = view.getInt32(4 * i, true);
}

export function decodeI64(bytes: Uint8Array, at: number, out: Float32Array, elements: number) {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, elements * 8);
  for (let i = 0; i < elements; i++) out[i] = Number(view.getBigInt64(8 * i, true));
}

export function encodeF32(values: Float32Array, bytes: Uint8Array, at: number) {
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.length * 4), at);
}

export function encodeF16(values: Float32Array, bytes: Uint8Array, at: number) {
  for (let i = 0; i < values.length; i++) writeU16(bytes, at + 2 * i, f32ToF16(values[i]!));
}

export function encodeBf16(values: Float32Array, bytes: Uint8Array, at: number) {
  for (let i = 0; i < values.length; i++) writeU16(bytes, at + 2 * i, f32ToBf16(values[i]!));
}

function writeU16(bytes: Uint8Array, at: number, value: number) {
  bytes[at] = value;
  bytes[at + 1] = value >> 8;
}
