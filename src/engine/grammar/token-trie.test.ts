import { expect, test } from 'vitest';
import { VocabularyTokenizer } from '../../../test/fakes/vocabulary-tokenizer.ts';
import { tokenizerConfig, tokenizerJson } from '../../formats/tokenizer/fixtures/fixture.ts';
import { tokenizerFromJson } from '../../formats/tokenizer/tokenizer-json.ts';
import { TokenTrie, type TrieNodes } from './token-trie.ts';

/** Every token of the trie with the bytes on its way. */
function tokensIn(trie: TokenTrie, { bytes, ends, tokens }: TrieNodes): [number, string][] {
  const found: [number, string][] = [];
  const walk = (first: number, end: number, prefix: number[]) => {
    for (let i = first; i < end; i = ends[i]) {
      const path = [...prefix, bytes[i]];
      for (let token = tokens[i]; token >= 0; token = trie.twins[token]) {
        found.push([token, Buffer.from(path).toString('latin1')]);
      }
      walk(i + 1, ends[i], path);
    }
  };
  walk(0, bytes.length, []);
  return found.sort(([a], [b]) => a - b);
}

test('holds every token under its bytes, twins too, and no end', () => {
  const texts = ['b', 'abc', 'ab', 'abd', '', 'ab', 'end', 'x'.repeat(40), 'x'.repeat(17), 'é'];
  const trie = new TokenTrie(new VocabularyTokenizer({ texts, ends: [6] }));
  expect(tokensIn(trie, trie.short)).toEqual([
    ...[
      [0, 'b'],
      [1, 'abc'],
      [2, 'ab'],
      [3, 'abd'],
      [5, 'ab'],
      [9, '\xc3\xa9'],
    ],
  ]);
  expect(tokensIn(trie, trie.long)).toEqual([
    ...[
      [7, 'x'.repeat(40)],
      [8, 'x'.repeat(17)],
    ],
  ]);
  expect([trie.maxTokenBytes, trie.endTokens]).toEqual([40, [6]]);
});

test('tags stand under bytes that no text has', () => {
  const texts = ['<', 'think', '>', '\0<think>', '\0plain words'];
  const trie = new TokenTrie(new VocabularyTokenizer({ texts, ends: [] }));
  expect([...(trie.tagBytes('<think>') ?? [])]).toEqual([0xff, 0, 0, 3]);
  expect(trie.tagBytes('plain words')).toBeUndefined();
  expect(tokensIn(trie, trie.short)).toContainEqual([3, '\xff\0\0\x03']);
  expect(tokensIn(trie, trie.short)).toContainEqual([4, 'plain words']);
});

test('a real vocabulary has a token for that byte: it cannot spell a tag', () => {
  const tokenizer = tokenizerFromJson(tokenizerJson('deepseek-v3'), tokenizerConfig);
  const ids = Array.from({ length: tokenizer.vocabSize }, (_, id) => id);
  expect(ids.some((id) => Buffer.of(0xff).equals(tokenizer.tokenBytes(id)))).toBe(true);
  const trie = new TokenTrie(tokenizer);
  const all = [...tokensIn(trie, trie.short), ...tokensIn(trie, trie.long)];
  const tagged = all.filter(([, bytes]) => bytes.includes('\xff'));
  expect(tagged.length).toBeGreaterThan(5);
  for (const [id, bytes] of tagged) {
    expect([bytes.length, bytes[0]]).toEqual([4, '\xff']);
    expect(tokenizer.addedTokens).toContain(tokenizer.decode([id]));
  }
});

test("rows beyond the model's vocabulary are left out", () => {
  const trie = new TokenTrie(new VocabularyTokenizer({ texts: ['a', 'b', 'c'], ends: [2] }), 2);
  expect(tokensIn(trie, trie.short).map(([token]) => token)).toEqual([0, 1]);
  expect(trie.endTokens).toEqual([]);
});
