/**
 * Which tokens run next. Continuous batching: every step takes one token of each sequence that
 * decodes and, within a budget, chunks of the prompts of those that prefill. Served by age; when
 * blocks run out the youngest gives its own back and is computed again later (preemption by
 * recompute). The oldest can always take from everybody else and fits alone, so there is always
 * progress. Refuses nothing: what can never fit is refused before it gets here.
 */
import assert from 'node:assert/strict';
import type { BlockManager } from './block-manager.ts';
import type { Sequence } from './sequence.ts';

export interface Scheduled {
  readonly sequence: Sequence;
  /** Known tokens of it that this step computes, from `numComputedTokens` on. */
  readonly numTokens: number;
  /** They are the last of its known tokens: their logits give the next one. */
  readonly isComplete: boolean;
  /** Guesses at the tokens after those, computed with them; the engine's speculation adds them. */
  readonly drafts: readonly number[];
}
export type Batch = readonly Scheduled[];

/** Drafts aside, one token of it is computed and gives the next one. */
export function isDecoding({ numTokens, isComplete }: Scheduled): boolean {
  return isComplete && numTokens === 1;
}

const noDrafts: readonly number[] = [];

export interface SchedulerLimits {
  /** Sequences in a step. */
  readonly maxSequences: number;
  /** Prompt tokens in a step, all sequences together; decodes come on top. */
  readonly maxPrefillTokens: number;
}

export class Scheduler {
  readonly #blocks: BlockManager;
  readonly #limits: SchedulerLimits;
  /** Both oldest first. */
  readonly #running: Sequence[] = [];
  readonly #waiting: Sequence[] = [];

  constructor(blocks: BlockManager, limits: SchedulerLimits) {
    this.#blocks = blocks;
    this.#limits = limits;
  }

  get numRunning(): number {
    return this.#running.length;
  }
  get numWaiting(): number {
    return this.#waiting.length;
  }
  get hasWork(): boolean {
    return this.#running.length + this.#waiting.length > 0;
  }
  sequences(): Sequence[] {
    return [...this.#running, ...this.#waiting];
  }

  add(sequence: Sequence): void {
    this.#waiting.push(sequence);
  }

  /** Takes a finished sequence out and its blocks back. */
  remove(sequence: Sequence): void {
    for (const list of [this.#running, this.#waiting]) {
      const index = list.indexOf(sequence);
      if (index >= 0) list.splice(index, 1);
    }
    this.#blocks.free(sequence);
  }

  /** Decodes first in the batch, then prefill chunks; each group oldest first. Never empty while there is work. */
  schedule(): Batch {
    const decodes: Scheduled[] = [];
    const prefills: Scheduled[] = [];
    let prefillTokens = this.#limits.maxPrefillTokens;
    const take = (sequence: Sequence) => {
      const pending = sequence.numPendingTokens;
      const numTokens = pending === 1 ? 1 : Math.min(pending, prefillTokens);
      if (numTokens === 0 || !this.#makeRoom(sequence, numTokens)) return;
      if (pending > 1) prefillTokens -= numTokens;
      const isComplete = numTokens === pending;
      const scheduled = { sequence, numTokens, isComplete, drafts: noDrafts };
      (pending === 1 ? decodes : prefills).push(scheduled);
    };

    // By age: whoever is preempted on the way is younger than all that were taken already.
    for (let i = 0; i < this.#running.length; i++) take(this.#running[i]);
    while (prefillTokens > 0 && this.#admitNext()) take(this.#running.at(-1) as Sequence);

    assert(decodes.length + prefills.length > 0 || !this.hasWork, 'work but nothing to run');
    return [...decodes, ...prefills];
  }

  /** Blocks for its next `numTokens` tokens, from younger ones if need be; false: it waits for older ones. */
  #makeRoom(sequence: Sequence, numTokens: number): boolean {
    while (!this.#blocks.allocate(sequence, sequence.numComputedTokens + numTokens)) {
      const youngest = this.#running.at(-1) as Sequence;
      if (youngest === sequence) return false;
      this.#preempt(youngest);
    }
    return true;
  }

  #preempt(sequence: Sequence): void {
    this.#running.pop();
    this.#blocks.free(sequence);
    sequence.status = 'waiting';
    sequence.numPreemptions++;
    // Younger than all that run, older than all that never ran: its place is in front of those.
    this.#waiting.unshift(sequence);
  }

  /**
   * Admits the oldest that waits when all its tokens fit now, with a block to grow for everyone:
   * without that margin it would be preempted again a few steps later, its prefill wasted.
   */
  #admitNext(): boolean {
    const next = this.#waiting[0];
    if (next === undefined || this.#running.length >= this.#limits.maxSequences) return false;
    const margin = this.#running.length === 0 ? 0 : this.#running.length + 1;
    if (this.#blocks.blocksFor(next.numTokens) + margin > this.#blocks.numFreeBlocks) return false;
    this.#waiting.shift();
    next.status = 'running';
    this.#running.push(next);
    return true;
  }
}
