/** What a bench's report says of the planner: predicted beside measured, or why not. */

export interface Comparison {
  readonly name: 'prefill' | 'TTFT' | 'decode';
  readonly unit: 'tokens/s' | 'ms';
  readonly predicted: number;
  readonly low: number;
  readonly high: number;
  readonly measured: number;
  /** Of the prediction, as a share of what was measured. */
  readonly error: number;
}

/** Either what was compared, or why nothing could be. */
export type PlanCheck = { readonly compared: readonly Comparison[] } | { readonly refused: string };
