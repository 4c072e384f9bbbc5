/**
 * What this machine can do at best, on as many threads as the contenders have: rows are compared
 * with it. A virtual machine shares its memory's bandwidth with others, and has a fifth more or less
 * of it a minute later: it is measured before a row and behind it. undefined: emitted code does not
 * run here.
 */
import { machineLimits } from '../src/cli/machine-limits.ts';

export interface Limits {
  readonly readGBs: number;
  readonly int8GmacS: number;
}

/** The means of before and after. */
export async function limitsAround<T>(
  threads: number,
  work: () => Promise<T>,
): Promise<{ result: T; limits: Limits | undefined }> {
  const measure = (): Promise<Limits | undefined> => machineLimits({ kinds: ['native'], threads });
  const before = await measure();
  const result = await work();
  const after = await measure();
  if (!before || !after) return { result, limits: undefined };
  const mean = (key: keyof Limits) => (before[key] + after[key]) / 2;
  return { result, limits: { readGBs: mean('readGBs'), int8GmacS: mean('int8GmacS') } };
}
