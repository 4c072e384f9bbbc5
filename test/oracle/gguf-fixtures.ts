/** GGUF files for the oracle: golden checkpoints converted, and models of random weights. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DType, dtypes } from '../../src/base/dtypes.ts';
import { convertToGguf, ggufContent } from '../../src/formats/gguf/convert/convert-to-gguf.ts';
import type { GgufType } from '../../src/formats/gguf/convert/tensor-dtype.ts';
import { randomBlocks } from '../../src/formats/gguf/random-blocks.ts';
import { type TensorToWrite, writeGguf } from '../../src/formats/gguf/writer.ts';
import type { ModelConfig } from '../../src/formats/model-config.ts';
import { openCheckpoint } from '../../src/formats/open-checkpoint.ts';
import { randomCheckpoint, sigmaOf } from './random-checkpoint.ts';

const goldenFolder = (name: string) => path.join(import.meta.dirname, '../golden', name);

/** A random model has no tokenizer of its own. */
const tokenizerFolder = goldenFolder('qwen2');

export class GgufFixtures {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'sampan-oracle-'));

  async golden(
    name: string,
    type: GgufType,
    change: (config: ModelConfig) => ModelConfig,
  ): Promise<string> {
    const checkpoint = await openCheckpoint(goldenFolder(name));
    const { file: folder, config, tensors } = checkpoint;
    const file = this.#path(`${name}.${type}`);
    await convertToGguf({ file: folder, config: change(config), tensors }, file, type);
    checkpoint.close();
    return file;
  }

  async quantised(config: ModelConfig, type: GgufType): Promise<string> {
    const tensors = randomCheckpoint(config);
    const file = this.#path(`${config.architecture}.${type}`);
    await convertToGguf({ file: tokenizerFolder, config, tensors }, file, type);
    return file;
  }

  /** The matrices chosen are random blocks of `dtype`, the others f32. */
  async random(
    config: ModelConfig,
    dtype: DType,
    isChosen: (tensor: string) => boolean,
  ): Promise<string> {
    const source = { file: tokenizerFolder, config, tensors: randomCheckpoint(config) };
    const { metadata, tensors } = ggufContent(source, 'f32');
    const file = this.#path(`${config.architecture}.random-${dtype}`);
    const chosen = tensors.map((tensor, i) =>
      isChosen(tensor.name) ? withRandomBlocks(tensor, dtype, i) : tensor,
    );
    await writeGguf(file, { metadata, tensors: chosen });
    return file;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #path(name: string): string {
    return path.join(this.#folder, `${name}.gguf`);
  }
}

/** Vectors, and rows that are no whole blocks, stay as they are. */
function withRandomBlocks(tensor: TensorToWrite, dtype: DType, seed: number): TensorToWrite {
  const { dims, name } = tensor;
  const columns = dims.at(-1)!;
  if (dims.length < 2 || columns % dtypes[dtype].blockElements !== 0) return tensor;
  const elements = dims.reduce((a, b) => a * b, 1);
  const bytes = () => randomBlocks(dtype, elements, sigmaOf(name, columns), 100 + seed);
  return { ...tensor, dtype, bytes };
}
