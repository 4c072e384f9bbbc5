/**
 * Which safetensors files a folder's weights are in: those of model.safetensors.index.json, or
 * model.safetensors, or the only file of that kind.
 * A shard's name comes from a file: anything but a plain name in the same folder is refused.
 * (Symbolic links are followed: the Hugging Face cache is made of them.)
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { error } from '../../base/errors.ts';
import { describeJson, isJsonObject, readJsonFile } from '../json-file.ts';

const indexName = 'model.safetensors.index.json';
const maxIndexBytes = 64 * 2 ** 20;
const maxShards = 10_000;

export interface WeightFiles {
  /** Absolute or as the folder was given; each one once. */
  readonly files: readonly string[];
  /** Tensor name → file, for split checkpoints: the tensors that count. */
  readonly fileOf?: ReadonlyMap<string, string>;
}

export function findWeightFiles(folder: string): WeightFiles {
  const index = path.join(folder, indexName);
  if (existsSync(index)) return readIndex(folder, index);
  const single = path.join(folder, 'model.safetensors');
  if (existsSync(single)) return { files: [single] };
  const others = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
  if (others.length === 1) return { files: [path.join(folder, others[0] as string)] };
  throw error('format_unknown', {
    path: folder,
    found: others.length === 0 ? 'no *.safetensors' : `${others.length} safetensors files`,
    expected: `model.safetensors, or ${indexName} that names them`,
  });
}

function readIndex(folder: string, index: string): WeightFiles {
  const { weight_map: weightMap } = readJsonFile(index, maxIndexBytes);
  if (!isJsonObject(weightMap)) {
    throw error('file_damaged', {
      file: index,
      field: 'weight_map',
      found: describeJson(weightMap),
      expected: 'an object of tensor names and files',
    });
  }
  const fileOf = new Map<string, string>();
  const files = new Set<string>();
  for (const [tensor, shard] of Object.entries(weightMap)) {
    checkShardName(index, tensor, shard);
    const file = path.join(folder, shard);
    fileOf.set(tensor, file);
    files.add(file);
    if (files.size > maxShards) {
      const found = `more than ${maxShards} files`;
      throw error('file_damaged', { file: index, field: 'weight_map', found, expected: 'fewer' });
    }
  }
  return { files: [...files], fileOf };
}

function checkShardName(index: string, tensor: string, shard: unknown): asserts shard is string {
  const isPlain =
    typeof shard === 'string' && /^[A-Za-z0-9_][\w.-]{0,250}\.safetensors$/.test(shard);
  if (isPlain) return;
  throw error('file_damaged', {
    file: index,
    field: `weight_map ${tensor}`,
    found: describeJson(shard),
    expected: 'the plain name of a .safetensors file in this folder',
  });
}
