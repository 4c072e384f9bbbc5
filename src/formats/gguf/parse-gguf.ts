/**
 * The header of a GGUF file, versions 2 and 3, little-endian: metadata and where each tensor lies.
 * Refuses, as file_damaged with field, found and expected: anything that ends early, counts and
 * lengths over the limits, dims or products that overflow, unknown types, alignments that are no
 * power of two, tensors outside the file or over each other, and names given twice. A number
 * format of ggml's that Sampan cannot read is dtype_unsupported.
 */
import { type DType, type DTypeInfo, dtypes } from '../../base/dtypes.ts';
import { error } from '../../base/errors.ts';
import { Cursor } from './cursor.ts';
import type { GgufValue } from './gguf-value.ts';
import { GgufMetadata } from './metadata.ts';
import { readValue } from './read-value.ts';

export interface GgufTensor {
  readonly name: string;
  readonly dtype: DType;
  /** Outermost first (the file has innermost first). */
  readonly dims: readonly number[];
  /** From the start of the file. */
  readonly byteOffset: number;
  readonly sizeBytes: number;
}

export interface GgufHeader {
  readonly version: number;
  readonly metadata: GgufMetadata;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  readonly alignment: number;
  /** Where tensor data begins. */
  readonly dataOffset: number;
}

const magic = 0x46554747; // 'GGUF'
const maxTensors = 2 ** 17;
const maxKeys = 2 ** 16;
const maxKeyBytes = 2 ** 16 - 1;
const maxNameBytes = 256;
const maxDims = 4;
const maxAlignment = 2 ** 16;
/** Of the smallest possible entry: what remains of the file bounds the counts. */
const minKeyBytes = 13;
const minTensorBytes = 32;

const dtypeOfId = new Map<number, DType>(
  (Object.keys(dtypes) as DType[]).flatMap((dtype) => {
    const { ggmlId }: DTypeInfo = dtypes[dtype];
    return ggmlId === undefined ? [] : [[ggmlId, dtype] as const];
  }),
);

/** ggml's other types, so that a whole file of such a kind is not called damaged. */
const otherTypes = new Map<number, string>([
  ...([
    [9, 'q8_1'],
    [15, 'q8_k'],
    [25, 'i16'],
    [28, 'f64'],
  ] as const),
  ...([
    [34, 'tq1_0'],
    [35, 'tq2_0'],
    [40, 'nvfp4'],
  ] as const),
]);

/** `bytes` is the whole file (mapped, or read); `file` names it in errors. */
export function parseGguf(bytes: Uint8Array, file: string): GgufHeader {
  const cursor = new Cursor(bytes, file);
  const version = readVersion(cursor);
  const numTensors = readCount(cursor, 'tensor count', maxTensors, minTensorBytes);
  const numKeys = readCount(cursor, 'metadata count', maxKeys, minKeyBytes);

  const metadata = readMetadata(cursor, numKeys);
  const alignment = readAlignment(cursor, metadata);
  const infos = Array.from({ length: numTensors }, () => readTensorInfo(cursor));

  const dataOffset = Math.ceil(cursor.at / alignment) * alignment;
  const tensors = placeTensors(cursor, infos, dataOffset, alignment);
  return { version, metadata, tensors, alignment, dataOffset };
}

function readVersion(cursor: Cursor): number {
  const found = cursor.u32('magic');
  if (found !== magic) {
    throw cursor.damaged('magic', `0x${found.toString(16).padStart(8, '0')}`, '0x46554747 (GGUF)');
  }
  const version = cursor.u32('version');
  if (version === 2 || version === 3) return version;
  const isSwapped = version !== 0 && (version & 0xffff) === 0;
  throw cursor.damaged('version', isSwapped ? 'big-endian' : version, '2 or 3, little-endian');
}

function readCount(cursor: Cursor, field: string, limit: number, minBytes: number): number {
  const count = cursor.count(field, limit);
  if (count * minBytes > cursor.remaining) {
    throw cursor.damaged(field, count, `what fits into the ${cursor.remaining} bytes left`);
  }
  return count;
}

function readMetadata(cursor: Cursor, numKeys: number): GgufMetadata {
  const entries = new Map<string, GgufValue>();
  for (let i = 0; i < numKeys; i++) {
    const key = cursor.string(`metadata key ${i}`, maxKeyBytes);
    const value = readValue(cursor, `metadata ${key}`);
    if (entries.has(key)) throw cursor.damaged(`metadata ${key}`, 'it twice', 'it once');
    entries.set(key, value);
  }
  return new GgufMetadata(cursor.file, entries);
}

