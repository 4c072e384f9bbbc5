/** Masks against the plain meaning: a token is allowed when its bytes, one by one, lead on. */
import { expect, test } from 'vitest';
import { tokensOf } from '../../../test/fakes/grammar-writer.ts';
import { VocabularyTokenizer } from '../../../test/fakes/vocabulary-tokenizer.ts';
import { mulberry32 } from '../../base/mulberry32.ts';
import {
  characters,
  charactersBut,
  choice,
  type Grammar,
  type GrammarDocument,
  literal,
  repeat,
  rule,
  sequence,
} from '../../formats/grammar/grammar.ts';
import { anyJson } from '../../formats/grammar/json-text.ts';
import { CompiledGrammar } from './compiled-grammar.ts';
import { GrammarMatcher } from './grammar-matcher.ts';
import { TokenTrie } from './token-trie.ts';

const pieces = ['{', '}', '[', ']', '"', ',', ':', ' ', '\n', 'a', 'b', 'é', '漢', '😀', '\\', '1'];

/** Every byte, then random pieces, some longer than a short token, some cut inside a character. */
function vocabulary(seed: number): VocabularyTokenizer {
  const random = mulberry32(seed);
  const texts: Uint8Array[] = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
  for (let i = 0; i < 600; i++) {
    const length = random() < 0.05 ? 12 + random() * 30 : 1 + random() * 4;
    let text = '';
    while (text.length < length) text += pieces[Math.floor(random() * pieces.length)];
    const bytes = Buffer.from(text);
    texts.push(bytes.subarray(random() < 0.2 ? 1 : 0, bytes.length - (random() < 0.2 ? 1 : 0)));
  }
  return new VocabularyTokenizer({ texts: [...texts, 'end'], ends: [texts.length] });
}

function randomGrammar(random: () => number, depth: number): Grammar {
  const inside = () => randomGrammar(random, depth - 1);
  const kind = Math.floor(random() * (depth === 0 ? 3 : 8));
  const text = pieces[Math.floor(random() * pieces.length)];
  const point = text.codePointAt(0) as number;
  if (kind === 0) return literal(text + pieces[Math.floor(random() * pieces.length)]);
  if (kind === 1) return characters([0x61, 0x62], [point, point]);
  if (kind === 2) return charactersBut([0, 0x1f], [0x22, 0x22], [point, point]);
  if (kind === 3) return sequence(inside(), inside(), inside());
  if (kind === 4) return choice(inside(), inside());
  if (kind === 5) return sequence(literal('['), rule('again'), literal(']'));
  const min = Math.floor(random() * 3);
  return repeat(inside(), min, random() < 0.5 ? undefined : min + Math.floor(random() * 40));
}

function isAllowedPlainly(grammar: CompiledGrammar, written: readonly number[], token: number) {
  const automaton = grammar.current;
  let state = grammar.start(false);
  for (const id of [...written, token]) {
    const next = grammar.advance(automaton, state, grammar.trie.bytesOf(id));
    if (next === undefined) return false;
    state = next;
  }
  return true;
}

function check(document: GrammarDocument, tokenizer: VocabularyTokenizer, seed: number): number {
  const random = mulberry32(seed);
  const grammar = new CompiledGrammar(document, new TokenTrie(tokenizer));
  const matcher = new GrammarMatcher(grammar, false);
  const end = tokenizer.vocabSize - 1;
  const written: number[] = [];
  let checked = 0;
  while (written.length < 8) {
    const allowed = new Set(tokensOf(matcher.mask()));
    expect(allowed.has(end)).toBe(matcher.isComplete);
    for (let token = 0; token < end; token++) {
      if (tokenizer.tokenBytes(token).length === 0) continue;
      const isAllowed = isAllowedPlainly(grammar, written, token);
      if (isAllowed !== allowed.has(token)) {
        throw new Error(`token ${token} behind ${written}: ${isAllowed} by its bytes`);
      }
      checked++;
    }
    const next = [...allowed].filter((token) => token !== end);
    if (next.length === 0) break;
    const token = next[Math.floor(random() * next.length)];
    matcher.accept(token);
    written.push(token);
  }
  return checked;
}

test('masks of random grammars over random vocabularies', () => {
  let checked = 0;
  for (let seed = 0; seed < 30; seed++) {
    const random = mulberry32(seed);
    const again = choice(literal('1'), sequence(literal('{'), randomGrammar(random, 2)));
    const document = { root: randomGrammar(random, 4), rules: new Map([['again', again]]) };
    checked += check(document, vocabulary(seed % 5), seed);
  }
  expect(checked).toBeGreaterThan(20_000);
});

test('masks of JSON', () => {
  for (let seed = 0; seed < 3; seed++) {
    expect(check(anyJson, vocabulary(seed), seed)).toBeGreaterThan(1000);
  }
});
