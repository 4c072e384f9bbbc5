/**
 * A Hugging Face checkpoint → one GGUF file that llama.cpp and Sampan load. Tensors are made one
 * at a time, row by row: memory is the largest tensor, not the model.
 */

import { type EncodableDType, encodeRow } from '../../../base/blocks/encode-row.ts';
import { rowBytes } from '../../../base/dtypes.ts';
import type { TensorSource } from '../../../base/tensor-view.ts';
import type { Checkpoint } from '../../checkpoint.ts';
import type { ModelConfig } from '../../model-config.ts';
import { f32, type GgufValue, i32, u32 } from '../gguf-value.ts';
import { type GgufContent, type TensorToWrite, writeGguf } from '../writer.ts';
import { type GgufTensor, ggufTensors } from './gguf-tensors.ts';
import { metadataFromConfig } from './metadata-from-config.ts';
import { columnsOf, type RowSource, rowsOf } from './row-source.ts';
import { type GgufType, ggufTypes, tensorDType } from './tensor-dtype.ts';
import { tokenizerMetadata } from './tokenizer-metadata.ts';

/** A Checkpoint has all of it; `file` is the folder where tokenizer.json lies. */
export interface HuggingFaceModel {
  readonly file: string;
  readonly config: ModelConfig;
  readonly tensors: TensorSource;
  readonly sampling?: Checkpoint['sampling'];
}

export async function convertToGguf(
  model: HuggingFaceModel,
  outPath: string,
  type: GgufType,
): Promise<void> {
  await writeGguf(outPath, ggufContent(model, type));
}

/** Apart from the writing, for those who want other bytes in some tensors. */
export function ggufContent(model: HuggingFaceModel, type: GgufType): GgufContent {
  const { file, config, tensors, sampling = {} } = model;
  const metadata = new Map<string, GgufValue>([
    ...metadataFromConfig(config, file),
    ['general.file_type', u32(ggufTypes[type].fileType)],
    ['general.quantization_version', u32(2)],
    ...recommendedSampling(sampling),
    ...tokenizerMetadata(file, config.vocabSize),
  ]);
  const toBeWritten = ggufTensors(config, tensors).map((tensor) => toWrite(tensor, config, type));
  return { metadata, tensors: toBeWritten };
}

/** What the makers recommend, under the names of llama.cpp. */
function recommendedSampling({ temperature, topP, topK, minP }: Checkpoint['sampling']) {
  const entries: [string, GgufValue][] = [];
  if (temperature !== undefined) entries.push(['general.sampling.temp', f32(temperature)]);
  if (topP !== undefined) entries.push(['general.sampling.top_p', f32(topP)]);
  if (topK !== undefined) entries.push(['general.sampling.top_k', i32(topK)]);
  if (minP !== undefined) entries.push(['general.sampling.min_p', f32(minP)]);
  return entries;
}

function toWrite({ name, rows }: GgufTensor, config: ModelConfig, type: GgufType): TensorToWrite {
  const { dims } = rows;
  const situation = { isTied: config.tieWordEmbeddings, numLayers: config.numHiddenLayers };
  const dtype = tensorDType(type, { name, dims, ...situation });
  return { name, dims, dtype, bytes: () => encoded(rows, dtype) };
}

function encoded(source: RowSource, dtype: EncodableDType): Uint8Array {
  const [rows, columns] = [rowsOf(source), columnsOf(source)];
  const stride = rowBytes(dtype, columns);
  const bytes = new Uint8Array(rows * stride);
  const values = new Float32Array(columns);
  for (let row = 0; row < rows; row++) {
    source.read(row, values);
    encodeRow(dtype, values, bytes, row * stride);
  }
  return bytes;
}
