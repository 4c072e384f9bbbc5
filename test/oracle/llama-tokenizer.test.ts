/**
 * Tokenizers built from GGUF against llama.cpp's own, on vocabulary-only files. Left out is where
 * llama.cpp differs from the models' own tokenizer.json, which we follow: it recognises
 * user-defined tokens (<think>) even in plain text, does not normalise (qwen2: NFC), and keeps runs
 * of digits together for deepseek-llm, which shows where a digit is more than one byte.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getLlama, type Llama, LlamaLogLevel } from 'node-llama-cpp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { array, bool, type GgufValue, text, u32 } from '../../src/formats/gguf/gguf-value.ts';
import { writeGguf } from '../../src/formats/gguf/writer.ts';
import { ggufMetadata, kinds, texts } from '../../src/formats/tokenizer/fixtures/fixture.ts';
import { tokenizerFromGguf } from '../../src/formats/tokenizer/tokenizer-gguf.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sampan-vocab-'));
let llama: Llama;

beforeAll(async () => {
  llama = await getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    maxThreads: 1,
    logLevel: LlamaLogLevel.disabled, // it complains that the weights are missing
  });
});

afterAll(async () => {
  await llama?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

test.each(kinds)('%s: the ids of llama.cpp', async (kind) => {
  const metadata = ggufMetadata(kind);
  const types = markControlTokens(metadata);
  const file = path.join(folder, `${kind}.gguf`);
  await writeGguf(file, { metadata: vocabularyOnly(metadata, types), tensors: [] });
  const tokenizer = tokenizerFromGguf(metadata);
  const model = await llama.loadModel({ modelPath: file, vocabOnly: true });

  const comparable = texts.filter(
    (text) =>
      !text.includes('\0') &&
      !(kind === 'qwen2' && text !== text.normalize('NFC')) &&
      !(kind === 'deepseek-llm' && /[^\P{N}0-9]{2}/u.test(text)),
  );
  expect(comparable.length).toBeGreaterThan(250);
  for (const text of comparable) {
    expect(tokenizer.encode(text, { special: true }), text).toEqual([
      ...model.tokenize(text, true),
    ]);
    if (/<\/?think>/.test(text)) continue;
    const plain = [...model.tokenize(text, false)];
    expect(tokenizer.encode(text, { special: false }), text).toEqual(plain);
  }
  await model.dispose();
});

/** As converters do: <｜User｜> is a control token whatever tokenizer.json says. */
function markControlTokens(metadata: Map<string, unknown>): number[] {
  const tokens = metadata.get('tokenizer.ggml.tokens') as string[];
  const types = Array.from(metadata.get('tokenizer.ggml.token_type') as Int32Array);
  return types.map((type, id) => (type === 4 && /^<[|｜].*[|｜]>$/.test(tokens[id]) ? 3 : type));
}

function vocabularyOnly(metadata: Map<string, unknown>, types: number[]): Map<string, GgufValue> {
  const of = <T>(key: string) => metadata.get(`tokenizer.ggml.${key}`) as T;
  return new Map<string, GgufValue>([
    ['general.architecture', text('llama')],
    ['llama.context_length', u32(32)],
    ['llama.embedding_length', u32(32)],
    ['llama.feed_forward_length', u32(32)],
    ['llama.rope.dimension_count', u32(32)],
    ['llama.block_count', u32(1)],
    ['llama.attention.head_count', u32(1)],
    ['llama.attention.layer_norm_rms_epsilon', { type: 'f32', value: 1e-5 }],
    ['tokenizer.ggml.model', text('gpt2')],
    ['tokenizer.ggml.pre', text(of('pre'))],
    ['tokenizer.ggml.tokens', array('string', of('tokens'))],
    ['tokenizer.ggml.token_type', array('i32', types)],
    ['tokenizer.ggml.merges', array('string', of('merges'))],
    ['tokenizer.ggml.bos_token_id', u32(of('bos_token_id'))],
    ['tokenizer.ggml.eos_token_id', u32(of('eos_token_id'))],
    ['tokenizer.ggml.add_bos_token', bool(false)],
  ]);
}
