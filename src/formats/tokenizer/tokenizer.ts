/** Text ↔ token ids, one interface for tokenizer.json and for a tokenizer built from GGUF metadata. */
export interface Tokenizer {
  /** One more than the highest id: rows of logits past it belong to no token. */
  readonly vocabSize: number;
  readonly bosTokenId: number | undefined;
  /** Whether a raw prompt begins with BOS. A chat template writes its own. */
  readonly addBos: boolean;
  /** Any of these ends a reply. */
  readonly eosTokenIds: ReadonlySet<number>;
  /** Texts that stand for one token each when `special` is true: <｜User｜>, <think>, … */
  readonly addedTokens: readonly string[];
  /**
   * `special: true` recognises added tokens such as <｜User｜> in the text (templates);
   * false treats them as plain text (anything a user wrote). Never adds BOS by itself.
   */
  encode(text: string, options: { special: boolean }): number[];
  /** Added tokens as ids and the plain text between them: the first half of encode(special: true). */
  split(text: string): (string | number)[];
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
  /** No character waits for the rest of its bytes. */
  readonly isWhole: boolean;
}
