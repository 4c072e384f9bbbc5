/** Bytes that grow at their end, little-endian; earlier ones can be patched. */
export class CodeBuffer {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  bytes(values: ArrayLike<number>): void {
    this.#reserve(values.length);
    for (let i = 0; i < values.length; i++) this.#bytes[this.#length++] = values[i] as number;
  }

  /** The low `numBytes` (1, 4 or 8) bytes of a two's complement number. */
  integer(value: number | bigint, numBytes: number): void {
    this.#reserve(8);
    if (numBytes === 8) this.#view.setBigInt64(this.#length, BigInt(value), true);
    else this.#view.setInt32(this.#length, Number(value), true);
    this.#length += numBytes;
  }

  /** What is there already stays in: the displacement of a RIP-relative place. */
  addTo32(position: number, value: number): void {
    this.#view.setInt32(position, this.#view.getInt32(position, true) + value, true);
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(2 * (this.#length + more));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
