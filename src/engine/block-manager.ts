/**
 * Who uses which block of the KV cache. A block holds `blockTokens` tokens; full ones may be
 * shared by sequences that begin alike, and stay cached when none uses them any more. Blocks that
 * were never needed are handed out last to be touched, lowest first; cached ones only when no
 * others are left. Knows no policy: who has to give blocks back is the scheduler's decision.
 */
import assert from 'node:assert/strict';
import { PrefixCache, type PrefixMatch } from './prefix-cache.ts';
import type { Sequence } from './sequence.ts';

export interface BlockManagerOptions {
  /** Left out: full blocks are kept for sequences that begin alike. */
  readonly prefixCache?: boolean | undefined;
  /** The MTP module has a cache of its own in these blocks. */
  readonly hasDrafts?: boolean | undefined;
  /** The prefix cache's hash, for tests. */
  readonly chain?: ConstructorParameters<typeof PrefixCache>[3];
}

export interface BlockStats {
  readonly total: number;
  /** By sequences. */
  readonly used: number;
  /** Kept for sequences to come. */
  readonly cached: number;
  /** Holding nothing. */
  readonly free: number;
  /** Of the free ones, those that never held anything: memory that the system has not given. */
  readonly untouched: number;
}

/** A prefix that another sequence computes is waited for if it has so many more blocks. */
const worthWaitingBlocks = 4;
const noMatch: PrefixMatch = { blocks: new Int32Array(0), numBlocks: 0, numDrafted: 0 };

export class BlockManager {
  readonly numBlocks: number;
  readonly blockTokens: number;
  /** A stack, the next block on top. */
  readonly #free: number[];
  /** How many sequences use each block. */
  readonly #refs: Int32Array;
  readonly #cache: PrefixCache | undefined;
  /** So many, from the first one on, were handed out at some time. */
  #numTouched = 0;

  constructor(numBlocks: number, blockTokens: number, options: BlockManagerOptions = {}) {
    const { prefixCache = true, hasDrafts = false } = options;
    this.numBlocks = numBlocks;
    this.blockTokens = blockTokens;
    this.#free = Array.from({ length: numBlocks }, (_, i) => numBlocks - 1 - i);
    this.#refs = new Int32Array(numBlocks);
    this.#cache = prefixCache
      ? new PrefixCache(numBlocks, blockTokens, hasDrafts, options.chain)
      : undefined;
  }

  /** Blocks that no sequence uses: cached ones are given up when they are needed. */
  get numFreeBlocks(): number {
    return this.#free.length + (this.#cache?.numIdle ?? 0);
  }
  /** Blocks whose tokens can be found again, in use or not. */
  get numCachedBlocks(): number {
    return this.#cache?.numBlocks ?? 0;
  }

  stats(): BlockStats {
    const cached = this.#cache?.numIdle ?? 0;
    const free = this.#free.length;
    const used = this.numBlocks - free - cached;
    return {
      total: this.numBlocks,
      used,
      cached,
      free,
      untouched: this.numBlocks - this.#numTouched,
    };
  }

  /** Blocks that hold that many tokens. */
  blocksFor(tokens: number): number {
    return Math.ceil(tokens / this.blockTokens);
  }

  /** Cached blocks that a waiting sequence can begin with; valid until the next call. */
  match(sequence: Sequence): PrefixMatch {
    return this.#cache?.match(sequence) ?? noMatch;
  }

