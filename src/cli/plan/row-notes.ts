/**
 * What is said of rows of a plan: beside a row what is its own, below the table what several share,
 * once, with whose it is.
 */
import type { PlanRow } from '../../planner/plan-answer.ts';

export interface RowNotes {
  /** Of each row, what is said of no other. */
  readonly own: readonly (readonly string[])[];
  /** `1, 3-5: a note`, those of the first rows first; of all rows, the note alone. */
  readonly shared: readonly string[];
}

export function rowNotes(
  rows: readonly PlanRow[],
  whose: (ranks: readonly number[]) => string = rangesText,
): RowNotes {
  const ranks = new Map<string, number[]>();
  for (const [i, { prediction, notes }] of rows.entries()) {
    const said = [...notes, ...prediction.notes, prediction.basis && `error: ${prediction.basis}`];
    for (const note of new Set(said.filter(Boolean))) {
      ranks.set(note, [...(ranks.get(note) ?? []), i + 1]);
    }
  }
  const all = [...ranks];
  const own = rows.map((_, i) =>
    all.flatMap(([note, of]) => (of.length === 1 && of[0] === i + 1 ? [note] : [])),
  );
  const shared = all.flatMap(([note, of]) => {
    if (of.length < 2) return [];
    return [of.length === rows.length ? note : `${whose(of)}: ${note}`];
  });
  return { own, shared };
}

/** `1, 3-5`, of ascending numbers. */
export function rangesText(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers) {
    const range = ranges.at(-1);
    if (range && number === range[1] + 1) range[1] = number;
    else ranges.push([number, number]);
  }
  const text = ([first, last]: (typeof ranges)[number]) =>
    first === last ? `${first}` : `${first}${last === first + 1 ? ', ' : '-'}${last}`;
  return ranges.map(text).join(', ');
}
