/**
 * The merges of a byte pair encoding, and words encoded with them: of all neighbours in a word the
 * pair that comes first in the list is merged, the leftmost of equals, until no pair is in the
 * list. A pair that is listed twice counts where it is listed last, as in Hugging Face's tokenizers.
 */
import { NumberHeap } from './number-heap.ts';

const multipliers = [0, 0].map(() => Math.floor(Math.random() * 2 ** 32) | 1);
const gone = -2;

export class Merges {
  readonly #left: Int32Array;
  readonly #right: Int32Array;
  readonly #joined: Int32Array;
  /** A rank and one, where its pair hashes to or the next free place; 0 is free. */
  readonly #slots: Int32Array;
  readonly #shift: number;
  #count = 0;
  /** Of the word in hand, by position: its token, and its neighbours that are left. */
  #ids = new Int32Array(64);
  #next = new Int32Array(64);
  #previous = new Int32Array(64);
  readonly #pairs = new NumberHeap();

  constructor(count: number) {
    const bits = Math.ceil(Math.log2(2 * count + 2));
    this.#left = new Int32Array(count);
    this.#right = new Int32Array(count);
    this.#joined = new Int32Array(count);
    this.#slots = new Int32Array(2 ** bits);
    this.#shift = 32 - bits;
  }

  /** The next in the list. */
  add(left: number, right: number, joined: number): void {
    const rank = this.#count++;
    this.#left[rank] = left;
    this.#right[rank] = right;
    this.#joined[rank] = joined;
    this.#slots[this.#slotOf(left, right)] = rank + 1;
  }

  /** Appends what is left of these tokens to `ids`; -1 stands for no token, and is left out. */
  encode(tokens: ArrayLike<number>, ids: number[]): void {
    const { length } = tokens;
    this.#begin(tokens);
    for (let at = 0; at < length; at++) this.#offer(at, length);
    while (this.#pairs.size > 0) {
      const pair = this.#pairs.pop();
      const at = pair % length;
      this.#merge(at, (pair - at) / length, length);
    }
    for (let at = 0; at < length; at = this.#next[at]) {
      if (this.#ids[at] >= 0) ids.push(this.#ids[at]);
    }
  }

  #begin(tokens: ArrayLike<number>): void {
    const { length } = tokens;
    if (this.#ids.length < length) {
      this.#ids = new Int32Array(2 * length);
      this.#next = new Int32Array(2 * length);
      this.#previous = new Int32Array(2 * length);
    }
    for (let at = 0; at < length; at++) {
      this.#ids[at] = tokens[at];
      this.#next[at] = at + 1;
      this.#previous[at] = at - 1;
    }
  }

  /** The pair that begins here waits for its turn: by rank, then from the left. */
  #offer(at: number, length: number): void {
    const next = this.#next[at];
    if (next >= length) return;
    const rank = this.#rank(this.#ids[at], this.#ids[next]);
    if (rank >= 0) this.#pairs.push(rank * length + at);
  }

  /** Unless one of the pair has been merged with another since. */
  #merge(at: number, rank: number, length: number): void {
    const next = this.#next[at];
    if (this.#ids[at] < 0 || next >= length) return;
    if (this.#rank(this.#ids[at], this.#ids[next]) !== rank) return;
    this.#ids[at] = this.#joined[rank];
    this.#ids[next] = gone;
    const after = this.#next[next];
    this.#next[at] = after;
    if (after < length) this.#previous[after] = at;
    const before = this.#previous[at];
    if (before >= 0) this.#offer(before, length);
    this.#offer(at, length);
  }

  #rank(left: number, right: number): number {
    return this.#slots[this.#slotOf(left, right)] - 1;
  }

  #slotOf(left: number, right: number): number {
    const mask = this.#slots.length - 1;
    const hash = Math.imul(left, multipliers[0]) + Math.imul(right, multipliers[1]);
    for (let slot = (hash | 0) >>> this.#shift; ; slot = (slot + 1) & mask) {
      const rank = this.#slots[slot] - 1;
      if (rank < 0 || (this.#left[rank] === left && this.#right[rank] === right)) return slot;
    }
  }
}
