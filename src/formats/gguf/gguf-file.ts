/**
 * A GGUF model opened: its parts mapped (one file, or `…-00001-of-0000N.gguf` and its siblings,
 * whichever of them is named), metadata of the first, tensors of all. Refuses a set with a part
 * missing, out of place, of another model's count, or with a tensor in two parts.
 * llama.cpp writes a tensor without its trailing (outermost) dims of 1: (1, n) may come as (n).
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { error } from '../../base/errors.ts';
import type { TensorSource, TensorView } from '../../base/tensor-view.ts';
import { type FileMap, mapFile } from '../file-map.ts';
import type { GgufMetadata } from './metadata.ts';
import { type GgufHeader, type GgufTensor, parseGguf } from './parse-gguf.ts';

interface Part {
  readonly map: FileMap;
  readonly header: GgufHeader;
}

const maxParts = 1024;
const partName = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/;

export class GgufFile implements TensorSource {
  readonly file: string;
  readonly metadata: GgufMetadata;
  readonly version: number;
  /** Of all parts. */
  readonly sizeBytes: number;
  readonly #parts: readonly Part[];
  readonly #tensors = new Map<string, { tensor: GgufTensor; map: FileMap }>();

  constructor(file: string, parts: readonly Part[]) {
    const first = parts[0]!.header;
    this.file = file;
    this.metadata = first.metadata;
    this.version = first.version;
    this.sizeBytes = parts.reduce((sum, { map }) => sum + map.bytes.length, 0);
    this.#parts = parts;
    for (const { header, map } of parts) {
      for (const tensor of header.tensors.values()) {
        if (this.#tensors.has(tensor.name)) {
          throw damaged(map.path, `tensor ${tensor.name}`, 'it in two parts', 'it in one');
        }
        this.#tensors.set(tensor.name, { tensor, map });
      }
    }
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  get(name: string): TensorView {
    const found = this.#tensors.get(name);
    if (found === undefined) throw error('tensor_missing', { file: this.file, tensor: name });
    const { tensor, map } = found;
    const { dtype, dims, byteOffset, sizeBytes } = tensor;
    const bytes = map.bytes.subarray(byteOffset, byteOffset + sizeBytes);
    const address = map.addressOf(bytes);
    return { name, dtype, dims, bytes, address, release: (...range) => map.drop(bytes, ...range) };
  }

  names(): Iterable<string> {
    return this.#tensors.keys();
  }

  /** Dtype, dims and place of every tensor, in file order. */
  *infos(): Iterable<GgufTensor> {
    for (const { tensor } of this.#tensors.values()) yield tensor;
  }

  /** What was read of metadata so far is not needed soon: its pages may leave memory. */
  releaseMetadata(): void {
    for (const { map, header } of this.#parts) {
      const offsets = [...header.tensors.values()].map(({ byteOffset }) => byteOffset);
      map.drop(
        map.bytes,
        0,
        offsets.reduce((a, b) => Math.min(a, b), map.bytes.length),
      );
    }
  }

  close(): void {
    for (const { map } of this.#parts) map.close();
  }
}

/** Opens one file, or the whole set when it is part of one. */
export function openGguf(file: string): GgufFile {
  const parts: Part[] = [];
  try {
    parts.push(openPart(file));
    const { metadata } = parts[0]!.header;
    const count = metadata.integer('split.count') ?? 1;
    if (count > 1) {
      const paths = pathsOfSet(file, metadata, count);
      for (const part of paths) if (part !== file) parts.push(openPart(part));
      parts.sort((a, b) => paths.indexOf(a.map.path) - paths.indexOf(b.map.path));
      checkSet(parts, count);
    }
    return new GgufFile(file, parts);
  } catch (cause) {
    for (const { map } of parts) map.close();
    throw cause;
  }
}

function openPart(file: string): Part {
  const map = mapFile(file);
  try {
    return { map, header: parseGguf(map.bytes, file) };
  } catch (cause) {
    map.close();
    throw cause;
  }
}

function pathsOfSet(file: string, metadata: GgufMetadata, count: number): string[] {
  const name = path.basename(file);
  const [, prefix, , total] = partName.exec(name) ?? [];
  if (count > maxParts) {
    throw damaged(file, 'metadata split.count', count, `at most ${maxParts}`);
  }
  if (prefix === undefined || Number(total) !== count) {
    const no = String((metadata.integer('split.no') ?? 0) + 1).padStart(5, '0');
    const expected = `a name ending in -${no}-of-${String(count).padStart(5, '0')}.gguf`;
    throw damaged(file, 'file name of a part', name, expected);
  }
  const paths = Array.from({ length: count }, (_, i) =>
    path.join(path.dirname(file), `${prefix}-${String(i + 1).padStart(5, '0')}-of-${total}.gguf`),
  ).map((part) => (path.basename(part) === name ? file : part));
  const missing = paths.find((part) => !existsSync(part));
  if (missing !== undefined) throw error('file_not_found', { path: missing });
  return paths;
}

function checkSet(parts: readonly Part[], count: number) {
  let numTensors = 0;
  for (const [i, { map, header }] of parts.entries()) {
    const no = header.metadata.integer('split.no');
    const partCount = header.metadata.integer('split.count');
    if (no !== i) throw damaged(map.path, 'metadata split.no', no ?? 'nothing', String(i));
    if (partCount !== count) {
      throw damaged(map.path, 'metadata split.count', partCount ?? 'nothing', String(count));
    }
    numTensors += header.tensors.size;
  }
  const { map, header } = parts[0]!;
  const expected = header.metadata.integer('split.tensors.count');
  if (expected !== undefined && expected !== numTensors) {
    throw damaged(
      map.path,
      'tensors in all parts',
      numTensors,
      `${expected} (split.tensors.count)`,
    );
  }
}

function damaged(file: string, field: string, found: string | number, expected: string) {
  return error('file_damaged', { file, field, found, expected });
}
