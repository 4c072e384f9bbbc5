/**
 * One safetensors file: 8 bytes of header length, a JSON header, the tensors' bytes.
 * https://github.com/huggingface/safetensors#format
 * Refuses headers over 100 MB (as the reference implementation does), names given twice, number
 * formats Sampan has no use for, shapes that overflow or do not fit their bytes, and data that
 * is not covered by tensors exactly: overlaps, holes, missing or left-over bytes.
 */
import { type DType, dtypes } from '../../base/dtypes.ts';
import { error } from '../../base/errors.ts';
import type { TensorView } from '../../base/tensor-view.ts';
import { HeaderScanner } from './header-scanner.ts';

export const maxHeaderBytes = 100_000_000;
const maxTensors = 500_000;

const dtypeNames: Readonly<Record<string, DType>> = {
  F32: 'f32',
  F16: 'f16',
  BF16: 'bf16',
  F8_E4M3: 'f8_e4m3',
  U8: 'u8',
  I8: 'i8',
  I32: 'i32',
  I64: 'i64',
};

interface Entry {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly number[];
  /** From the end of the header. */
  readonly begin: number;
  readonly end: number;
}

/** The tensors in the order of their bytes. `bytes` is the whole file; views share its memory. */
export function parseSafetensors(file: string, bytes: Uint8Array): TensorView[] {
  const headerBytes = readHeaderLength(file, bytes);
  const data = bytes.subarray(8 + headerBytes);
  const entries = parseHeader(file, bytes.subarray(8, 8 + headerBytes));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCover(file, entries, data.length);
  return entries.map(({ name, dtype, dims, begin, end }) => ({
    name,
    dtype,
    dims,
    bytes: data.subarray(begin, end),
  }));
}

function readHeaderLength(file: string, bytes: Uint8Array): number {
  const damaged = (found: string, expected: string) =>
    error('file_damaged', { file, field: 'header length', found, expected });
  if (bytes.length < 8) throw damaged(`a file of ${bytes.length} bytes`, 'at least 8 bytes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes)) {
    throw damaged(`${length} bytes`, `at most ${maxHeaderBytes} bytes`);
  }
  if (length > BigInt(bytes.length - 8)) {
    throw damaged(`${length} bytes`, `at most the ${bytes.length - 8} bytes that the file has`);
  }
  return Number(length);
}

function parseHeader(file: string, bytes: Uint8Array): Entry[] {
  const scanner = new HeaderScanner(file, bytes);
  if (bytes[0] !== 0x7b) throw scanner.damaged('{');
  const entries: Entry[] = [];
  const seen = new Set<string>();
  scanner.object((name) => {
    if (seen.has(name)) {
      const expected = 'every name once';
      throw error('file_damaged', { file, field: `tensor ${name}`, found: 'it twice', expected });
    }
    seen.add(name);
    if (name === '__metadata__') return scanner.object(() => scanner.string());
    if (entries.length === maxTensors) throw scanner.damaged(`at most ${maxTensors} tensors`);
    entries.push(parseEntry(file, scanner, name));
  });
  scanner.end();
  return entries;
}

function parseEntry(file: string, scanner: HeaderScanner, name: string): Entry {
  let dtypeName: string | undefined;
  let dims: number[] | undefined;
  let offsets: number[] | undefined;
  scanner.object((key) => {
    if (key === 'dtype' && dtypeName === undefined) dtypeName = scanner.string();
    else if (key === 'shape' && !dims) dims = scanner.wholeNumbers();
    else if (key === 'data_offsets' && !offsets) offsets = scanner.wholeNumbers();
    else throw scanner.damaged(`tensor ${name} to have dtype, shape, data_offsets once each`);
  });
  if (dtypeName === undefined || !dims || offsets?.length !== 2) {
    throw scanner.damaged(`tensor ${name} to have dtype, shape and two data_offsets`);
  }

  if (!Object.hasOwn(dtypeNames, dtypeName)) {
    const expected = Object.keys(dtypeNames).join(', ');
    throw error('dtype_unsupported', { file, tensor: name, found: dtypeName, expected });
  }
  const dtype = dtypeNames[dtypeName] as DType;
  const [begin, end] = offsets as [number, number];
  const needed = byteLength(dtype, dims);
  if (needed === undefined || end - begin !== needed) {
    throw error('file_damaged', {
      file,
      field: `tensor ${name}`,
      found: `data_offsets ${begin} to ${end}`,
      expected: `${needed ?? 'fewer than 2^53'} bytes for ${dtypeName} [${dims.join(', ')}]`,
    });
  }
  return { name, dtype, dims, begin, end };
}

/** undefined: the product is past 2^53, also where a later 0 would hide that. */
function byteLength(dtype: DType, dims: readonly number[]): number | undefined {
  let length = dtypes[dtype].blockBytes;
  for (const dim of dims) {
    length *= dim;
    if (length > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return length;
}

/** `entries` sorted by begin: each starts where the one before ended, the last ends the file. */
function checkCover(file: string, entries: readonly Entry[], dataBytes: number): void {
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== covered) {
      throw error('file_damaged', {
        file,
        field: `tensor ${name}`,
        found: `its data at byte ${begin}`,
        expected: `it at byte ${covered}, where the tensor before it ends`,
      });
    }
    covered = end;
  }
  if (covered !== dataBytes) {
    throw error('file_damaged', {
      file,
      field: 'size',
      found: `${dataBytes} bytes of tensors`,
      expected: `${covered}, the sum of its header`,
    });
  }
}
