/**
 * What this machine can do at best, on as many threads as the contenders have: rows are compared
 * with it. undefined: emitted code does not run here.
 */
import { machineLimits } from '../src/cli/machine-limits.ts';

export interface Limits {
  readonly readGBs: number;
  readonly int8GmacS: number;
}

export function limits(threads: number): Promise<Limits | undefined> {
  return machineLimits({ kinds: ['native'], threads });
}
