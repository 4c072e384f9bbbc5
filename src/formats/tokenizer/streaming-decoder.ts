/**
 * Turns tokens into text as they come, for byte-level vocabularies: a token may end inside a
 * character, so at most three bytes wait for the rest. Bytes that can no longer become a character
 * are U+FFFD at once, as in the Encoding Standard (one per maximal part).
 */
import type { StreamingDecoder } from './tokenizer.ts';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Bytes of each token, and its text where the token alone is whole characters. */
export interface TokenTexts {
  bytes(id: number): Uint8Array;
  /** undefined where the bytes begin or end inside a character. */
  wholeText(id: number): string | undefined;
}

export class Utf8StreamingDecoder implements StreamingDecoder {
  readonly #tokens: TokenTexts;
  #buffer = new Uint8Array(64);
  #pendingBytes = 0;

  constructor(tokens: TokenTexts) {
    this.#tokens = tokens;
  }

  get isWhole(): boolean {
    return this.#pendingBytes === 0;
  }

  push(id: number): string {
    if (this.#pendingBytes === 0) {
      const whole = this.#tokens.wholeText(id);
      if (whole !== undefined) return whole; // nearly every token: no byte is touched
    }
    this.#append(this.#tokens.bytes(id));
    const held = incompleteTail(this.#buffer, this.#pendingBytes);
    const ready = this.#pendingBytes - held;
    const text = ready === 0 ? '' : utf8.decode(this.#buffer.subarray(0, ready));
    this.#buffer.copyWithin(0, ready, this.#pendingBytes);
    this.#pendingBytes = held;
    return text;
  }

  flush(): string {
    const text = utf8.decode(this.#buffer.subarray(0, this.#pendingBytes));
    this.#pendingBytes = 0;
    return text;
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#pendingBytes + bytes.length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(2 * needed);
      larger.set(this.#buffer.subarray(0, this.#pendingBytes));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#pendingBytes);
    this.#pendingBytes = needed;
  }
}

/** How many of the last bytes are the beginning of a character that can still become valid: 0 to 3. */
export function incompleteTail(bytes: Uint8Array, length: number): number {
  for (let tail = 1; tail <= Math.min(3, length); tail++) {
    const lead = bytes[length - tail];
    if (lead >= 0x80 && lead < 0xc0) continue; // a continuation byte: its lead is further left
    return tail < charBytes(lead) && canFollow(lead, bytes, length - tail + 1, length) ? tail : 0;
  }
  return 0;
}

function charBytes(lead: number): number {
  if (lead < 0xc2 || lead > 0xf4) return 1;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** The first continuation byte has a narrower range after four leads (overlong, surrogates, > U+10FFFF). */
function canFollow(lead: number, bytes: Uint8Array, second: number, length: number): boolean {
  if (second >= length) return true;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return bytes[second] >= low && bytes[second] <= high;
}
