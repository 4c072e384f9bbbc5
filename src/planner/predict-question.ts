/** What `predict` is asked. Refuses loads that no fleet has and contexts that the model has not. */
import { error } from '../base/errors.ts';
import type { Chip } from './facts/chip.ts';
import { findModel } from './facts/find-model.ts';
import type { ServedModel } from './facts/served-model.ts';

export interface PredictQuestion {
  readonly model: string | ServedModel;
  /** Chip and how many: `h20:16`; without a number as many as the layout needs. */
  readonly chips: string;
  readonly precision?: string;
  /** With a release where one is meant: `sglang@0.5.9`. */
  readonly engine?: string;
  readonly layout?: string;
  readonly inTokens: number;
  readonly outTokens: number;
  /** Clients that each wait for their reply before they ask again. */
  readonly concurrency: number;
  /** Share of prompt tokens found in the prefix cache, 0 to 1. */
  readonly cacheHit?: number;
  /** Probability that each further token of multi-token prediction is accepted. */
  readonly mtpAcceptance?: readonly number[];
  /** Bytes per element of the KV cache; absent: as the precision is usually served. */
  readonly kvBytes?: number;
  /** Sequences that the engine is told to run at once, over all chips. */
  readonly maxRunning?: number;
  /** A chip that is not in the table, instead of the one named by `chips`. */
  readonly machine?: Chip;
}

/** Larger loads than any fleet has; what is beyond is a slip of the finger. */
const most = { tokens: 10_000_000, concurrency: 10_000_000 };

export function checkQuestion(question: PredictQuestion): void {
  const within = (name: string, found: number, least: number, largest: number) => {
    if (found >= least && found <= largest) return;
    throw error('invalid_option', { name, found, expected: `${least} to ${largest}` });
  };
  within('in', question.inTokens, 1, most.tokens);
  within('out', question.outTokens, 1, most.tokens);
  within('concurrency', question.concurrency, 1, most.concurrency);
  within('cache-hit', question.cacheHit ?? 0, 0, 0.999);
  for (const acceptance of question.mtpAcceptance ?? []) within('mtp', acceptance, 0, 1);
  within('kv-bytes', question.kvBytes ?? 1, 0.25, 4);
  within('max-running', question.maxRunning ?? 1, 1, most.concurrency);
  const model = typeof question.model === 'string' ? findModel(question.model) : question.model;
  const context = question.inTokens + question.outTokens;
  if (context > model.contextTokens) {
    throw error('plan_context', {
      model: model.name,
      found: context,
      expected: model.contextTokens,
    });
  }
}
