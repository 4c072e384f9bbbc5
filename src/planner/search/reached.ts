/**
 * The best that the layouts of a chip reach for one request at a time: what a refusal says when the
 * limits are out of reach. Of all, it keeps the one nearest to meeting both limits.
 */
import type { Layout } from '../layout.ts';
import type { Limit } from '../prediction.ts';
import type { Demand } from './demand.ts';

export interface Reach {
  readonly layout: Layout;
  readonly ttftSeconds: number;
  readonly tpotSeconds: number;
  /** What limits its prompts, and its replies. */
  readonly prefillLimit: Limit;
  readonly limit: Limit;
}

export class Reached {
  nearest: Reach | undefined;
  leastTtftSeconds = Number.POSITIVE_INFINITY;
  leastTpotSeconds = Number.POSITIVE_INFINITY;
  #excess = Number.POSITIVE_INFINITY;

  add(reach: Reach, limits: Pick<Demand, 'ttftSeconds' | 'tpotSeconds'>): void {
    const { ttftSeconds, tpotSeconds } = reach;
    this.leastTtftSeconds = Math.min(this.leastTtftSeconds, ttftSeconds);
    this.leastTpotSeconds = Math.min(this.leastTpotSeconds, tpotSeconds);
    const excess = Math.max(ttftSeconds / limits.ttftSeconds, tpotSeconds / limits.tpotSeconds);
    if (this.nearest !== undefined && this.#excess <= excess) return;
    this.nearest = reach;
    this.#excess = excess;
  }
}
