import { Tokenizer as HfTokenizer } from '@huggingface/tokenizers';
import { expect, test } from 'vitest';
import { mulberry32 } from '../../base/mulberry32.ts';
import { PackedTexts } from '../packed-texts.ts';
import { readJsonMerges } from './read-merges.ts';
import { Vocabulary } from './vocabulary.ts';

const letters = [...'abcd'];

/** Tokens of up to six letters, each with a merge that makes it; some of the merges twice. */
function randomMerges(random: () => number): { tokens: string[]; merges: [string, string][] } {
  const tokens = [...letters];
  const merges: [string, string][] = [];
  const any = () => tokens[Math.floor(random() * tokens.length)];
  for (let i = 0; i < 60; i++) {
    const [left, right] = [any(), any()];
    if (left.length + right.length > 6) continue;
    if (!tokens.includes(left + right)) tokens.push(left + right);
    merges.push([left, right]);
  }
  return { tokens, merges };
}

test('random merges of random words give what the library gives, on one heap for all words', () => {
  const random = mulberry32(3);
  let merged = 0;
  for (let round = 0; round < 40; round++) {
    const { tokens, merges } = randomMerges(random);
    const vocabulary = new Vocabulary(PackedTexts.of(tokens));
    for (const id of tokens.keys()) vocabulary.add(id);
    const ours = readJsonMerges(merges, { vocabulary, file: 'f', field: 'm' });
    const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
    const parts = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };
    const model = { type: 'BPE', vocab, merges };
    const library = new HfTokenizer({ ...parts, added_tokens: [], model }, {});
    for (const length of [1, 2, 3, 7, 20, 300]) {
      const word = Array.from({ length }, () => letters[Math.floor(random() * 4)]).join('');
      const ids: number[] = [];
      ours.encode(
        Array.from(word, (letter) => vocab[letter]),
        ids,
      );
      expect(ids, word).toEqual(library.encode(word).ids);
      merged += length - ids.length;
    }
  }
  expect(merged).toBeGreaterThan(1000);
});

test('what is no token is lost and merges with nothing', () => {
  const vocabulary = new Vocabulary(PackedTexts.of(['a', 'aa']));
  for (const id of [0, 1]) vocabulary.add(id);
  const merges = readJsonMerges(['a a'], { vocabulary, file: 'f', field: 'm' });
  const ids: number[] = [];
  merges.encode([0, -1, 0, 0, -1, -1], ids);
  expect(ids).toEqual([0, 1]);
});
