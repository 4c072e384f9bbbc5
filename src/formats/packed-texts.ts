/**
 * Many short texts as UTF-8 in one piece of memory: a vocabulary of 150,000 entries is a handful
 * of objects, and none of its texts is a string until somebody asks for it.
 */
export class PackedTexts {
  readonly bytes: Uint8Array;
  /** Where each text begins and ends in `bytes`. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly #text: Buffer;

  constructor(bytes: Uint8Array, starts: Uint32Array, ends: Uint32Array) {
    this.bytes = bytes;
    this.starts = starts;
    this.ends = ends;
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  static of(texts: readonly string[]): PackedTexts {
    const bytes = Buffer.from(texts.join(''));
    const [starts, ends] = [new Uint32Array(texts.length), new Uint32Array(texts.length)];
    let at = 0;
    for (const [i, text] of texts.entries()) {
      starts[i] = at;
      at += Buffer.byteLength(text);
      ends[i] = at;
    }
    return new PackedTexts(bytes, starts, ends);
  }

  get length(): number {
    return this.starts.length;
  }

  /** Bytes that are not UTF-8 become U+FFFD. */
  text(index: number): string {
    return this.#text.toString('utf8', this.starts[index], this.ends[index]);
  }
}
