/** Writes and reads texts of a grammar, byte by byte, with the matcher that replies are held by. */
import { mulberry32 } from '../../src/base/mulberry32.ts';
import { CompiledGrammar } from '../../src/engine/grammar/compiled-grammar.ts';
import { GrammarMatcher } from '../../src/engine/grammar/grammar-matcher.ts';
import { TokenTrie } from '../../src/engine/grammar/token-trie.ts';
import type { GrammarDocument } from '../../src/formats/grammar/grammar.ts';
import { FakeTokenizer, special } from './fake-tokenizer.ts';

const trie = new TokenTrie(new FakeTokenizer());
const closing = new Set([...'"]}'].map((char) => char.charCodeAt(0)));
const blank = new Set([...' \n'].map((char) => char.charCodeAt(0)));

export function compileForBytes(document: GrammarDocument): CompiledGrammar {
  return new CompiledGrammar(document, trie);
}

/** A random text of the grammar; undefined where it did not end within `maxBytes`. */
export function writeText(grammar: CompiledGrammar, seed: number, maxBytes = 4000) {
  const random = mulberry32(seed);
  const matcher = new GrammarMatcher(grammar, false);
  const bytes: number[] = [];
  while (bytes.length < maxBytes) {
    const allowed = tokensOf(matcher.mask());
    if (allowed.length === 0) throw new Error(`dead end behind ${Buffer.from(bytes)}`);
    const ends = allowed.filter((token) => closing.has(token) || token === special.end);
    const plain = allowed.filter((token) => !blank.has(token));
    // Endings more often than not, as the text grows; blanks seldom.
    const isEnding = ends.length > 0 && random() < 0.15 + bytes.length / 1000;
    const from = isEnding ? ends : plain.length > 0 && random() < 0.9 ? plain : allowed;
    const token = from[Math.floor(random() * from.length)];
    if (token === special.end) return Buffer.from(bytes).toString();
    bytes.push(token);
    matcher.accept(token);
  }
  return undefined;
}

/** Whether the grammar has exactly this text. */
export function isText(grammar: CompiledGrammar, text: string): boolean {
  const matcher = new GrammarMatcher(grammar, false);
  for (const byte of Buffer.from(text)) {
    const mask = matcher.mask();
    if (((mask[byte >>> 5] >>> (byte & 31)) & 1) === 0) return false;
    matcher.accept(byte);
  }
  return matcher.isComplete;
}

export function tokensOf(mask: Uint32Array): number[] {
  const tokens: number[] = [];
  for (let token = 0; token < mask.length * 32; token++) {
    if ((mask[token >>> 5] >>> (token & 31)) & 1) tokens.push(token);
  }
  return tokens;
}
