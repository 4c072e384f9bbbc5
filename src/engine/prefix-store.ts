/**
 * Between the prefix cache and the disk: blocks of long prompts are written when their sequence has
 * ended, and read again before a sequence that begins so is scheduled. Both go on beside the steps
 * of others; blocks that come from the disk are put in place between steps. Whatever cannot be read
 * is computed.
 */
import type { KvCache } from '../nn/kv-cache.ts';
import type { BlockManager } from './block-manager.ts';
import type { KvDiskCache } from './kv-disk-cache.ts';
import type { Sequence } from './sequence.ts';

export interface PrefixStoreParts {
  readonly disk: KvDiskCache;
  readonly blocks: BlockManager;
  readonly kvCache: KvCache;
  /** The MTP module's, in the same blocks. */
  readonly draftKvCache: KvCache | undefined;
  /** Shorter prompts are computed faster than they are read. */
  readonly minTokens: number;
  /** Resolves when no step runs; what follows it at once runs before the next. */
  untilQuiet(): Promise<void>;
}

/** Read, copied and put in place at once. */
const chunkBlocks = 16;
/** Sequences whose blocks wait to be written; those of more are not. */
const mostWaiting = 16;

export class PrefixStore {
  readonly #parts: PrefixStoreParts;
  readonly #draftBytes: number;
  readonly #toSave: Sequence[] = [];
  #saving: Promise<void> | undefined;
  #isClosed = false;

  constructor(parts: PrefixStoreParts) {
    this.#parts = parts;
    this.#draftBytes = parts.draftKvCache?.blockBytes ?? 0;
  }

  wants({ promptTokens }: Sequence): boolean {
    return promptTokens >= this.#parts.minTokens;
  }

  /** Puts what the disk has of the sequence's prompt into the prefix cache. */
  async restore(sequence: Sequence): Promise<void> {
    const { disk, blocks, untilQuiet } = this.#parts;
    const keys = this.#keys(sequence);
    let at = blocks.match(sequence).numBlocks;
    while (at < keys.length && sequence.status === 'waiting') {
      const chunk = keys.slice(at, at + chunkBlocks);
      const missing = chunk.findIndex((key) => !disk.has(key));
      const there = missing < 0 ? chunk : chunk.slice(0, missing);
      const read = await Promise.all(there.map((key) => disk.read(key)));
      const bad = read.findIndex((payload) => payload === undefined || !this.#fits(payload));
      const payloads = (bad < 0 ? read : read.slice(0, bad)) as Uint8Array[];
      if (payloads.length === 0) break;
      await untilQuiet();
      if (this.#isClosed) return;
      const areDrafted = payloads.map(
        ({ length }) => this.#draftBytes > 0 && length > this.#kvBytes,
      );
      const count = blocks.restore(sequence, at, areDrafted, (block, i) => {
        this.#fill(block, payloads[i] as Uint8Array);
      });
      at += count;
      if (count < chunkBlocks) break;
    }
    void disk.touch(keys.slice(0, at)); // nobody waits for that
  }

  /** A sequence has ended: its prompt's blocks are written while they stay in the prefix cache. */
  save(sequence: Sequence): void {
    if (this.#isClosed || this.#toSave.length >= mostWaiting || !this.wants(sequence)) return;
    this.#toSave.push(sequence);
    this.#saving ??= this.#saveAll();
  }

  /** What waits to be written is. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#saving;
  }

  async #saveAll(): Promise<void> {
    for (let next = this.#toSave[0]; next !== undefined; next = this.#toSave[0]) {
      await this.#saveOne(next);
      this.#toSave.shift();
    }
    this.#saving = undefined;
  }

  async #saveOne(sequence: Sequence): Promise<void> {
    const { disk, blocks } = this.#parts;
    const keys = this.#keys(sequence);
    let at = 0;
    while (at < keys.length) {
      if (disk.has(keys[at])) {
        at++;
        continue;
      }
      // Copied at once: after the next await the blocks may be somebody else's.
      const match = blocks.match(sequence);
      const end = Math.min(match.numBlocks, at + chunkBlocks, keys.length);
      const payloads: Uint8Array[] = [];
      for (let i = at; i < end; i++)
        payloads.push(this.#copy(match.blocks[i], i < match.numDrafted));
      if (payloads.length === 0) break;
      for (const payload of payloads) await disk.write(keys[at++], payload);
    }
    await disk.touch(keys);
  }

  get #kvBytes(): number {
    return this.#parts.kvCache.blockBytes;
  }

  #fits({ length }: Uint8Array): boolean {
    return length === this.#kvBytes || length === this.#kvBytes + this.#draftBytes;
  }

  #copy(block: number, isDrafted: boolean): Uint8Array {
    const { kvCache, draftKvCache } = this.#parts;
    const hasDrafts = isDrafted && draftKvCache !== undefined;
    const payload = new Uint8Array(this.#kvBytes + (hasDrafts ? this.#draftBytes : 0));
    kvCache.readBlock(block, payload.subarray(0, this.#kvBytes));
    if (hasDrafts) draftKvCache.readBlock(block, payload.subarray(this.#kvBytes));
    return payload;
  }

  #fill(block: number, payload: Uint8Array): void {
    const { kvCache, draftKvCache } = this.#parts;
    kvCache.writeBlock(block, payload.subarray(0, this.#kvBytes));
    const drafts = payload.subarray(this.#kvBytes);
    if (drafts.length > 0) draftKvCache?.writeBlock(block, drafts);
  }

  /** Of the prompt's full blocks. The MTP module's rows hang on the token behind a block too. */
  #keys({ tokens, promptTokens, cacheSalt }: Sequence): string[] {
    const { disk, blocks } = this.#parts;
    const { blockTokens } = blocks;
    const lookahead = this.#draftBytes > 0 ? 1 : 0;
    const keys: string[] = [];
    let key = disk.rootKey(cacheSalt);
    for (let start = 0; start + blockTokens < promptTokens; start += blockTokens) {
      key = disk.nextKey(key, tokens.slice(start, start + blockTokens + lookahead));
      keys.push(key);
    }
    return keys;
  }
}