function readAlignment(cursor: Cursor, metadata: GgufMetadata): number {
  const alignment = metadata.integer('general.alignment') ?? 32;
  const isPowerOfTwo = alignment > 0 && Number.isInteger(Math.log2(alignment));
  if (!isPowerOfTwo || alignment > maxAlignment) {
    const expected = `a power of two up to ${maxAlignment}`;
    throw cursor.damaged('metadata general.alignment', alignment, expected);
  }
  return alignment;
}

interface TensorInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly sizeBytes: number;
  /** From where tensor data begins. */
  readonly offset: bigint;
}

function readTensorInfo(cursor: Cursor): TensorInfo {
  const name = cursor.string('tensor name', maxNameBytes);
  const field = `tensor ${name}`;
  const numDims = cursor.u32(`${field}: number of dims`);
  if (numDims < 1 || numDims > maxDims) {
    throw cursor.damaged(`${field}: number of dims`, numDims, `1 to ${maxDims}`);
  }
  const raw = Array.from({ length: numDims }, () => cursor.u64(`${field}: dims`));
  const typeId = cursor.u32(`${field}: type`);
  const dtype = dtypeOfId.get(typeId) ?? refuseType(cursor, name, typeId);
  const offset = cursor.u64(`${field}: offset`);
  return { name, dtype, ...sizeOf(cursor, field, dtype, raw), offset };
}

function refuseType(cursor: Cursor, tensor: string, id: number): never {
  const found = otherTypes.get(id);
  if (found !== undefined) {
    const expected = [...dtypeOfId.values()].join(' ');
    throw error('dtype_unsupported', { file: cursor.file, tensor, found, expected });
  }
  const known = [...dtypeOfId.keys()].sort((a, b) => a - b).join(' ');
  throw cursor.damaged(`tensor ${tensor}: type`, `id ${id}`, `one of ${known}`);
}

/** Dims as the file has them, innermost first; products in BigInt, so nothing wraps round. */
function sizeOf(cursor: Cursor, field: string, dtype: DType, raw: readonly bigint[]) {
  const { blockElements, blockBytes } = dtypes[dtype];
  const product = raw.reduce((a, b) => a * b, 1n);
  const size = (product * BigInt(blockBytes)) / BigInt(blockElements);
  const shown = `[${raw.join(', ')}]`;
  if (product < 1n || size > BigInt(cursor.bytes.length)) {
    const expected = `1 or more values in a file of ${cursor.bytes.length} bytes`;
    throw cursor.damaged(`${field}: dims`, shown, expected);
  }
  if (raw[0]! % BigInt(blockElements) !== 0n) {
    throw cursor.damaged(`${field}: dims`, shown, `rows of whole blocks of ${blockElements}`);
  }
  return { dims: raw.map(Number).reverse(), sizeBytes: Number(size) };
}

function placeTensors(
  cursor: Cursor,
  infos: readonly TensorInfo[],
  dataOffset: number,
  alignment: number,
): Map<string, GgufTensor> {
  const fileBytes = BigInt(cursor.bytes.length);
  const tensors = new Map<string, GgufTensor>();
  for (const { name, dtype, dims, sizeBytes, offset } of infos) {
    const field = `tensor ${name}`;
    if (tensors.has(name)) throw cursor.damaged(field, 'it twice', 'it once');
    if (offset % BigInt(alignment) !== 0n) {
      throw cursor.damaged(`${field}: offset`, offset, `a multiple of ${alignment}`);
    }
    const end = BigInt(dataOffset) + offset + BigInt(sizeBytes);
    if (end > fileBytes) {
      const expected = `it to end by byte ${fileBytes}, the file's end`;
      throw cursor.damaged(`${field}: data`, `an end at byte ${end}`, expected);
    }
    const byteOffset = dataOffset + Number(offset);
    tensors.set(name, { name, dtype, dims, byteOffset, sizeBytes });
  }
  refuseOverlap(cursor, tensors);
  return tensors;
}

function refuseOverlap(cursor: Cursor, tensors: ReadonlyMap<string, GgufTensor>) {
  const inOrder = [...tensors.values()].sort((a, b) => a.byteOffset - b.byteOffset);
  for (let i = 1; i < inOrder.length; i++) {
    const [before, tensor] = [inOrder[i - 1]!, inOrder[i]!];
    const end = before.byteOffset + before.sizeBytes;
    if (tensor.byteOffset < end) {
      throw cursor.damaged(
        `tensor ${tensor.name}: offset`,
        `byte ${tensor.byteOffset}, inside tensor ${before.name}`,
        `byte ${end} or later`,
      );
    }
  }
}
