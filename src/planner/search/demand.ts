/** What a search looks for: a load within limits, on so many chips at most. */
import type { Load } from '../serving/served.ts';

export interface Demand {
  readonly load: Omit<Load, 'concurrency' | 'maxRunning'>;
  /** Means; infinite: no limit. */
  readonly ttftSeconds: number;
  readonly tpotSeconds: number;
  /** Requests per second; absent: as many as `mostChips` carry. */
  readonly rate?: number;
  /** Infinite: as many as it takes. */
  readonly mostChips: number;
}

/**
 * Of what a deployment carries within its limits, the share that is planned with: arrivals vary,
 * and the last tenth costs the most latency.
 */
export const plannedShare = 0.9;

/** Copies it takes for a rate. Rounding must not ask for one more where it comes out even. */
export function copiesFor(rate: number, each: number): number {
  return Math.max(1, Math.ceil(rate / (plannedShare * each) - 1e-9));
}
