/**
 * A published result of serving: what was run and what was measured, converted to one set of
 * definitions. TTFT: from the request to its first token. TPOT = (latency − TTFT) / (out − 1).
 */
import type { EngineId } from '../facts/engine.ts';
import type { Grade } from '../facts/figure.ts';
import type { PrecisionId } from '../facts/precision.ts';

export interface PublishedResult {
  /** Unique and stable: `ds-decode`, `aic-r1-h200-sglang-8k1k-c64`. */
  readonly id: string;
  /** Points of one curve differ in concurrency only; a curve is never split between fit and check. */
  readonly curve: string;
  readonly model: string;
  readonly chip: string;
  readonly chips: number;
  readonly engine: EngineId;
  readonly engineVersion?: string;
  readonly precision: PrecisionId;
  /** As `--layout` takes it: `tp8`, `dp8ep8`, `prefill:dp4ep4,decode:dp8ep8x2`. */
  readonly layout: string;
  /**
   * serve: requests of `inTokens` and `outTokens` by `concurrency` clients.
   * prefill: prompts alone, as many as the chips take. decode: replies alone, `concurrency`
   * sequences at once over all chips, `inTokens` of context (mean) behind each.
   * Numbers that have no meaning for a phase, or that an unusable row lacks, are 0.
   */
  readonly phase: 'serve' | 'prefill' | 'decode';
  readonly inTokens: number;
  readonly outTokens: number;
  readonly concurrency: number;
  /**
   * Sequences decoded at once at most, over all chips, where the run set such a limit: further
   * clients wait, and their wait is in the TTFT.
   */
  readonly slots?: number;
  /** Requests per second offered, where clients arrive by a rate instead of waiting. */
  readonly rate?: number;
  /** Share of prompt tokens found in a cache. */
  readonly cacheHit?: number;
  /**
   * Probability that each further token of multi-token prediction is accepted, given that the one
   * before it was; absent: served without.
   */
  readonly mtpAcceptance?: readonly number[];
  readonly measured: {
    readonly ttftMs?: number;
    readonly tpotMs?: number;
    /** Of all chips together. */
    readonly inputTokensPerSecond?: number;
    readonly outputTokensPerSecond?: number;
  };
  readonly grade: Grade;
  readonly source: string;
  readonly date: string;
  /** Conversions made, lower bounds (">1,000"), doubts. */
  readonly note?: string;
  /** Why the planner cannot be held to it: lengths or load not published, config only. */
  readonly unusable?: string;
}
