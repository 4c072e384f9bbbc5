import { describe, expect, test } from 'vitest';
import {
  expected,
  flagTexts,
  ggufMetadata,
  kinds,
  texts,
  tokenizerConfig,
  tokenizerJson,
} from './fixtures/fixture.ts';
import { fuzzTexts } from './fixtures/fuzz-texts.ts';
import type { Tokenizer } from './tokenizer.ts';
import { tokenizerFromGguf } from './tokenizer-gguf.ts';
import { tokenizerFromJson } from './tokenizer-json.ts';

const sources: Record<string, (kind: string) => Tokenizer> = {
  'tokenizer.json': (kind) => tokenizerFromJson(tokenizerJson(kind), tokenizerConfig),
  GGUF: (kind) => tokenizerFromGguf(ggufMetadata(kind)),
};

for (const [source, open] of Object.entries(sources)) {
  describe.each(kinds)(`%s from ${source}`, (kind) => {
    const tokenizer = open(kind);
    const { special, plain, streams } = expected(kind);

    test('gives the ids of the Rust tokenizers with added tokens recognised', () => {
      const normalized = source === 'GGUF' ? withoutCombiningTag : everyText;
      for (const i of normalized) {
        expect(tokenizer.encode(texts[i], { special: true }), texts[i]).toEqual(special[i]);
      }
    });

    test('gives the ids of the Rust tokenizers without added tokens where they are plain text', () => {
      for (const [i, text] of texts.entries()) {
        expect(tokenizer.encode(text, { special: false }), text).toEqual(plain[i]);
      }
    });

    test('decodes what the Rust tokenizers decode, broken characters too', () => {
      for (const [ids, text] of streams) expect(tokenizer.decode(ids)).toBe(text);
    });

    const count = source === 'GGUF' ? 100 : kind === 'deepseek-v3' ? 2000 : 500;
    test(`decode(encode(x)) is x, streamed or not, for ${count} fuzzed texts`, () => {
      for (const text of fuzzTexts(count, 7)) {
        const want = kind === 'qwen2' ? text.normalize('NFC') : text;
        const ids = tokenizer.encode(text, { special: false });
        expect(tokenizer.decode(ids)).toBe(want);
        const decoder = tokenizer.decoder();
        expect(ids.map((id) => decoder.push(id)).join('') + decoder.flush()).toBe(want);
        expect(tokenizer.decode(tokenizer.encode(text, { special: true }))).toBe(want);
      }
    });
  });
}

const everyText = [...texts.keys()];
/** GGUF does not say which added tokens are matched after normalising; only qwen2 normalises. */
const withoutCombiningTag = everyText.filter((i) => !/[<>]\p{M}/u.test(texts[i]));

test('the texts say which tokens are control, which end a reply, and what a raw prompt begins with', () => {
  for (const [source, open] of Object.entries(sources)) {
    const v3 = open('deepseek-v3');
    const idOf = (text: string) => v3.tokenId(text)!;
    expect(v3.bosTokenId, source).toBe(idOf('<｜begin▁of▁sentence｜>'));
    expect(v3.addBos).toBe(true);
    expect(v3.eosTokenIds).toEqual(new Set([idOf('<｜end▁of▁sentence｜>'), idOf('<|EOT|>')]));
    expect(v3.vocabSize).toBe(idOf('</think>') + 1);
    expect(v3.tokenId('no such token')).toBeUndefined();
    expect(v3.isSpecial(idOf('<｜User｜>'))).toBe(true); // not marked so in the file, but no text
    expect(v3.isSpecial(idOf('<think>'))).toBe(false);
    expect(v3.tokenBytes(idOf('<｜User｜>'))).toHaveLength(0);
    expect(new TextDecoder().decode(v3.tokenBytes(idOf('<think>')))).toBe('<think>');
    expect(v3.decode([idOf('<｜User｜>'), idOf('<think>')], { skipSpecial: true })).toBe('<think>');
    expect(v3.addedTokens).toContain('<｜tool▁sep｜>');

    const qwen = open('qwen2');
    expect([...qwen.eosTokenIds]).toContain(qwen.tokenId('<|im_end|>'));
  }
});

test('added tokens of every sort are found where the Rust tokenizers find them', () => {
  const tokenizer = tokenizerFromJson(tokenizerJson('added-flags'), {});
  const { special, plain } = expected('added-flags');
  for (const [i, text] of flagTexts.entries()) {
    expect(tokenizer.encode(text, { special: true }), JSON.stringify(text)).toEqual(special[i]);
    expect(tokenizer.encode(text, { special: false }), JSON.stringify(text)).toEqual(plain[i]);
  }
});

test('deepseek-r1-qwen cuts words as qwen2 does', () => {
  const tokenizer = tokenizerFromGguf(ggufMetadata('qwen2', 'deepseek-r1-qwen'));
  const { special } = expected('qwen2');
  for (const i of withoutCombiningTag) {
    expect(tokenizer.encode(texts[i], { special: true })).toEqual(special[i]);
  }
});

test('a word of the vocabulary that no merge leads to is one token for llama-bpe', () => {
  const llama = sources.GGUF('llama-bpe');
  expect(llama.encode(' world', { special: false })).toEqual([llama.tokenId('Ġworld')]);
});

test('ids of no token decode to nothing', () => {
  const tokenizer = sources.GGUF('qwen2');
  for (const id of [-1, tokenizer.vocabSize, 1e9, 0.5]) {
    expect(tokenizer.decode([id])).toBe('');
    expect(tokenizer.decoder().push(id)).toBe('');
    expect(tokenizer.isSpecial(id)).toBe(false);
  }
});
