/**
 * How large the KV cache becomes: enough for `maxSequences` full contexts, within a share of the
 * memory that is free, the system's and the device's. A context that was asked for and does not fit
 * is an error; one that was not asked for becomes shorter, and `note` says so. Requests that do not
 * fit beside each other wait or are preempted, so less than all of it is no fault.
 */
import { error, SampanError } from '../base/errors.ts';
import { freeMemoryBytes, type MemoryRoom } from './memory-room.ts';
import { integer } from './sampling-params.ts';

export interface KvBudget {
  readonly contextTokens: number;
  readonly numBlocks: number;
  readonly blockTokens: number;
  readonly bytes: number;
  /** The system's free memory made the context shorter than it would be. */
  readonly isShortened: boolean;
  /** What decided, for people. */
  readonly note: string;
}

export interface KvWish {
  readonly kvBytesPerToken: number;
  /** Mapped, so not in memory yet, but they will be. */
  readonly weightBytes: number;
  /** What the device can hold besides the weights. */
  readonly deviceBytes: number;
  /** Of the checkpoint. */
  readonly maxPositionEmbeddings: number;
  readonly maxSequences: number;
  /** What the caller asked for. */
  readonly contextTokens?: number | undefined;
  readonly kvBytes?: number | undefined;
}

/** Enough for R1's long thinking; a short context is what makes it think in circles. */
const defaultContextTokens = 32_768;
const blockTokens = 16;
/** Of the memory that the weights leave free: the rest is for activations, the program and everybody else. */
const memoryShare = 0.5;

export function kvBudget(wish: KvWish, freeBytes = freeMemoryBytes()): KvBudget {
  const systemBytes = wish.kvBytes ?? shareOf(freeBytes - wish.weightBytes);
  const capBytes = Math.min(systemBytes, shareOf(wish.deviceBytes));
  const blockBytes = blockTokens * wish.kvBytesPerToken;
  const affordableBlocks = Math.floor(capBytes / blockBytes);
  const wanted = integer(
    'contextTokens',
    wish.contextTokens ?? Math.min(defaultContextTokens, wish.maxPositionEmbeddings),
    2,
    wish.maxPositionEmbeddings,
  );
  const affordable = affordableBlocks * blockTokens;
  if (wanted > affordable && (wish.contextTokens !== undefined || affordable < blockTokens)) {
    throw error('kv_cache_too_large', {
      contextTokens: wanted,
      needed: megabytes(Math.ceil(wanted / blockTokens) * blockBytes),
      available: megabytes(capBytes),
    });
  }
  const contextTokens = Math.min(wanted, affordable);
  const fullBlocks = Math.ceil(contextTokens / blockTokens) * wish.maxSequences;
  const numBlocks = Math.min(fullBlocks, affordableBlocks);
  return {
    contextTokens,
    numBlocks,
    blockTokens,
    bytes: numBlocks * blockBytes,
    isShortened: contextTokens < wanted && hangsOnSystem(wish, freeBytes),
    note: note(wish, contextTokens, numBlocks, capBytes),
  };
}

/** Whether more free memory would be a larger cache. */
function hangsOnSystem({ kvBytes, weightBytes, deviceBytes }: KvWish, freeBytes: number): boolean {
  return kvBytes === undefined && freeBytes - weightBytes < deviceBytes;
}

function shareOf(bytes: number): number {
  return Math.floor(Math.max(0, bytes) * memoryShare);
}

/** As above, after making room as long as that helps and the context would be shortened or refused. */
export async function kvBudgetWithin(room: MemoryRoom, wish: KvWish): Promise<KvBudget> {
  for (;;) {
    const freeBytes = room.freeBytes();
    try {
      const budget = kvBudget(wish, freeBytes);
      if (!budget.isShortened || !(await room.makeRoom())) return budget;
    } catch (cause) {
      const isTooLarge = cause instanceof SampanError && cause.code === 'kv_cache_too_large';
      if (!isTooLarge || !hangsOnSystem(wish, freeBytes) || !(await room.makeRoom())) throw cause;
    }
  }
}

function note(wish: KvWish, contextTokens: number, numBlocks: number, capBytes: number): string {
  const ofSystem = wish.kvBytes === undefined ? 'half of the free memory' : 'kvBytes';
  const cap = capBytes < shareOf(wish.deviceBytes) ? ofSystem : 'half of the device’s memory';
  const full = Math.floor((numBlocks * blockTokens) / contextTokens);
  const room = `room for ${full} full context${full === 1 ? '' : 's'} of ${contextTokens} tokens`;
  if (full >= wish.maxSequences) return room;
  return `${room}, limited by ${cap} (${megabytes(capBytes)})`;
}

export function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
