/**
 * Which blocks of the KV cache hold which tokens, for sequences that begin alike. Only full blocks
 * are kept, under a key made of all tokens up to their end (a hash chain); a hit compares tokens
 * and the block before, so a key alone is never believed. Blocks that no sequence uses stay until
 * others need the memory; the least recently used goes first, and never before those behind it.
 *
 * Where there is an MTP module, its cache lies in the same blocks, and its row of a token was made
 * with the token that followed. So there a block goes with the first token behind it, and it is
 * known whether the module has seen it; where it has, it has seen all blocks before it too.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Sequence } from './sequence.ts';

/** Cached blocks that a sequence begins with; valid until the next `match`. */
export interface PrefixMatch {
  readonly blocks: Int32Array;
  readonly numBlocks: number;
  /** From the front, the ones that the MTP module has seen. */
  readonly numDrafted: number;
}

/** So few blocks at the end that the MTP module has not seen are computed again, for its sake. */
const cheapBlocks = 2;
const none = -1;
/** Of a block that is not cached; of a first block's parent. */
const noId = 0;
const seed = randomBytes(8);

export class PrefixCache {
  readonly #blockTokens: number;
  readonly #chain: typeof chainKey;
  /** 1 where there is an MTP module. */
  readonly #lookahead: number;
  readonly #byKey = new Map<number, number>();
  /**
   * Of each cached block: its key, a number of its own, that of the block before it, whether the
   * MTP module has seen it, its tokens and the one behind them.
   */
  readonly #keys: Float64Array;
  readonly #ids: Float64Array;
  readonly #parentIds: Float64Array;
  readonly #isDrafted: Uint8Array;
  readonly #tokens: Int32Array;
  #lastId = noId;
  /** Of each cached block that is a sequence's first. */
  readonly #salts = new Map<number, string>();
  /** Cached blocks that nobody uses, from the least recently used on: a list through both arrays. */
  readonly #before: Int32Array;
  readonly #behind: Int32Array;
  #oldest = none;
  #newest = none;
  #numIdle = 0;
  /** Keys of blocks that running sequences are about to fill. */
  readonly #announced = new Map<number, Sequence>();
  readonly #matched: { blocks: Int32Array; numBlocks: number; numDrafted: number };

  constructor(
    numBlocks: number,
    blockTokens: number,
    hasDrafts: boolean,
    /** Another in tests: a bad one must cost hits, never a wrong one. */
    chain = chainKey,
  ) {
    this.#chain = chain;
    this.#blockTokens = blockTokens;
    this.#lookahead = hasDrafts ? 1 : 0;
    this.#keys = new Float64Array(numBlocks);
    this.#ids = new Float64Array(numBlocks);
    this.#parentIds = new Float64Array(numBlocks);
    this.#isDrafted = new Uint8Array(numBlocks);
    this.#tokens = new Int32Array(numBlocks * (blockTokens + 1));
    this.#before = new Int32Array(numBlocks).fill(none);
    this.#behind = new Int32Array(numBlocks).fill(none);
    this.#matched = { blocks: new Int32Array(numBlocks), numBlocks: 0, numDrafted: 0 };
  }

  get numBlocks(): number {
    return this.#byKey.size;
  }
  /** Cached blocks that nobody uses now. */
  get numIdle(): number {
    return this.#numIdle;
  }

  has(block: number): boolean {
    return this.#ids[block] !== noId;
  }

  /** Whether the MTP module has seen it. */
  isDrafted(block: number): boolean {
    return this.#isDrafted[block] === 1;
  }

  /** The longest beginning of the sequence that is cached; at least one token is left to compute. */
  match(sequence: Sequence): PrefixMatch {
    const most = this.#fullBlocks(sequence);
    this.#extendKeys(sequence, most);
    const matched = this.#matched;
    matched.numDrafted = 0;
    let parentId = noId;
    let count = 0;
    for (; count < most; count++) {
      const block = this.#find(sequence, count, parentId);
      if (block === none) break;
      matched.blocks[count] = block;
      parentId = this.#ids[block];
      if (this.isDrafted(block)) matched.numDrafted++;
    }
    const numNotDrafted = this.#lookahead === 0 ? 0 : count - matched.numDrafted;
    const isDropped = sequence.triesDrafts || numNotDrafted <= cheapBlocks;
    matched.numBlocks = isDropped ? count - numNotDrafted : count;
    return matched;
  }

