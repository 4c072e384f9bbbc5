/**
 * Byte-level BPE, the one kind of tokenizer the DeepSeek family and its distills use. Texts are cut
 * into words by Hugging Face's library. Added tokens and decoding are here, because a user's text
 * must be encodable with no added token in force and replies must be decodable as they stream;
 * vocabulary and merges are, because the library takes half a second to take them in.
 */
import { Tokenizer as HfTokenizer } from '@huggingface/tokenizers';
import { type AddedToken, AddedTokens } from './added-tokens.ts';
import { bytesOfToken, tokenOfBytes } from './byte-alphabet.ts';
import type { Merges } from './merges.ts';
import { type TokenTexts, Utf8StreamingDecoder } from './streaming-decoder.ts';
import type { StreamingDecoder, Tokenizer } from './tokenizer.ts';
import type { Vocabulary } from './vocabulary.ts';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const strictUtf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
const noBytes = new Uint8Array(0);
const noModel = { type: 'BPE', vocab: {}, merges: [] };
/** Above every character of the byte alphabet. */
const alphabetEnd = 0x200;

export interface ByteLevelTokenizerParts {
  /** How texts become words over the byte alphabet. Checked: what the library gets is what it knows. */
  readonly cut: { readonly normalizer: object | null; readonly pre_tokenizer: object };
  readonly vocabulary: Vocabulary;
  readonly merges: Merges;
  /** A word that is an entry of the vocabulary is that token, whatever its merges say. */
  readonly ignoreMerges: boolean;
  readonly addedTokens: readonly AddedToken[];
  readonly bosTokenId: number | undefined;
  readonly addBos: boolean;
  readonly eosTokenIds: ReadonlySet<number>;
}

export class ByteLevelTokenizer implements Tokenizer {
  readonly vocabSize: number;
  readonly bosTokenId: number | undefined;
  readonly addBos: boolean;
  readonly eosTokenIds: ReadonlySet<number>;
  readonly addedTokens: readonly string[];
  readonly #words: HfTokenizer;
  readonly #vocabulary: Vocabulary;
  readonly #merges: Merges;
  readonly #ignoreMerges: boolean;
  /** By character of the byte alphabet; -1 where it is no token, and lost. */
  readonly #idOfChar: Int32Array;
  readonly #added: AddedTokens;
  readonly #addedById: ReadonlyMap<number, AddedToken>;
  readonly #idOfAdded: ReadonlyMap<string, number>;
  readonly #texts: TokenTable;

  constructor(parts: ByteLevelTokenizerParts) {
    this.#words = new HfTokenizer(
      { ...parts.cut, model: noModel, added_tokens: [], post_processor: null, decoder: null },
      {},
    );
    this.#vocabulary = parts.vocabulary;
    this.#merges = parts.merges;
    this.#ignoreMerges = parts.ignoreMerges;
    this.#idOfChar = idsOfAlphabet(parts.vocabulary);
    const normalizer = this.#words.normalizer;
    this.#added = new AddedTokens(parts.addedTokens, (text) => normalizer?.normalize(text) ?? text);
    this.#addedById = new Map(parts.addedTokens.map((token) => [token.id, token]));
    this.#idOfAdded = new Map(parts.addedTokens.map((token) => [token.content, token.id]));
    this.addedTokens = [...this.#idOfAdded.keys()];

    const addedEnd = parts.addedTokens.reduce((end, { id }) => Math.max(end, id + 1), 0);
    this.vocabSize = Math.max(parts.vocabulary.size, addedEnd);
    this.#texts = new TokenTable(parts.vocabulary, this.#addedById);
    this.bosTokenId = parts.bosTokenId;
    this.addBos = parts.addBos;
    this.eosTokenIds = parts.eosTokenIds;
  }

