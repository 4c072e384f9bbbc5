/**
 * What a compiled device runs on: memory with addresses, threads, and a way from programs to code.
 * `native` and `wasm` are two of these; everything that they share is compiled-device.ts.
 */

import type { Traits } from '../../compiler/ir/types.ts';
import type { Program } from '../../compiler/lowering.ts';

/** Zeroed, on a cache line. The buffer is the memory itself, not a copy. */
export interface MachineMemory {
  readonly address: number;
  readonly sizeBytes: number;
  readonly buffer: ArrayBufferLike;
  /** Where in `buffer` it begins. */
  readonly byteOffset: number;
  /** Which of the machine's memories it is in: 0, or for weights another, with addresses of its own. */
  readonly bank: number;
}

export interface ReadyLaunch {
  /** Of its program, for people who look inside. */
  readonly name?: string;
  /** What `compile` gave. */
  readonly code: number;
  /** Where its parameters lie, 8 bytes each. */
  readonly argsAddress: number;
  readonly items: number;
  readonly grain: number;
  /** All threads wait here for what came before. */
  readonly waits: boolean;
  /** Of each parameter the bank that it is an address in; left out where all are in bank 0. */
  readonly banks?: readonly number[] | undefined;
}

export interface Machine {
  readonly kind: 'native' | 'wasm';
  readonly traits: Traits;
  readonly threads: number;
  /** Whether programs can read this process's memory by its addresses. */
  readonly readsProcess: boolean;
  /** That can still be allocated for what is not weights; Infinity where only the system ends it. */
  readonly freeBytes: number;
  /** `weights`: packed ones, to be given to programs as such (Builder.weightsParam). */
  allocate(sizeBytes: number, use?: 'weights'): MachineMemory;
  free(memory: MachineMemory): void;
  /** Code for the program, made once per key. Not while a run is under way. */
  compile(program: Program): number | Promise<number>;
  /**
   * Each thread's scratch has at least this behind what any routine reserves for itself. Not while
   * a run is under way.
   */
  reserveScratch(sizeBytes: number): void;
  /**
   * Runs all in order, off the event loop. Aborting ends it between two launches, and rejects. A
   * list is not changed once it ran: it may be known again by its identity.
   */
  run(launches: readonly ReadyLaunch[], signal?: AbortSignal): Promise<void>;
  /** Idempotent; threads end, memory is given back. */
  close(): Promise<void>;
}
