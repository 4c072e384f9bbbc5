/** How large an engine is, and how it goes about its work. */
import type { PrefixStoreParts } from './prefix-store.ts';
import type { SpeculationKind } from './speculation.ts';
import type { StepCost } from './step-cost.ts';

export interface EngineLimits {
  /** Longest prompt and reply together. */
  readonly contextTokens: number;
  /** Blocks of the KV cache; together they hold at least `contextTokens`. */
  readonly numBlocks: number;
  readonly blockTokens: number;
  readonly maxSequences: number;
  readonly maxPrefillTokens: number;
  /** Requests that may wait beside those that may run; more are refused. Left out: any number. */
  readonly maxWaiting?: number | undefined;
  /** Ids that stand for a token; a model's padding rows beyond them are never drawn. */
  readonly vocabSize: number;
}

export interface EngineOptions {
  /** Left out: auto. */
  readonly speculation?: SpeculationKind;
  /** Left out: measured. */
  readonly stepCost?: StepCost;
  /** Left out: sequences that begin alike share what is computed of it, also with those that ended. */
  readonly prefixCache?: boolean;
  /** Where long prompts are kept beyond this engine's life, if at all. */
  readonly disk?: Pick<PrefixStoreParts, 'disk' | 'minTokens'> | undefined;
}