  /** Blocks that are not free any more when the sequence has its match and room for all its tokens. */
  costOf(sequence: Sequence, { blocks, numBlocks }: PrefixMatch): number {
    let cost = this.blocksFor(sequence.numTokens) - numBlocks;
    for (let i = 0; i < numBlocks; i++) if (this.#refs[blocks[i]] === 0) cost++;
    return cost;
  }

  /** A running sequence is about to compute so much of what this one begins with that it should wait. */
  isComing(sequence: Sequence): boolean {
    return this.#cache?.isComing(sequence, worthWaitingBlocks) ?? false;
  }

  /** The sequence, which has no blocks yet, begins with these, and announces what it computes. */
  share(sequence: Sequence, { blocks, numBlocks, numDrafted }: PrefixMatch): void {
    assert(sequence.blocks.length === 0 && sequence.numComputedTokens === 0, 'shared too late');
    for (let i = 0; i < numBlocks; i++) this.#use(sequence, blocks[i]);
    sequence.numComputedTokens = numBlocks * this.blockTokens;
    sequence.numDraftRows = numDrafted * this.blockTokens;
    sequence.prefix.numBlocks = numBlocks;
    this.#cache?.announce(sequence);
  }

  /** Makes room for the sequence's first `tokens` tokens; false, with nothing changed, if there is none. */
  allocate(sequence: Sequence, tokens: number): boolean {
    const missing = this.blocksFor(tokens) - sequence.blocks.length;
    if (missing > this.numFreeBlocks) return false;
    for (let i = 0; i < missing; i++) {
      sequence.blocks.push(this.#take());
    }
    return true;
  }

  /**
   * Keeps the sequence's blocks that have become full. Where the same is there already, because
   * two computed it at once, both go on with one.
   */
  keep(sequence: Sequence): void {
    const { prefix, blocks } = sequence;
    const cache = this.#cache;
    if (cache === undefined || !prefix.isKept) return;
    const first = prefix.numBlocks;
    const full = Math.floor(sequence.numComputedTokens / this.blockTokens);
    for (let i = first; i < full && prefix.isKept; i++) {
      const cached = cache.find(sequence, i);
      if (cached < 0) prefix.isKept = cache.insert(sequence, i);
      else if (!cache.isBetter(sequence, i, cached)) {
        const own = blocks.at(i);
        if (this.#refs[cached]++ === 0) cache.take(cached);
        blocks.set(i, cached);
        this.#release(own);
      } else if (this.#refs[cached] > 0) prefix.isKept = false;
      else {
        cache.replace(cached, blocks.at(i));
        this.#free.push(cached);
      }
      if (prefix.isKept) prefix.numBlocks++;
    }
    const end = prefix.isKept
      ? Math.min(prefix.numBlocks, prefix.numAnnounced)
      : prefix.numAnnounced;
    cache.retract(sequence, first, end);
  }

  /**
   * Puts blocks from elsewhere into the prefix cache: the sequence's, from its block `first` on,
   * `fill` copies each into its place. Only into blocks that nobody uses; → how many are there now.
   */
  restore(
    sequence: Sequence,
    first: number,
    areDrafted: readonly boolean[],
    fill: (block: number, index: number) => void,
  ): number {
    const cache = this.#cache;
    if (cache === undefined) return 0;
    let count = 0;
    let isDrafted = true;
    for (let i = 0; i < first + areDrafted.length; i++) {
      const cached = cache.find(sequence, i);
      if (cached >= 0) {
        isDrafted &&= cache.isDrafted(cached);
        this.#use(sequence, cached);
      } else {
        if (i < first || this.numFreeBlocks === 0) break;
        const block = this.#take();
        sequence.blocks.push(block);
        fill(block, i - first);
        isDrafted &&= areDrafted[i - first];
        sequence.numDraftRows = isDrafted ? (i + 1) * this.blockTokens : 0;
        if (!cache.insert(sequence, i)) break;
      }
      if (i >= first) count++;
    }
    this.free(sequence); // they stay cached
    return count;
  }

  /** Takes back what it has beyond its computed tokens. */
  shrink(sequence: Sequence): void {
    const needed = this.blocksFor(sequence.numComputedTokens);
    while (sequence.blocks.length > needed) this.#release(sequence.blocks.pop());
  }

  /** Takes all its blocks back. Its tokens stay known; those in cached blocks may be found again. */
  free(sequence: Sequence): void {
    const { prefix, blocks } = sequence;
    this.#cache?.retract(sequence, prefix.numBlocks, prefix.numAnnounced);
    while (blocks.length > 0) this.#release(blocks.pop());
    sequence.numComputedTokens = 0;
    sequence.numDraftRows = 0;
    prefix.numBlocks = 0;
    prefix.numAnnounced = 0;
    prefix.isKept = true;
  }

  /** Where the keys and values of the token at `position` lie. */
  slot(sequence: Sequence, position: number): number {
    const block = sequence.blocks.at(Math.floor(position / this.blockTokens));
    return block * this.blockTokens + (position % this.blockTokens);
  }

  /** Between requests: a look that costs nothing. */
  checkAllFree(): void {
    assert.equal(this.numFreeBlocks, this.numBlocks, 'a block was lost, or is free twice');
  }

  /**
   * Every block is free, cached or used, by as many as it is said to be, and only full cached ones
   * by more than one; every sequence has the blocks its tokens need.
   */
  checkIntegrity(sequences: Iterable<Sequence>): void {
    const uses = new Int32Array(this.numBlocks);
    for (const { id, blocks, numComputedTokens, prefix } of sequences) {
      blocks.view().forEach((block, i) => {
        uses[block]++;
        if (i < prefix.numBlocks) assert(this.#cache?.has(block), `block ${block} is not cached`);
        else assert(!this.#cache?.has(block), `block ${block} of sequence ${id} may be shared`);
        const isAlone = i < prefix.numBlocks || this.#refs[block] === 1;
        assert(isAlone, `block ${block} of sequence ${id} has another user`);
      });
      const needed = this.blocksFor(numComputedTokens);
      assert(blocks.length >= needed, `sequence ${id} lacks blocks`);
    }
    const free = new Set(this.#free);
    assert.equal(free.size, this.#free.length, 'a block is free twice');
    uses.forEach((count, block) => {
      assert.equal(
        this.#refs[block],
        count,
        `block ${block}: not as many users as it is said to have`,
      );
      const isCached = this.#cache?.has(block) ?? false;
      const isKnown = free.has(block) ? count === 0 && !isCached : count > 0 || isCached;
      assert(isKnown, `block ${block}: in use and free, or neither of both`);
    });
    this.#cache?.checkIntegrity(this.#refs);
  }

  #take(): number {
    const block = this.#free.pop() ?? (this.#cache as PrefixCache).evict();
    this.#refs[block] = 1;
    this.#numTouched = Math.max(this.#numTouched, block + 1);
    return block;
  }

  #use(sequence: Sequence, block: number): void {
    if (this.#refs[block]++ === 0) this.#cache?.take(block);
    sequence.blocks.push(block);
  }

  #release(block: number): void {
    if (--this.#refs[block] > 0) return;
    if (this.#cache?.has(block)) this.#cache.leave(block);
    else this.#free.push(block);
  }
}
