/**
 * Which id a text has, and which text an id: a hash table in flat arrays over packed texts. Filling
 * a Map with 150,000 strings, and making the strings first, took longer than packing a model's
 * weights. The hash begins at random: no file can choose texts that all meet in one place.
 */
import type { PackedTexts } from '../packed-texts.ts';

const fnvPrime = 0x0100_0193;
const seed = Math.floor(Math.random() * 2 ** 32) | 0;
const utf8 = new TextEncoder();

export class Vocabulary {
  readonly #texts: PackedTexts;
  /** An id and one, where its text hashes to or the next free place; 0 is free. */
  readonly #slots: Int32Array;
  readonly #isKnown: Uint8Array;
  #size = 0;

  /** Texts by id; ids are known once they are added. */
  constructor(texts: PackedTexts) {
    this.#texts = texts;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * texts.length + 2)));
    this.#isKnown = new Uint8Array(texts.length);
  }

  /** One more than the highest id. */
  get size(): number {
    return this.#size;
  }

  has(id: number): boolean {
    return this.#isKnown[id] === 1;
  }

  /** False where the text has an id already. */
  add(id: number): boolean {
    const { bytes, starts, ends } = this.#texts;
    const slot = this.#slotOf(bytes, starts[id], ends[id]);
    if (this.#slots[slot] !== 0) return false;
    this.#slots[slot] = id + 1;
    this.#isKnown[id] = 1;
    this.#size = Math.max(this.#size, id + 1);
    return true;
  }

  text(id: number): string | undefined {
    return this.has(id) ? this.#texts.text(id) : undefined;
  }

  id(text: string): number | undefined {
    const bytes = utf8.encode(text);
    const id = this.find(bytes, 0, bytes.length);
    return id < 0 ? undefined : id;
  }

  /** The id of the text that these bytes are, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    return this.#slots[this.#slotOf(bytes, start, end)] - 1;
  }

  /** Where the text is, or the free place where it would be; half of all places are free. */
  #slotOf(bytes: Uint8Array, start: number, end: number): number {
    const { bytes: known, starts, ends } = this.#texts;
    let hash = seed;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], fnvPrime);
    const mask = this.#slots.length - 1;
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] - 1;
      if (id < 0) return slot;
      if (ends[id] - starts[id] !== end - start) continue;
      let same = 0;
      while (start + same < end && known[starts[id] + same] === bytes[start + same]) same++;
      if (start + same === end) return slot;
    }
  }
}
