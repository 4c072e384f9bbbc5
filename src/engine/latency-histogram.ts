/**
 * How often something took how long: counts between fixed bounds, so that noting one more allocates
 * nothing. Bounds are vLLM's, and so fit the dashboards that exist for it.
 */
export class LatencyHistogram {
  /** Upper bounds, in seconds; above the last one there is one more count. */
  readonly boundsSeconds: readonly number[];
  /** Not cumulative. */
  readonly counts: Float64Array;
  count = 0;
  sumSeconds = 0;

  constructor(boundsSeconds: readonly number[]) {
    this.boundsSeconds = boundsSeconds;
    this.counts = new Float64Array(boundsSeconds.length + 1);
  }

  note(ms: number): void {
    const seconds = ms / 1000;
    let i = 0;
    while (i < this.boundsSeconds.length && seconds > (this.boundsSeconds[i] as number)) i++;
    this.counts[i]!++;
    this.count++;
    this.sumSeconds += seconds;
  }
}

/** Of vLLM's inter_token_latency_seconds. */
export const interTokenBounds: readonly number[] = [
  ...[0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5],
  ...[5, 7.5, 10, 20, 40, 80],
];
