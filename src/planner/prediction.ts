/** What the planner answers for one deployment under one load. */
import type { Grade } from './facts/figure.ts';

/** What limits a phase. overhead: launches and latencies; queue: the other phase, or room for KV. */
export type Limit = 'compute' | 'memory' | 'interconnect' | 'overhead' | 'queue';

export interface Measures {
  readonly ttftMs: number;
  /** (latency − TTFT) / (out − 1). */
  readonly tpotMs: number;
  readonly inputTokensPerSecondPerChip: number;
  readonly outputTokensPerSecondPerChip: number;
}

/** Seconds of one phase's step, by what they go to. */
export interface StepParts {
  readonly products: number;
  readonly attention: number;
  readonly experts: number;
  readonly collectives: number;
  readonly overhead: number;
}

/** What one chip does in a step of a phase: what a roofline needs. */
export interface PhaseWork {
  readonly operations: number;
  /** Read from its memory. */
  readonly bytes: number;
  readonly seconds: number;
}

export interface Prediction extends Measures {
  readonly model: string;
  readonly chip: string;
  readonly chips: number;
  readonly engine: string;
  readonly precision: string;
  readonly layout: string;
  readonly concurrency: number;
  /** 8 of 10 published results lie in between; wider where nothing is published. */
  readonly low: Measures;
  readonly high: Measures;
  /** Of the reply's tokens; `prefillLimit` of the prompt's. */
  readonly limit: Limit;
  readonly prefillLimit: Limit;
  readonly grade: Grade;
  /** Why the error bar is what it is: from how many published results of which kind. */
  readonly basis: string;
  readonly requestsPerSecond: number;
  /** Sequences that run at once on all chips; fewer than the concurrency where KV is short. */
  readonly running: number;
  /** Per chip of the decoding instance, bytes. */
  readonly memory: {
    readonly weightBytes: number;
    readonly kvBytes: number;
    readonly reservedBytes: number;
    readonly totalBytes: number;
  };
  /** Share of the chips' time that goes to prompts. */
  readonly promptShare: number;
  readonly parts: { readonly prefill: StepParts; readonly decode: StepParts };
  readonly work: { readonly prefill: PhaseWork; readonly decode: PhaseWork };
  /** Tags of the sources that the answer rests on. */
  readonly sources: readonly string[];
  /** Assumptions made on the way, for people. */
  readonly notes: readonly string[];
}
