/**
 * The weights of a Hugging Face folder as one TensorSource, over one or many mapped files.
 * FP8 weights (e4m3, as DeepSeek-V3 ships them) are given out together with their scales: the
 * tensor `….weight_scale_inv` becomes `tileScales` of `….weight` and is no tensor of its own.
 * Refuses shards that lack a tensor the index promises, and FP8 weights without fitting scales.
 */
import { error } from '../../base/errors.ts';
import type { TensorSource, TensorView } from '../../base/tensor-view.ts';
import { type FileMap, mapFile } from '../file-map.ts';
import { parseSafetensors } from './parse-safetensors.ts';
import { findWeightFiles, type WeightFiles } from './shard-index.ts';

const scaleSuffix = '_scale_inv';
const tile = 128;

export interface SafetensorsWeights extends TensorSource {
  readonly sizeBytes: number;
  /** Views are dead afterwards. Idempotent. */
  close(): void;
}

export function openSafetensors(folder: string): SafetensorsWeights {
  const weightFiles = findWeightFiles(folder);
  const maps: FileMap[] = [];
  const close = () => {
    for (const map of maps) map.close();
  };
  try {
    for (const file of weightFiles.files) maps.push(mapFile(file));
    const tensors = withScales(folder, collectTensors(weightFiles, maps));
    const sizeBytes = maps.reduce((sum, map) => sum + map.bytes.length, 0);
    return {
      file: folder,
      sizeBytes,
      has: (name) => tensors.has(name),
      get(name) {
        const tensor = tensors.get(name);
        if (!tensor) throw error('tensor_missing', { file: folder, tensor: name });
        return tensor;
      },
      names: () => tensors.keys(),
      close,
    };
  } catch (cause) {
    close();
    throw cause;
  }
}

/** The index says which file a name counts in: shards may repeat or add tensors nobody asked for. */
function collectTensors({ fileOf }: WeightFiles, maps: readonly FileMap[]) {
  const tensors = new Map<string, TensorView>();
  for (const map of maps) {
    for (const tensor of parseSafetensors(map.path, map.bytes)) {
      if (fileOf && fileOf.get(tensor.name) !== map.path) continue;
      const { bytes } = tensor;
      const address = map.addressOf(bytes);
      tensors.set(tensor.name, {
        ...tensor,
        address,
        release: (...range) => map.drop(bytes, ...range),
      });
    }
  }
  for (const [tensor, file] of fileOf ?? []) {
    if (!tensors.has(tensor)) throw error('tensor_missing', { file, tensor });
  }
  return tensors;
}

function withScales(folder: string, tensors: ReadonlyMap<string, TensorView>) {
  const joined = new Map<string, TensorView>();
  for (const [name, tensor] of tensors) {
    if (tensor.dtype === 'f8_e4m3') {
      joined.set(name, { ...tensor, tileScales: tileScales(folder, tensor, tensors) });
    } else if (tensors.get(name.replace(/_scale_inv$/, ''))?.dtype !== 'f8_e4m3') {
      joined.set(name, tensor);
    }
  }
  return joined;
}

/** f32 (ceil(rows / 128), ceil(columns / 128)). Scales rounded to powers of two are f32 as well. */
function tileScales(
  folder: string,
  weight: TensorView,
  tensors: ReadonlyMap<string, TensorView>,
): Float32Array {
  const name = weight.name + scaleSuffix;
  const scales = tensors.get(name);
  if (!scales) throw error('tensor_missing', { file: folder, tensor: name });
  const [rows, columns] = weight.dims as [number, number];
  const expected = [Math.ceil(rows / tile), Math.ceil(columns / tile)];
  const fits =
    weight.dims.length === 2 &&
    scales.dtype === 'f32' &&
    scales.dims.length === 2 &&
    scales.dims.every((dim, i) => dim === expected[i]);
  if (!fits) {
    throw error('tensor_shape', {
      file: folder,
      tensor: name,
      found: `${scales.dtype} [${scales.dims.join(', ')}]`,
      expected: `f32 [${expected.join(', ')}] for weights of [${weight.dims.join(', ')}]`,
    });
  }
  return alignedFloats(scales.bytes);
}

/** The format does not align tensors: a copy where an array of floats cannot lie over the bytes. */
function alignedFloats(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}
