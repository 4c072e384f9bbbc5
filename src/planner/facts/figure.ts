/**
 * A number that somebody published: with its source, the date of the source, and how far to trust
 * it. Everything the planner knows about chips, prices and results is made of these. A figure that
 * nobody published is absent: it is never filled in.
 */

/** A: the maker's own data, or raw measurements. B: reputable press. C: unverified, a placeholder. */
export type Grade = 'A' | 'B' | 'C';

export interface Figure {
  readonly value: number;
  readonly grade: Grade;
  /** Tag of a row of sources-table.ts. */
  readonly source: string;
  /** Of the source, as far as known: 2026-03-25, 2026-03 or 2026. */
  readonly date: string;
  /** What a reader should know: conflicts between sources, conversions made. */
  readonly note?: string;
}

const order: readonly Grade[] = ['A', 'B', 'C'];

/** An answer is as good as the worst figure it rests on. */
export function worstGrade(grades: Iterable<Grade>): Grade {
  let worst = 0;
  for (const grade of grades) worst = Math.max(worst, order.indexOf(grade));
  return order[worst] as Grade;
}
