/**
 * A GGUF file of a published model's shape, quantised by llama-quantize's recipe, with random
 * weights: made once, then found in the cache folder (SAMPAN_BENCH_DIR, or the system's temporary
 * folder).
 */
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { metadataFromConfig } from '../../src/formats/gguf/convert/metadata-from-config.ts';
import { fileTypeNames } from '../../src/formats/gguf/file-type-table.ts';
import { type GgufValue, text, u32 } from '../../src/formats/gguf/gguf-value.ts';
import { writeGguf } from '../../src/formats/gguf/writer.ts';
import { fillerTokenizer } from './filler-tokenizer.ts';
import { randomTensors } from './random-tensors.ts';
import { type FileType, recipeDtype } from './recipe.ts';
import { shapeTensors } from './shape-tensors.ts';
import { type ShapeName, shapes } from './shapes.ts';

/** Part of the name: a change to what is written makes new files. */
const version = 4;

export function benchFolder(): string {
  return process.env.SAMPAN_BENCH_DIR ?? path.join(tmpdir(), 'sampan-bench');
}

export async function modelFile(shape: ShapeName, fileType: FileType): Promise<string> {
  const file = path.join(benchFolder(), `${shape}.${fileType}.v${version}.gguf`);
  if (existsSync(file)) return file;
  mkdirSync(benchFolder(), { recursive: true });
  const config = shapes[shape];
  const plans = shapeTensors(config).map(({ name, dims, layer }) => {
    return { name, dims, dtype: recipeDtype({ name, dims, layer }, fileType, config) };
  });
  const metadata = metadataOf(shape, fileType);
  await writeGguf(file, { metadata, tensors: randomTensors(plans, config.vocabSize) });
  return file;
}

function metadataOf(shape: ShapeName, fileType: FileType): Map<string, GgufValue> {
  const config = shapes[shape];
  const pre = config.architecture === 'deepseek2' ? 'deepseek-llm' : 'deepseek-r1-qwen';
  const ids = [...fileTypeNames].filter(([, name]) => name.replace('_MOE', '') === fileType);
  return new Map([
    ...metadataFromConfig(config, shape),
    ['general.file_type', u32(ids[0]![0])],
    ['general.description', text('random weights, for speed only')],
    ...fillerTokenizer(config.vocabSize, pre),
  ]);
}
