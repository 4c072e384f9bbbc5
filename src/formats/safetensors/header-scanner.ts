/**
 * Reads the JSON of a safetensors header, token by token and nothing more than the format has:
 * objects of strings, arrays of whole numbers. Unlike JSON.parse it builds no values of its own,
 * so a hostile header costs no more memory than its tensors, and it sees names given twice.
 */
import { error } from '../../base/errors.ts';

const maxStringBytes = 4096;
const maxArrayLength = 16;
const quote = 0x22;
const backslash = 0x5c;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class HeaderScanner {
  readonly #file: string;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(file: string, bytes: Uint8Array) {
    this.#file = file;
    this.#bytes = bytes;
  }

  /** `{ "key": … }`: `readValue` consumes each value. */
  object(readValue: (key: string) => void): void {
    this.#expect('{');
    if (this.#take('}')) return;
    do {
      const key = this.string();
      this.#expect(':');
      readValue(key);
    } while (this.#take(','));
    this.#expect('}');
  }

  string(): string {
    this.#expect('"');
    const start = this.#at;
    let hasEscapes = false;
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === quote) break;
      if (byte === undefined || byte < 0x20) throw this.damaged('the end of a string');
      if (this.#at - start >= maxStringBytes) {
        throw this.damaged(`a string of at most ${maxStringBytes} bytes`);
      }
      if (byte === backslash) {
        hasEscapes = true;
        this.#at += 1; // what follows cannot end the string
      }
      this.#at += 1;
    }
    const bytes = this.#bytes.subarray(start, this.#at);
    this.#at += 1;
    try {
      const text = utf8.decode(bytes);
      return hasEscapes ? (JSON.parse(`"${text}"`) as string) : text;
    } catch {
      throw this.damaged('a string of valid UTF-8 and escapes');
    }
  }

  /** Array of whole numbers, none negative. */
  wholeNumbers(): number[] {
    this.#expect('[');
    const values: number[] = [];
    if (this.#take(']')) return values;
    do {
      if (values.length === maxArrayLength) {
        throw this.damaged(`an array of at most ${maxArrayLength} numbers`);
      }
      values.push(this.#wholeNumber());
    } while (this.#take(','));
    this.#expect(']');
    return values;
  }

  /** Padding after the header's object may only be whitespace. */
  end(): void {
    this.#skipWhitespace();
    if (this.#at < this.#bytes.length) throw this.damaged('nothing after the closing brace');
  }

  /** What stands at this place of the header, against what should. */
  damaged(expected: string) {
    const near = this.#bytes.subarray(this.#at, this.#at + 20);
    const found = near.length === 0 ? 'the end of the header' : new TextDecoder().decode(near);
    const field = `header byte ${this.#at}`;
    return error('file_damaged', { file: this.#file, field, found, expected });
  }

  #wholeNumber(): number {
    this.#skipWhitespace();
    const start = this.#at;
    let value = 0;
    for (;;) {
      const digit = (this.#bytes[this.#at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      if (value > Number.MAX_SAFE_INTEGER) throw this.damaged('a number below 2^53');
      this.#at += 1;
    }
    const digits = this.#at - start;
    const hasLeadingZero = digits > 1 && this.#bytes[start] === 0x30;
    if (digits === 0 || hasLeadingZero) throw this.damaged('a whole number');
    return value;
  }

  #expect(character: string): void {
    if (!this.#take(character)) throw this.damaged(character);
  }

  #take(character: string): boolean {
    this.#skipWhitespace();
    if (this.#bytes[this.#at] !== character.charCodeAt(0)) return false;
    this.#at += 1;
    return true;
  }

  #skipWhitespace(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      const isWhitespace = byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
      if (!isWhitespace) return;
      this.#at += 1;
    }
  }
}
