/**
 * Memory as a load sees it: how much is free, and whether somebody can free more of it. Alone a
 * model takes what the system has; in a pool others, idle, may have to go first.
 */
import { totalmem } from 'node:os';

export interface MemoryRoom {
  freeBytes(): number;
  /** Frees something that nobody uses now; false where there is nothing to free. */
  makeRoom(): Promise<boolean>;
}

export const systemMemory: MemoryRoom = {
  freeBytes: freeMemoryBytes,
  makeRoom: async () => false,
};

/** Respects a container's limit. macOS counts only untouched pages as free, so a quarter of its memory is the least there. */
export function freeMemoryBytes(): number {
  const least = process.platform === 'darwin' ? totalmem() / 4 : 0;
  return Math.max(process.availableMemory(), least);
}
