/**
 * Bytes in the shapes a WebAssembly module is made of: LEB128 numbers, names, lists and parts
 * that are preceded by their length. Knows nothing of instructions or sections.
 */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** As they are. */
  raw(bytes: ArrayLike<number>): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  byte(value: number): void {
    this.#makeRoom(1);
    this.#bytes[this.#length++] = value;
  }

  /** LEB128 without a sign, below 2^32. */
  u32(value: number): void {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) {
      throw new Error(`expected a whole number from 0 to 2^32 - 1, found ${value}`);
    }
    for (let rest = value; ; rest >>>= 7) {
      this.byte((rest & 0x7f) | (rest >= 0x80 ? 0x80 : 0));
      if (rest < 0x80) break;
    }
  }

  /** LEB128 with a sign. Values of 2^31 and above stand for the same 32 bits. */
  i32(value: number): void {
    if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32) {
      throw new Error(`expected a whole number of 32 bits, found ${value}`);
    }
    for (let rest = value | 0; ; rest >>= 7) {
      const isLast = rest >= -64 && rest < 64; // the last byte's bit 6 is the sign
      this.byte(isLast ? rest & 0x7f : (rest & 0x7f) | 0x80);
      if (isLast) break;
    }
  }

  i64(value: bigint): void {
    if (value < -(2n ** 63n) || value >= 2n ** 64n) {
      throw new Error(`expected a whole number of 64 bits, found ${value}`);
    }
    for (let rest = BigInt.asIntN(64, value); ; rest >>= 7n) {
      const isLast = rest >= -64n && rest < 64n;
      this.byte(Number(rest & 0x7fn) | (isLast ? 0 : 0x80));
      if (isLast) break;
    }
  }

  f32(value: number): void {
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, value, true);
    this.raw(new Uint8Array(view.buffer));
  }

  name(text: string): void {
    this.sized((part) => part.raw(new TextEncoder().encode(text)));
  }

  /** A list: how many, then each. */
  list<T>(items: readonly T[], write: (item: T) => void): void {
    this.u32(items.length);
    for (const item of items) write(item);
  }

  /** What `write` writes, preceded by its length in bytes. */
  sized(write: (part: ByteWriter) => void): void {
    const part = new ByteWriter();
    write(part);
    this.u32(part.bytes.length);
    this.raw(part.bytes);
  }

  #makeRoom(numBytes: number): void {
    const end = this.#length + numBytes;
    if (end <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
    larger.set(this.bytes);
    this.#bytes = larger;
  }
}
