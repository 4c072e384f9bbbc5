/**
 * The memory that JavaScript and the emitted driver share: where each word of the control block
 * and of a launch record lies. Words that threads write stand two cache lines apart, so that
 * nobody's spinning slows what another one writes.
 */
import type { ReadyLaunch } from '../compiled/machine.ts';

/** Byte offsets in the control block. A word to wait on is followed by how many sleep on it. */
export const control = {
  /** Counts runs: threads wait for it to change. */
  generation: 0,
  /** Counts barriers passed. */
  barrier: 128,
  /** Threads at the current barrier. */
  arrived: 256,
  abort: 384,
  stop: 512,
  numThreads: 640,
  launches: 648,
  launchesEnd: 656,
  scratch: 664,
  scratchStride: 672,
  /** A thread's argument: the control block's address, the thread's index; 16 bytes each. */
  threads: 768,
} as const;

export function controlBytes(numThreads: number): number {
  return control.threads + 16 * numThreads;
}

/** Byte offsets in a launch record. `next`, the first item nobody took, has its own cache line. */
export const record = { code: 0, args: 8, items: 16, grain: 24, waits: 32, next: 64 } as const;
export const recordBytes = 128;

/** `words` is the memory of the records as 32 bit words, little-endian as x64 is. */
export function writeRecords(words: Uint32Array, launches: readonly ReadyLaunch[]): void {
  let at = 0;
  for (const { code, argsAddress, items, grain, waits } of launches) {
    writeInteger(words, at + record.code / 4, code);
    writeInteger(words, at + record.args / 4, argsAddress);
    writeInteger(words, at + record.items / 4, items);
    writeInteger(words, at + record.grain / 4, grain);
    words[at + record.waits / 4] = waits ? 1 : 0;
    writeInteger(words, at + record.next / 4, 0);
    at += recordBytes / 4;
  }
}

/** 64 bits of a whole number that is exact as a float64. */
export function writeInteger(words: Uint32Array, at: number, value: number): void {
  words[at] = value;
  words[at + 1] = Math.floor(value / 2 ** 32);
}
