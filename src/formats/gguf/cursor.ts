/**
 * Reads little-endian fields forward from bytes that may be damaged or hostile: every read names
 * its field and is refused, as file_damaged, where the bytes end.
 */
import { error, type SampanError } from '../../base/errors.ts';

export class Cursor {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #text: Buffer;
  at = 0;

  constructor(bytes: Uint8Array, file: string) {
    this.bytes = bytes;
    this.file = file;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A second cursor over (part of) the same bytes. */
  over(bytes: Uint8Array, at: number): Cursor {
    const cursor = new Cursor(bytes, this.file);
    cursor.at = at;
    return cursor;
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  damaged(field: string, found: string | number | bigint, expected: string): SampanError {
    return error('file_damaged', { file: this.file, field, found, expected });
  }

  /** The offset of the next `count` bytes, which are passed over. */
  take(count: number, field: string): number {
    if (count > this.remaining) {
      throw this.damaged(
        field,
        `the end of the file at byte ${this.bytes.length}`,
        `${count} more bytes from byte ${this.at}`,
      );
    }
    const at = this.at;
    this.at += count;
    return at;
  }

  u8(field: string): number {
    return this.#view.getUint8(this.take(1, field));
  }

  i8(field: string): number {
    return this.#view.getInt8(this.take(1, field));
  }

  u16(field: string): number {
    return this.#view.getUint16(this.take(2, field), true);
  }

  i16(field: string): number {
    return this.#view.getInt16(this.take(2, field), true);
  }

  u32(field: string): number {
    return this.#view.getUint32(this.take(4, field), true);
  }

  i32(field: string): number {
    return this.#view.getInt32(this.take(4, field), true);
  }

  u64(field: string): bigint {
    return this.#view.getBigUint64(this.take(8, field), true);
  }

  i64(field: string): bigint {
    return this.#view.getBigInt64(this.take(8, field), true);
  }

  f32(field: string): number {
    return this.#view.getFloat32(this.take(4, field), true);
  }

  f64(field: string): number {
    return this.#view.getFloat64(this.take(8, field), true);
  }

  /** A u64 that counts something, at most `limit`. */
  count(field: string, limit: number): number {
    const at = this.take(8, field);
    const value = this.#view.getUint32(at + 4, true) * 2 ** 32 + this.#view.getUint32(at, true);
    if (value > limit) {
      throw this.damaged(field, this.#view.getBigUint64(at, true), `at most ${limit}`);
    }
    return value;
  }

  /** Bytes that are not UTF-8 become U+FFFD: a token may be half a character. */
  string(field: string, limitBytes: number): string {
    const length = this.count(field, limitBytes);
    const at = this.take(length, field);
    return this.#text.toString('utf8', at, at + length);
  }

  /** How many bytes it has. */
  skipString(field: string, limitBytes: number): number {
    const length = this.count(field, limitBytes);
    this.take(length, field);
    return length;
  }
}
