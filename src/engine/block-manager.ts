/**
 * Who owns which block of the KV cache. A block holds `blockTokens` tokens of one sequence; blocks
 * are handed out lowest first, so memory that was never needed is never touched. Knows no policy:
 * who has to give blocks back is the scheduler's decision.
 */
import assert from 'node:assert/strict';
import type { Sequence } from './sequence.ts';

export class BlockManager {
  readonly numBlocks: number;
  readonly blockTokens: number;
  /** A stack, the next block on top. */
  readonly #free: number[];

  constructor(numBlocks: number, blockTokens: number) {
    this.numBlocks = numBlocks;
    this.blockTokens = blockTokens;
    this.#free = Array.from({ length: numBlocks }, (_, i) => numBlocks - 1 - i);
  }

  get numFreeBlocks(): number {
    return this.#free.length;
  }

  /** Blocks that hold that many tokens. */
  blocksFor(tokens: number): number {
    return Math.ceil(tokens / this.blockTokens);
  }

  /** Makes room for the sequence's first `tokens` tokens; false, with nothing changed, if there is none. */
  allocate(sequence: Sequence, tokens: number): boolean {
    const missing = this.blocksFor(tokens) - sequence.blocks.length;
    if (missing > this.#free.length) return false;
    for (let i = 0; i < missing; i++) sequence.blocks.push(this.#free.pop() as number);
    return true;
  }

  /** Takes back what it has beyond its computed tokens. */
  shrink(sequence: Sequence): void {
    const needed = this.blocksFor(sequence.numComputedTokens);
    while (sequence.blocks.length > needed) this.#free.push(sequence.blocks.pop());
  }

  /** Takes all its blocks back. Its tokens stay known; none of them is in the cache any more. */
  free(sequence: Sequence): void {
    while (sequence.blocks.length > 0) this.#free.push(sequence.blocks.pop());
    sequence.numComputedTokens = 0;
  }

  /** Where the keys and values of the token at `position` lie. */
  slot(sequence: Sequence, position: number): number {
    const block = sequence.blocks.at(Math.floor(position / this.blockTokens));
    return block * this.blockTokens + (position % this.blockTokens);
  }

  /** Every block has exactly one owner, and every sequence has the blocks its tokens need. */
  checkIntegrity(sequences: Iterable<Sequence>): void {
    const owner = new Map<number, string>(this.#free.map((block) => [block, 'free']));
    assert.equal(owner.size, this.#free.length, 'a block is free twice');
    for (const sequence of sequences) {
      for (const block of sequence.blocks.view()) {
        assert(
          !owner.has(block),
          `block ${block}: ${owner.get(block)} and sequence ${sequence.id}`,
        );
        owner.set(block, `sequence ${sequence.id}`);
      }
      const needed = this.blocksFor(sequence.numComputedTokens);
      assert(sequence.blocks.length >= needed, `sequence ${sequence.id} lacks blocks`);
    }
    assert.equal(owner.size, this.numBlocks, 'a block has no owner');
  }
}
