/**
 * The header of a GGUF v3 file as bytes: what parseGguf reads. Values are asserted to fit their
 * types: a writer's mistake is ours, never a user's.
 */
import assert from 'node:assert';
import { type DType, type DTypeInfo, dtypes, rowBytes } from '../../base/dtypes.ts';
import { type GgufItem, type GgufValue, type GgufValueType, valueTypes } from './gguf-value.ts';

export interface TensorPlan {
  readonly name: string;
  readonly dtype: DType;
  /** Outermost first. */
  readonly dims: readonly number[];
}

export interface PlacedTensor extends TensorPlan {
  /** From where tensor data begins. */
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Each tensor after the one before it, aligned. */
export function placeTensors(tensors: readonly TensorPlan[], alignment: number): PlacedTensor[] {
  const names = new Set<string>();
  let end = 0;
  return tensors.map(({ name, dtype, dims }) => {
    assert(!names.has(name), `tensor ${name} is given twice`);
    names.add(name);
    assert(dims.length >= 1 && dims.length <= 4, `tensor ${name} has ${dims.length} dims`);
    const columns = dims.at(-1)!;
    assert(columns % dtypes[dtype].blockElements === 0, `${name}: ${columns} in a row of ${dtype}`);
    const sizeBytes = dims.slice(0, -1).reduce((a, b) => a * b, rowBytes(dtype, columns));
    assert(Number.isSafeInteger(sizeBytes) && sizeBytes > 0, `tensor ${name} is ${dims}`);
    const offset = alignUp(end, alignment);
    end = offset + sizeBytes;
    return { name, dtype, dims, offset, sizeBytes };
  });
}

export function alignUp(at: number, alignment: number): number {
  return Math.ceil(at / alignment) * alignment;
}

/** Padded, so that tensor data may follow at once. */
export function headerBytes(
  metadata: ReadonlyMap<string, GgufValue>,
  tensors: readonly PlacedTensor[],
  alignment: number,
): Uint8Array {
  const sink = new ByteSink();
  sink.u32(0x46554747);
  sink.u32(3);
  sink.u64(BigInt(tensors.length));
  sink.u64(BigInt(metadata.size));
  for (const [key, value] of metadata) {
    sink.text(key);
    putValue(sink, value);
  }
  for (const { name, dtype, dims, offset } of tensors) {
    const { ggmlId }: DTypeInfo = dtypes[dtype];
    assert(ggmlId !== undefined, `${dtype} has no place in a GGUF file`);
    sink.text(name);
    sink.u32(dims.length);
    for (const dim of dims.toReversed()) sink.u64(BigInt(dim));
    sink.u32(ggmlId);
    sink.u64(BigInt(offset));
  }
  sink.zeros(alignUp(sink.length, alignment) - sink.length);
  return sink.bytes();
}

function putValue(sink: ByteSink, value: GgufValue) {
  sink.u32(valueTypes.indexOf(value.type));
  putItem(sink, value.type, value.type === 'array' ? value : value.value);
}

function putItem(sink: ByteSink, type: GgufValueType, item: GgufItem) {
  if (typeof item === 'object') {
    assert(type === 'array');
    sink.u32(valueTypes.indexOf(item.elementType));
    sink.u64(BigInt(item.length));
    for (const element of item.items()) putItem(sink, item.elementType, element);
  } else if (typeof item === 'string') {
    assert(type === 'string');
    sink.text(item);
  } else if (typeof item === 'boolean') {
    assert(type === 'bool');
    sink.integer(item ? 1 : 0, 8);
  } else if (typeof item === 'bigint') {
    assert(type === 'u64' || type === 'i64');
    const isFit = type === 'u64' ? BigInt.asUintN(64, item) : BigInt.asIntN(64, item);
    assert(isFit === item, `${item} is no ${type}`);
    sink.u64(BigInt.asUintN(64, item));
  } else {
    putNumber(sink, type, item);
  }
}

function putNumber(sink: ByteSink, type: GgufValueType, value: number) {
  const [, sign, size] = /^([uif])(\d+)$/.exec(type) ?? [];
  const bits = Number(size);
  assert(sign !== undefined && (sign === 'f' || bits < 64), `${value} given for a ${type}`);
  if (sign === 'f') {
    sink.float(value, bits);
    return;
  }
  const low = sign === 'u' ? 0 : -(2 ** (bits - 1));
  const isFit = Number.isInteger(value) && value >= low && value < low + 2 ** bits;
  assert(isFit, `${value} is no ${type}`);
  sink.integer(value, bits);
}

/** Bytes that grow by doubling. */
class ByteSink {
  #buffer = Buffer.alloc(4096);
  length = 0;

  #grow(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.#buffer.length) {
      const bigger = Buffer.alloc(Math.max(this.length, this.#buffer.length * 2));
      this.#buffer.copy(bigger, 0, 0, at);
      this.#buffer = bigger;
    }
    return at;
  }

  u32(value: number) {
    const at = this.#grow(4);
    this.#buffer.writeUInt32LE(value, at);
  }

  u64(value: bigint) {
    const at = this.#grow(8);
    this.#buffer.writeBigUInt64LE(value, at);
  }

  /** Two's complement of 8, 16 or 32 bits. */
  integer(value: number, bits: number) {
    const at = this.#grow(bits / 8);
    for (let i = 0; i < bits / 8; i++) this.#buffer[at + i] = (value >> (8 * i)) & 255;
  }

  float(value: number, bits: number) {
    const at = this.#grow(bits / 8);
    if (bits === 32) this.#buffer.writeFloatLE(value, at);
    else this.#buffer.writeDoubleLE(value, at);
  }

  text(value: string) {
    const size = Buffer.byteLength(value);
    this.u64(BigInt(size));
    const at = this.#grow(size);
    this.#buffer.write(value, at);
  }

  zeros(count: number) {
    const at = this.#grow(count);
    this.#buffer.fill(0, at, at + count);
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.length);
  }
}
