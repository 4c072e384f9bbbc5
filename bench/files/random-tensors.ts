/**
 * The bytes of each tensor. Deviations are about 1/√columns: activations stay near 1 and logits
 * spread. Two things are not left to chance, both in the head: the end token never wins, and
 * `verse`, a run of tokens, makes the model recite: after each comes the next, in a ring.
 */
import { decodeRow } from '../../src/base/blocks/decode-row.ts';
import { type EncodableDType, encodeRow } from '../../src/base/blocks/encode-row.ts';
import { rowBytes } from '../../src/base/dtypes.ts';
import type { TensorPlan } from '../../src/formats/gguf/header-bytes.ts';
import type { TensorToWrite } from '../../src/formats/gguf/writer.ts';
import { endToken } from './filler-tokenizer.ts';
import { tiledBlocks } from './tiled-blocks.ts';

export const verse = { firstToken: 512, length: 128 };

/** Of the head, times √columns: of its rows in the verse too, or they would draw any text in. */
const headDeviation = 2.5;

export function randomTensors(plans: readonly TensorPlan[], vocabSize: number): TensorToWrite[] {
  const embedding = plans.find(({ name }) => name === 'token_embd.weight')!;
  return plans.map((plan, seed) => ({
    ...plan,
    bytes() {
      const bytes = randomBytes(plan, seed);
      if (plan.name === 'output.weight') {
        const bytesPerRow = rowBytes(plan.dtype, plan.dims[1]!);
        const end = endToken(vocabSize) * bytesPerRow;
        bytes.fill(0, end, end + bytesPerRow); // zero scales, zero logit: never the best
        recite(embedding, randomBytes(embedding, plans.indexOf(embedding)), plan, bytes);
      }
      return bytes;
    },
  }));
}

function recite(embedding: TensorPlan, source: Buffer, head: TensorPlan, bytes: Buffer): void {
  const columns = head.dims[1]!;
  const values = new Float32Array(columns);
  for (let i = 0; i < verse.length; i++) {
    const token = verse.firstToken + i;
    const next = verse.firstToken + ((i + 1) % verse.length);
    const from = token * rowBytes(embedding.dtype, columns);
    decodeRow(embedding.dtype, source, from, values, columns);
    for (let c = 0; c < columns; c++) values[c]! *= headDeviation / Math.sqrt(columns);
    const dtype = head.dtype as EncodableDType; // the recipes' heads are q6_k, q8_0, f16 or bf16
    encodeRow(dtype, values, bytes, next * rowBytes(dtype, columns));
  }
}

function randomBytes({ name, dtype, dims }: TensorPlan, seed: number): Buffer {
  const bytes = tiledBlocks(dtype, dims, sigmaOf(name, dims.at(-1)!), seed);
  if (name.includes('norm')) {
    for (let at = 0; at < bytes.length; at += 4) bytes.writeFloatLE(1 + bytes.readFloatLE(at), at);
  }
  return bytes;
}

function sigmaOf(name: string, columns: number): number {
  if (/norm|bias/.test(name)) return 0.1;
  if (name === 'token_embd.weight') return 1;
  if (name === 'output.weight') return headDeviation / Math.sqrt(columns);
  // What is added to the residual stream stays small enough for the embedding to be heard.
  return (/attn_output|ffn_down/.test(name) ? 0.2 : 1.2) / Math.sqrt(columns);
}
