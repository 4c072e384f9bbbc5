/**
 * One forward pass of the engine: the new tokens of all scheduled sequences, side by side.
 * Tokens of one sequence stand together, in order. A sequence that decodes has one query token;
 * one that prefills has a chunk of its prompt.
 */
export interface Step {
  /** (tokens) ids. */
  readonly tokens: Int32Array;
  /** (tokens) place of each token in its own sequence. */
  readonly positions: Int32Array;
  /** (tokens) where each token's keys and values go: block · blockTokens + offset. */
  readonly slotMapping: Int32Array;
  readonly sequences: readonly StepSequence[];
  /** (rows) indices into `tokens` for which logits are wanted; may be empty. */
  readonly logitRows: Int32Array;
  /** (tokens) what followed each token; for the multi-token-prediction module. */
  readonly nextTokens?: Int32Array;
}

export interface StepSequence {
  /** First of its tokens in the step. */
  readonly queryStart: number;
  readonly queryTokens: number;
  /** Tokens in the cache after this step, its own included. */
  readonly contextTokens: number;
  /** Blocks of the KV cache that hold the sequence, in order. */
  readonly blockTable: Int32Array;
}
