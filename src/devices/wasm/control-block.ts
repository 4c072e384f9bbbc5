/**
 * What the threads of a WasmMachine tell each other, in the first pages of their memory: words of
 * 32 bits, each on a cache line of its own, and behind them the launches of a run. Kernels never
 * see these pages.
 */

/** Indices of words. */
export const control = {
  /** Grows with every message and every run: what idle threads sleep on. */
  generation: 0,
  /** How many runs there have been. */
  runNumber: 16,
  /** Threads that wait at the barrier of this round. */
  arrived: 32,
  /** Grows when all have arrived. */
  round: 48,
  /** Threads that sleep at the barrier, and must be woken. */
  sleepers: 64,
  /** Threads that are through the list. */
  finished: 80,
  /** Set from outside: the run is to end at the next barrier. */
  stop: 96,
  /** Set at a barrier, for all threads alike: the run ends here. */
  isStopped: 112,
  /** Threads whose code has thrown in this run. */
  failed: 128,
  numLaunches: 144,
  /** Address of thread 0's scratch, and bytes from one thread's to the next. */
  scratch: 160,
  scratchStride: 161,
} as const;

/** A launch: words behind its first. */
export const launchRecord = {
  code: 0,
  argsAddress: 1,
  items: 2,
  grain: 3,
  waits: 4,
  /** The next item that no thread has taken. */
  nextItem: 5,
} as const;

/** A cache line: threads count items of two launches at once. */
export const launchWords = 16;
export const maxLaunches = 8192;
/** Index of the first launch's first word. */
export const launchesStart = 65_536 / 4;
/** Where the memory that a machine gives out begins. */
export const controlBytes = 4 * (launchesStart + maxLaunches * launchWords);

export type WorkerInput = Readonly<{ memory: object; thread: number; threads: number }>;
/** To the threads: a module with one function, the number it goes by, and its memories of weights. */
export interface WorkerOrder {
  readonly code: number;
  readonly name: string;
  readonly module: object;
  readonly weights: Readonly<Record<string, object>>;
}
export type WorkerReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'loaded'; readonly code: number }
  | { readonly kind: 'failed'; readonly reason: string }
  /** From the last thread of a run. */
  | { readonly kind: 'done' };
