/**
 * Which parts of a range of addresses are taken: a list of the free ones, and a top above which
 * nothing was given out. Blocks begin on cache lines. Refused: giving back what is not taken.
 */
const lineBytes = 64;

interface Block {
  readonly address: number;
  readonly sizeBytes: number;
}

export class BlockList {
  readonly #end: number;
  /** By address; neighbours are joined, and none touches the top. */
  readonly #free: Block[] = [];
  readonly #taken = new Map<number, number>();
  #top: number;
  #highest: number;

  /** `start` is on a cache line. */
  constructor(start: number, end: number) {
    this.#top = start;
    this.#highest = start;
    this.#end = end;
  }

  /** Nothing at or above it was ever given out. */
  get highest(): number {
    return this.#highest;
  }

  /** The smallest free block that is large enough, else the top; undefined where none is. */
  allocate(sizeBytes: number): number | undefined {
    const size = Math.max(lineBytes, Math.ceil(sizeBytes / lineBytes) * lineBytes);
    let best = -1;
    this.#free.forEach((block, i) => {
      if (block.sizeBytes < size) return;
      if (best < 0 || block.sizeBytes < this.#free[best].sizeBytes) best = i;
    });
    let address = this.#top;
    if (best >= 0) {
      const found = this.#free[best];
      address = found.address;
      const rest = { address: address + size, sizeBytes: found.sizeBytes - size };
      this.#free.splice(best, 1, ...(rest.sizeBytes > 0 ? [rest] : []));
    } else {
      if (address + size > this.#end) return undefined;
      this.#top += size;
      this.#highest = Math.max(this.#highest, this.#top);
    }
    this.#taken.set(address, size);
    return address;
  }

  free(address: number): void {
    const size = this.#taken.get(address);
    if (size === undefined) throw new Error(`no block at ${address} is taken`);
    this.#taken.delete(address);
    const at = this.#free.findIndex((block) => block.address > address);
    const index = at < 0 ? this.#free.length : at;
    const [before, after] = [this.#free[index - 1], this.#free[index]];
    const joinsBefore = before !== undefined && before.address + before.sizeBytes === address;
    const joinsAfter = after !== undefined && address + size === after.address;
    const start = joinsBefore ? before.address : address;
    const end = joinsAfter ? after.address + after.sizeBytes : address + size;
    const first = joinsBefore ? index - 1 : index;
    const count = (joinsBefore ? 1 : 0) + (joinsAfter ? 1 : 0);
    const joined = { address: start, sizeBytes: end - start };
    if (end === this.#top) {
      this.#top = start;
      this.#free.splice(first, count);
    } else {
      this.#free.splice(first, count, joined);
    }
  }
}