  /** The cached block of the same tokens as the sequence's block `index`, or -1. */
  find(sequence: Sequence, index: number): number {
    this.#extendKeys(sequence, index + 1);
    return this.#find(sequence, index, this.#parentId(sequence, index));
  }

  /** Keeps the sequence's block `index`, which is computed; false: it cannot be, nor those behind it. */
  insert(sequence: Sequence, index: number): boolean {
    const key = sequence.prefix.keys[index];
    if (this.#byKey.has(key)) return false; // other tokens, by chance
    const block = sequence.blocks.at(index);
    const start = index * this.#blockTokens;
    const tokens = sequence.tokens.subarray(start, start + this.#width);
    this.#tokens.set(tokens, block * (this.#blockTokens + 1));
    this.#isDrafted[block] = this.#hasDrafts(sequence, index) ? 1 : 0;
    if (index === 0) this.#salts.set(block, sequence.cacheSalt);
    this.#enter(block, key, ++this.#lastId, this.#parentId(sequence, index));
    return true;
  }

  /** Whether the MTP module has seen the sequence's block, but not the cached one. */
  isBetter(sequence: Sequence, index: number, cached: number): boolean {
    return !this.isDrafted(cached) && this.#hasDrafts(sequence, index);
  }

  /** The block takes the place of a cached one with the same tokens that nobody uses. */
  replace(cached: number, block: number): void {
    this.take(cached);
    const width = this.#blockTokens + 1;
    this.#tokens.copyWithin(block * width, cached * width, (cached + 1) * width);
    const [key, id, parentId] = [this.#keys[cached], this.#ids[cached], this.#parentIds[cached]];
    const salt = this.#salts.get(cached);
    this.#forget(cached);
    this.#isDrafted[block] = 1;
    if (salt !== undefined) this.#salts.set(block, salt);
    this.#enter(block, key, id, parentId);
  }

  /** Somebody uses it again. */
  take(block: number): void {
    const [before, behind] = [this.#before[block], this.#behind[block]];
    if (before === none) this.#oldest = behind;
    else this.#behind[before] = behind;
    if (behind === none) this.#newest = before;
    else this.#before[behind] = before;
    this.#before[block] = none;
    this.#behind[block] = none;
    this.#numIdle--;
  }

  /** Nobody uses it any more. Of a sequence's blocks the last one first: it goes first. */
  leave(block: number): void {
    this.#before[block] = this.#newest;
    if (this.#newest === none) this.#oldest = block;
    else this.#behind[this.#newest] = block;
    this.#newest = block;
    this.#numIdle++;
  }

  /** Forgets the least recently used block that nobody uses, for other tokens to go there. */
  evict(): number {
    const block = this.#oldest;
    assert(block !== none, 'nothing to evict');
    this.take(block);
    this.#forget(block);
    return block;
  }

  /** The sequence begins to compute its known tokens: others that begin alike may wait for them. */
  announce(sequence: Sequence): void {
    const { prefix } = sequence;
    const most = this.#fullBlocks(sequence);
    this.#extendKeys(sequence, most);
    for (let i = prefix.numBlocks; i < most; i++) {
      if (!this.#announced.has(prefix.keys[i])) this.#announced.set(prefix.keys[i], sequence);
    }
    prefix.numAnnounced = most;
  }

  /** Of its announced blocks, those from `first` up to `end` are there now, or never will be. */
  retract(sequence: Sequence, first: number, end: number): void {
    const { keys } = sequence.prefix;
    for (let i = first; i < end; i++) {
      if (this.#announced.get(keys[i]) === sequence) this.#announced.delete(keys[i]);
    }
  }

  /** Whether a running sequence is about to compute `least` or more blocks behind what is cached. */
  isComing(sequence: Sequence, least: number): boolean {
    const { prefix } = sequence;
    if (prefix.waitsFor !== undefined && this.#announced.has(prefix.waitsFor)) return true;
    const { numBlocks } = this.match(sequence);
    const end = numBlocks + least;
    prefix.waitsFor = undefined;
    if (end > prefix.keys.length) return false;
    for (let i = numBlocks; i < end; i++) if (!this.#announced.has(prefix.keys[i])) return false;
    prefix.waitsFor = prefix.keys[numBlocks];
    return true;
  }

  /** Every cached block has a key of its own, a cached block before it, and its place in the list. */
  checkIntegrity(refs: Int32Array): void {
    const byId = new Map([...this.#byKey.values()].map((block) => [this.#ids[block], block]));
    assert.equal(byId.size, this.#byKey.size, 'two blocks with one number');
    const idle = new Set<number>();
    for (let block = this.#oldest; block !== none; block = this.#behind[block]) {
      assert(this.has(block) && refs[block] === 0, `block ${block} is in use, or not cached`);
      const parent = byId.get(this.#parentIds[block]) ?? none;
      assert(!idle.has(parent), `block ${block} would outlive the one before it`);
      idle.add(block);
    }
    assert.equal(idle.size, this.#numIdle, 'idle blocks');
    for (const [key, block] of this.#byKey) {
      assert.equal(this.#keys[block], key, `block ${block} has another key`);
      assert(refs[block] > 0 || idle.has(block), `block ${block} is out of use, not in the list`);
      const parentId = this.#parentIds[block];
      assert.equal(this.#salts.has(block), parentId === noId, `block ${block}: salt`);
      if (parentId === noId) continue;
      const parent = byId.get(parentId);
      assert(parent !== undefined, `block ${block} follows one that is gone`);
      assert(refs[parent] >= refs[block], `block ${parent} lost a user`);
      assert(this.#isDrafted[parent] >= this.#isDrafted[block], `block ${block}: drafts`);
    }
    for (const [key, { status }] of this.#announced) {
      assert(status === 'running', `key ${key} is announced by one that does not run`);
    }
  }

  /** Tokens that decide about a block: its own, and the one behind them where that matters. */
  get #width(): number {
    return this.#blockTokens + this.#lookahead;
  }

  /** Whose tokens are known, without the last one: its logits are wanted. */
  #fullBlocks(sequence: Sequence): number {
    return Math.floor((sequence.numTokens - 1) / this.#blockTokens);
  }

  #find(sequence: Sequence, index: number, parentId: number): number {
    const block = this.#byKey.get(sequence.prefix.keys[index]);
    if (block === undefined || this.#parentIds[block] !== parentId) return none;
    if (index === 0 && this.#salts.get(block) !== sequence.cacheSalt) return none;
    const { tokens } = sequence;
    const [mine, its] = [index * this.#blockTokens, block * (this.#blockTokens + 1)];
    for (let i = 0; i < this.#width; i++) {
      if (tokens[mine + i] !== this.#tokens[its + i]) return none;
    }
    return block;
  }

  #parentId(sequence: Sequence, index: number): number {
    return index === 0 ? noId : this.#ids[sequence.blocks.at(index - 1)];
  }

  #hasDrafts({ numDraftRows }: Sequence, index: number): boolean {
    return numDraftRows >= (index + 1) * this.#blockTokens;
  }

  #enter(block: number, key: number, id: number, parentId: number): void {
    this.#byKey.set(key, block);
    this.#keys[block] = key;
    this.#ids[block] = id;
    this.#parentIds[block] = parentId;
  }

  #forget(block: number): void {
    this.#byKey.delete(this.#keys[block]);
    this.#salts.delete(block);
    this.#ids[block] = noId;
  }

  #extendKeys({ prefix: { keys }, tokens, cacheSalt }: Sequence, count: number): void {
    for (let index = keys.length; index < count; index++) {
      const before = index === 0 ? saltKey(cacheSalt) : keys[index - 1];
      const start = index * this.#blockTokens;
      keys.push(this.#chain(before, tokens, start, start + this.#width));
    }
  }
}

/** The next link of the chain: 53 bits of two multiplicative hashes that stir each other. */
function chainKey(before: number, tokens: Int32Array, start: number, end: number): number {
  let low = before | 0;
  let high = Math.floor(before / 2 ** 32) ^ seed.readInt32LE(4);
  for (let i = start; i < end; i++) {
    low = Math.imul(low ^ tokens[i], 0x9e3779b1);
    low ^= low >>> 15;
    high = Math.imul(high ^ low, 0x85ebca6b);
    high ^= high >>> 13;
  }
  low = Math.imul(low ^ high, 0xc2b2ae35);
  return (high >>> 11) * 2 ** 32 + ((low ^ (low >>> 16)) >>> 0);
}

function saltKey(salt: string): number {
  let low = seed.readInt32LE(0);
  for (let i = 0; i < salt.length; i++) low = Math.imul(low ^ salt.charCodeAt(i), 0x01000193);
  return low >>> 0;
}
