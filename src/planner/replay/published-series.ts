/** Rows of one published curve: what the run was, and its points by concurrency. */
import type { PublishedResult } from './published-result.ts';

type PointFields = 'id' | 'curve' | 'concurrency' | 'measured';
type Run = Omit<PublishedResult, PointFields>;
type Point = Pick<PublishedResult, 'concurrency' | 'measured'> & Partial<Run>;

/** A point may say more of itself than the run does: its slots, a note. */
export function series(
  curve: string,
  run: Run,
  points: readonly Point[],
): readonly PublishedResult[] {
  return points.map((point) => ({ id: `${curve}-c${point.concurrency}`, curve, ...run, ...point }));
}

/**
 * Chances that the drafts of multi-token prediction are accepted, each given that the one before it
 * was, when only the mean length of what a step yields is published: the same chance for each draft,
 * so that 1 + p + p² + … is that length.
 */
export function acceptanceOf(acceptLength: number, drafts: number): readonly number[] {
  let [low, high] = [0, 1];
  for (let round = 0; round < 40; round++) {
    const p = (low + high) / 2;
    let length = 1;
    for (let draft = 1; draft <= drafts; draft++) length += p ** draft;
    if (length < acceptLength) low = p;
    else high = p;
  }
  return Array.from({ length: drafts }, () => Math.round(low * 1000) / 1000);
}
