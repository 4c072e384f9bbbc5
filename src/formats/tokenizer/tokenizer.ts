/** Text ↔ token ids, one interface for tokenizer.json and for a tokenizer built from GGUF metadata. */
export interface Tokenizer {
  readonly vocabSize: number;
  readonly bosTokenId: number | undefined;
  /** Any of these ends a reply. */
  readonly eosTokenIds: ReadonlySet<number>;
  /**
   * `special: true` recognises added tokens such as <｜User｜> in the text (templates);
   * false treats them as plain text (anything a user wrote). Never adds BOS by itself.
   */
  encode(text: string, options: { special: boolean }): number[];
  /** Lossy at the ends of a byte sequence: use `decoder()` for streams. */
  decode(ids: readonly number[], options?: { skipSpecial?: boolean }): string;
  /** The id of exactly this token text (`</think>`), or undefined. */
  tokenId(text: string): number | undefined;
  /** The token's own bytes: what it adds to a reply. Special tokens give none. */
  tokenBytes(id: number): Uint8Array;
  isSpecial(id: number): boolean;
  /** A streaming decoder that never emits half a character. */
  decoder(): StreamingDecoder;
}

export interface StreamingDecoder {
  /** The text that became certain with this token; '' while a character is incomplete. */
  push(id: number): string;
  /** What is left, incomplete bytes as U+FFFD. */
  flush(): string;
}