  encode(text: string, { special }: { special: boolean }): number[] {
    if (!special) return this.#encodePlain(text);
    const ids: number[] = [];
    for (const part of this.split(text)) {
      if (typeof part === 'number') ids.push(part);
      else for (const id of this.#encodePlain(part)) ids.push(id);
    }
    return ids;
  }

  split(text: string): (string | number)[] {
    return this.#added.split(text);
  }

  decode(ids: readonly number[], options: { skipSpecial?: boolean } = {}): string {
    let text = '';
    let run: number[] = [];
    for (const id of ids) {
      const added = this.#addedById.get(id);
      if (!added) {
        run.push(id);
        continue;
      }
      if (options.skipSpecial && added.special) continue; // bytes on both sides may be one character
      text += this.#decodeBytes(run) + added.content;
      run = [];
    }
    return text + this.#decodeBytes(run);
  }

  tokenId(text: string): number | undefined {
    return this.#idOfAdded.get(text) ?? this.#vocabulary.id(text);
  }

  tokenBytes(id: number): Uint8Array {
    return this.#texts.bytes(id);
  }

  isSpecial(id: number): boolean {
    return this.#addedById.get(id)?.special ?? false;
  }

  decoder(): StreamingDecoder {
    return new Utf8StreamingDecoder(this.#texts);
  }

  #encodePlain(text: string): number[] {
    const { normalizer, pre_tokenizer } = this.#words;
    const normalized = normalizer?.normalize(text) ?? text;
    const ids: number[] = [];
    if (normalized === '') return ids;
    for (const word of pre_tokenizer!.pre_tokenize(normalized)) this.#encodeWord(word, ids);
    return ids;
  }

  #encodeWord(word: string, ids: number[]): void {
    const whole = this.#ignoreMerges ? this.#vocabulary.id(word) : undefined;
    if (whole !== undefined) {
      ids.push(whole);
      return;
    }
    const chars = new Int32Array(word.length);
    for (let i = 0; i < word.length; i++) chars[i] = this.#idOfChar[word.charCodeAt(i)];
    this.#merges.encode(chars, ids);
  }

  #decodeBytes(ids: readonly number[]): string {
    const parts = ids.map((id) => this.#texts.bytes(id));
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return utf8.decode(bytes);
  }
}

function idsOfAlphabet(vocabulary: Vocabulary): Int32Array {
  const ids = new Int32Array(alphabetEnd).fill(-1);
  for (let byte = 0; byte < 256; byte++) {
    const char = tokenOfBytes(Uint8Array.of(byte));
    ids[char.charCodeAt(0)] = vocabulary.id(char) ?? -1;
  }
  return ids;
}

/** Bytes and text of tokens, worked out when first asked for: most of a vocabulary never is. */
class TokenTable implements TokenTexts {
  readonly #vocabulary: Vocabulary;
  readonly #added: ReadonlyMap<number, AddedToken>;
  readonly #bytes: Uint8Array[] = [];
  /** null: asked for, and the token is no whole characters. */
  readonly #wholeTexts: (string | null)[] = [];

  constructor(vocabulary: Vocabulary, added: ReadonlyMap<number, AddedToken>) {
    this.#vocabulary = vocabulary;
    this.#added = added;
  }

  bytes(id: number): Uint8Array {
    if (!this.#isToken(id)) return noBytes;
    this.#bytes[id] ??= this.#bytesOf(id);
    return this.#bytes[id];
  }

  wholeText(id: number): string | undefined {
    const known = this.#wholeTexts[id];
    if (known !== undefined) return known ?? undefined;
    let text: string | null = null;
    try {
      text = strictUtf8.decode(this.bytes(id));
    } catch {
      // begins or ends inside a character
    }
    if (this.#isToken(id)) this.#wholeTexts[id] = text; // ids from elsewhere must not grow the table
    return text ?? undefined;
  }

  #isToken(id: number): boolean {
    return this.#vocabulary.has(id) || this.#added.has(id);
  }

  #bytesOf(id: number): Uint8Array {
    const added = this.#added.get(id);
    if (added) return added.special ? noBytes : new TextEncoder().encode(added.content);
    return bytesOfToken(this.#vocabulary.text(id) ?? '');
  }
}
