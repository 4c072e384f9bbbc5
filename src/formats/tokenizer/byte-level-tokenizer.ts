/**
 * Byte-level BPE, the one kind of tokenizer the DeepSeek family and its distills use. Words and
 * merges are Hugging Face's library; added tokens and decoding are here, because a user's text
 * must be encodable with no added token in force and replies must be decodable as they stream.
 */
import { Tokenizer as HfTokenizer } from '@huggingface/tokenizers';
import { type AddedToken, AddedTokens } from './added-tokens.ts';
import { bytesOfToken } from './byte-alphabet.ts';
import { type TokenTexts, Utf8StreamingDecoder } from './streaming-decoder.ts';
import type { StreamingDecoder, Tokenizer } from './tokenizer.ts';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const strictUtf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
const noBytes = new Uint8Array(0);

export interface ByteLevelTokenizerParts {
  /** Checked: what the library gets is what it knows. */
  readonly json: {
    readonly normalizer: object | null;
    readonly pre_tokenizer: object;
    readonly model: { readonly vocab: Readonly<Record<string, number>> };
  };
  /** By id, with holes where there is none; of the vocabulary. */
  readonly tokens: readonly string[];
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
  readonly #added: AddedTokens;
  readonly #addedById: ReadonlyMap<number, AddedToken>;
  readonly #idOfAdded: ReadonlyMap<string, number>;
  readonly #texts: TokenTable;

  constructor(parts: ByteLevelTokenizerParts) {
    this.#words = new HfTokenizer(
      { ...parts.json, added_tokens: [], post_processor: null, decoder: null },
      {},
    );
    const normalizer = this.#words.normalizer;
    this.#added = new AddedTokens(parts.addedTokens, (text) => normalizer?.normalize(text) ?? text);
    this.#addedById = new Map(parts.addedTokens.map((token) => [token.id, token]));
    this.#idOfAdded = new Map(parts.addedTokens.map((token) => [token.content, token.id]));
    this.addedTokens = [...this.#idOfAdded.keys()];

    const tokens = parts.tokens.slice();
    for (const { id } of parts.addedTokens) tokens[id] ??= '';
    this.vocabSize = tokens.length;
    this.#texts = new TokenTable(tokens, this.#addedById);
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
    return this.#idOfAdded.get(text) ?? this.#words.token_to_id(text);
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
    if (text === '') return [];
    return this.#words.encode(text, { add_special_tokens: false }).ids;
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

/** Bytes and text of tokens, worked out when first asked for: most of a vocabulary never is. */
class TokenTable implements TokenTexts {
  readonly #tokens: readonly string[];
  readonly #added: ReadonlyMap<number, AddedToken>;
  readonly #bytes: Uint8Array[] = [];
  /** null: asked for, and the token is no whole characters. */
  readonly #wholeTexts: (string | null)[] = [];

  constructor(tokens: readonly string[], added: ReadonlyMap<number, AddedToken>) {
    this.#tokens = tokens;
    this.#added = added;
  }

  bytes(id: number): Uint8Array {
    if (!(id in this.#tokens)) return noBytes;
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
    if (id in this.#tokens) this.#wholeTexts[id] = text; // ids from elsewhere must not grow the table
    return text ?? undefined;
  }

  #bytesOf(id: number): Uint8Array {
    const added = this.#added.get(id);
    if (added) return added.special ? noBytes : new TextEncoder().encode(added.content);
    return bytesOfToken(this.#tokens[id]);
  }
}
