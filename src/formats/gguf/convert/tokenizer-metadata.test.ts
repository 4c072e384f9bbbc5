import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenizerMetadata } from './tokenizer-metadata.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sampan-tokenizer-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const bos = '<｜begin▁of▁sentence｜>';
const split = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated' });
const toBytes = { type: 'ByteLevel', add_prefix_space: false, use_regex: false };
const qwenWords =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const llamaWords = qwenWords.replace('|\\p{N}|', '|\\p{N}{1,3}|');

function metadataOf(preTokenizers: unknown[], change: Record<string, unknown> = {}, config = {}) {
  const json = {
    added_tokens: [{ id: 4, content: '</think>', special: false }],
    pre_tokenizer: { type: 'Sequence', pretokenizers: [...preTokenizers, toBytes] },
    model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: [['a', 'b']] },
    ...change,
  };
  writeFileSync(path.join(folder, 'tokenizer.json'), JSON.stringify(json));
  writeFileSync(path.join(folder, 'tokenizer_config.json'), JSON.stringify(config));
  return tokenizerMetadata(folder, 6);
}

const items = (metadata: ReturnType<typeof metadataOf>, key: string) => {
  const value = metadata.get(`tokenizer.ggml.${key}`);
  return value?.type === 'array' ? value.items() : value?.value;
};

const withBos = { added_tokens: [{ id: 3, content: bos, special: true }] };

describe('the pre-tokenizer is known by its splits', () => {
  test.each([
    ['qwen2', [split(qwenWords)], {}],
    ['deepseek-r1-qwen', [split(qwenWords)], withBos],
    ['llama-bpe', [split(llamaWords)], withBos],
    ['deepseek-coder', coderSplits('\n'), withBos],
    ['deepseek-coder', coderSplits('\\n'), withBos],
  ])('%s', (name, splits, change) => {
    expect(items(metadataOf(splits, change), 'pre')).toBe(name);
  });

  test('and one that GGUF has no name for is refused', () => {
    const unknown = expect.objectContaining({ code: 'gguf_cannot_say' });
    expect(() => metadataOf([split('[aeiou]+')])).toThrow(unknown);
    expect(() => metadataOf([{ type: 'Metaspace' }])).toThrow(unknown);
  });
});

/** Characters as they stand in the file, and digits by a step of their own. */
function coderSplits(newline: string) {
  const cr = newline === '\n' ? '\r' : '\\r';
  return [
    split(`[${cr}${newline}]`),
    split('\\s?\\p{L}+'),
    split('\\s?\\p{P}+'),
    split('[一-龥\u0800-一가-\ud7ff]+'),
    { type: 'Digits', individual_digits: true },
  ];
}

test('tokens, their types and gaps', () => {
  const metadata = metadataOf([split(qwenWords)]);
  expect(items(metadata, 'tokens')).toEqual(['a', 'b', 'ab', '[PAD3]', '</think>', '[PAD5]']);
  expect(items(metadata, 'token_type')).toEqual([1, 1, 1, 5, 4, 5]);
  expect(items(metadata, 'merges')).toEqual(['a b']);
});

test('special tokens by their text, in either spelling', () => {
  const config = { bos_token: { content: bos }, eos_token: 'ab', add_bos_token: true };
  const metadata = metadataOf([split(llamaWords)], withBos, {
    ...config,
    chat_template: '{{ x }}',
  });
  expect(items(metadata, 'bos_token_id')).toBe(3);
  expect(items(metadata, 'eos_token_id')).toBe(2);
  expect(items(metadata, 'add_bos_token')).toBe(true);
  expect(metadata.has('tokenizer.ggml.padding_token_id')).toBe(false);
  expect(metadata.get('tokenizer.chat_template')).toEqual({ type: 'string', value: '{{ x }}' });
});

test('what is no byte-level BPE, or does not fit the embedding, is refused', () => {
  const refused = expect.objectContaining({ code: 'gguf_cannot_say' });
  const unigram = { model: { type: 'Unigram', vocab: [] } };
  const outside = { model: { type: 'BPE', vocab: { a: 6 }, merges: [] } };
  const fraction = { added_tokens: [{ id: 1.5, content: 'x' }] };
  for (const change of [unigram, outside, fraction, { model: null }]) {
    expect(() => metadataOf([split(qwenWords)], change)).toThrow(refused);
  }
});
