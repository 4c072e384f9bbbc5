/** A vocabulary of any byte strings, as tokenizers have them: pieces of characters, long runs, twins. */
import type { StreamingDecoder, Tokenizer } from '../../src/formats/tokenizer/tokenizer.ts';

export interface VocabularyOptions {
  /** Texts of tokens, ids in order; a string that begins with \0 is a tag (an added token). */
  readonly texts: readonly (string | Uint8Array)[];
  /** Ids that end a reply; their bytes are none. */
  readonly ends: readonly number[];
}

export class VocabularyTokenizer implements Tokenizer {
  readonly vocabSize: number;
  readonly bosTokenId = undefined;
  readonly addBos = false;
  readonly eosTokenIds: ReadonlySet<number>;
  readonly addedTokens: readonly string[];
  readonly #bytes: readonly Uint8Array[];
  readonly #tags = new Map<string, number>();

  constructor({ texts, ends }: VocabularyOptions) {
    this.vocabSize = texts.length;
    this.eosTokenIds = new Set(ends);
    texts.forEach((text, id) => {
      if (typeof text === 'string' && text.startsWith('\0')) this.#tags.set(text.slice(1), id);
    });
    this.addedTokens = [...this.#tags.keys()];
    this.#bytes = texts.map((text, id) =>
      ends.includes(id)
        ? new Uint8Array(0)
        : typeof text === 'string'
          ? Buffer.from(text.replace(/^\0/, ''))
          : text,
    );
  }

  encode(): number[] {
    throw new Error('not needed');
  }
  split(): (string | number)[] {
    throw new Error('not needed');
  }
  decode(ids: readonly number[]): string {
    return Buffer.concat(ids.map((id) => this.#bytes[id])).toString();
  }
  tokenId(text: string): number | undefined {
    return this.#tags.get(text);
  }
  tokenBytes(id: number): Uint8Array {
    return this.#bytes[id];
  }
  isSpecial(): boolean {
    return false;
  }
  decoder(): StreamingDecoder {
    throw new Error('not needed');
  }
}
