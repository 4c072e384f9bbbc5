/** What clients see of a deployment under a load, and what it was doing. */
import type { StepCost } from '../cost/step-cost.ts';

/** Clients that each wait for their reply before they ask again. */
export interface Load {
  readonly inTokens: number;
  readonly outTokens: number;
  readonly concurrency: number;
  /** Share of prompt tokens found in the prefix cache. */
  readonly cacheHit: number;
  /** Sequences that the engine is told to run at once, over all copies; absent: as many as fit. */
  readonly maxRunning?: number;
}

export interface Served {
  readonly ttftSeconds: number;
  /** (latency − TTFT) / (out − 1); of a reply of one token, the step. */
  readonly tpotSeconds: number;
  readonly requestsPerSecond: number;
  /** Sequences that run at once, all copies together. */
  readonly running: number;
  /** Share of the instance's time that goes to prompts; apart: of all chips' time. */
  readonly promptShare: number;
  readonly prefill: StepCost;
  readonly decode: StepCost;
  /** true: clients wait for room in the cache or for the other phase. */
  readonly queues: boolean;
}
