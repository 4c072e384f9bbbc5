/**
 * Which tokens run next. Continuous batching: every step takes one token of each sequence that
 * decodes and, within a budget, chunks of the prompts of those that prefill. Who waits is admitted
 * fairly between clients; who runs is served in the order of admission. When blocks run out the
 * one admitted last gives its own back and is computed again later (preemption by recompute),
 * before anybody new. The first admitted can always take from everybody else and fits alone, so
 * there is always progress. Refuses nothing: what can never fit is refused before it gets here.
 */
import assert from 'node:assert/strict';
import type { BlockManager } from './block-manager.ts';
import { FairQueue } from './fair-queue.ts';
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
  /** Both in the order of their admission. */
  readonly #running: Sequence[] = [];
  readonly #preempted: Sequence[] = [];
  readonly #queue = new FairQueue();
  readonly #isReady = (sequence: Sequence) => !this.#blocks.isComing(sequence);

  constructor(blocks: BlockManager, limits: SchedulerLimits) {
    this.#blocks = blocks;
    this.#limits = limits;
  }

  get numRunning(): number {
    return this.#running.length;
  }
  get numWaiting(): number {
    return this.#preempted.length + this.#queue.length;
  }
  /** Of those that wait, the ones that never ran. */
  get numQueued(): number {
    return this.#queue.length;
  }
  get hasWork(): boolean {
    return this.#running.length + this.numWaiting > 0;
  }
  sequences(): Sequence[] {
    return [...this.#running, ...this.#preempted, ...this.#queue];
  }

  add(sequence: Sequence): void {
    this.#queue.add(sequence);
  }

  /** Takes a finished sequence out and its blocks back. */
  remove(sequence: Sequence): void {
    for (const list of [this.#running, this.#preempted]) {
      const index = list.indexOf(sequence);
      if (index >= 0) list.splice(index, 1);
    }
    this.#queue.leave(sequence);
    this.#blocks.free(sequence);
  }

  /** Decodes first in the batch, then prefill chunks; each group in the order of admission. Never empty while there is work. */
  schedule(): Batch {
    const decodes: Scheduled[] = [];
    const prefills: Scheduled[] = [];
    let prefillTokens = this.#limits.maxPrefillTokens;
    const take = (sequence: Sequence) => {
      const pending = sequence.numPendingTokens;
      const numTokens = pending === 1 ? 1 : Math.min(pending, prefillTokens);
      if (numTokens === 0 || !this.#makeRoom(sequence, numTokens)) return;
      if (pending > 1) prefillTokens -= numTokens;
      this.#queue.charge(sequence, numTokens);
      const isComplete = numTokens === pending;
      const scheduled = { sequence, numTokens, isComplete, drafts: noDrafts };
      (pending === 1 ? decodes : prefills).push(scheduled);
    };

    // Whoever is preempted on the way was admitted after all that were taken already.
    for (let i = 0; i < this.#running.length; i++) take(this.#running[i]);
    while (prefillTokens > 0 && this.#admitNext()) take(this.#running.at(-1) as Sequence);

    assert(decodes.length + prefills.length > 0 || !this.hasWork, 'work but nothing to run');
    return [...decodes, ...prefills];
  }

  /** Blocks for its next `numTokens` tokens, from later ones if need be; false: it waits for earlier ones. */
  #makeRoom(sequence: Sequence, numTokens: number): boolean {
    while (!this.#blocks.allocate(sequence, sequence.numComputedTokens + numTokens)) {
      const last = this.#running.at(-1) as Sequence;
      if (last === sequence) return false;
      this.#preempt(last);
    }
    return true;
  }

  #preempt(sequence: Sequence): void {
    this.#running.pop();
    this.#blocks.free(sequence);
    sequence.status = 'waiting';
    sequence.numPreemptions++;
    this.#preempted.unshift(sequence);
  }

  /**
   * Admits the next that waits when all its tokens fit now, with a block to grow for everyone:
   * without that margin it would be preempted again a few steps later, its prefill wasted. One
   * whose beginning is being computed by another lets others go first until it is there.
   */
  #admitNext(): boolean {
    if (this.#running.length >= this.#limits.maxSequences) return false;
    const next = this.#preempted[0] ?? this.#queue.next(this.#isReady);
    if (next === undefined) return false;
    const match = this.#blocks.match(next);
    const margin = this.#running.length === 0 ? 0 : this.#running.length + 1;
    if (this.#blocks.costOf(next, match) + margin > this.#blocks.numFreeBlocks) return false;
    if (next === this.#preempted[0]) this.#preempted.shift();
    else this.#queue.take(next);
    next.status = 'running';
    this.#running.push(next);
    this.#blocks.share(next, match);
    next.cachedTokens ??= Math.min(next.numComputedTokens, next.promptTokens);
    return true;
  }
}
