/** The rows in the order that the reader wants; what is not known comes last either way. */
import type { PlanRow } from '../../../../src/planner/plan-answer.ts';
import type { SortKey } from './plan-state.ts';

export interface RankedRow {
  readonly row: PlanRow;
  /** In the planner's order, from 1. */
  readonly rank: number;
}

type Value = string | number | undefined;

const values: Readonly<Record<SortKey, (ranked: RankedRow) => Value>> = {
  rank: ({ rank }) => rank,
  chip: ({ row }) => row.chipName,
  chips: ({ row }) => row.chips,
  ttft: ({ row }) => row.prediction.ttftMs,
  tpot: ({ row }) => row.prediction.tpotMs,
  speed: ({ row }) => row.prediction.outputTokensPerSecondPerChip,
  cost: ({ row }) => row.cost?.perMillionOutputAll,
  hour: ({ row }) => row.cost?.perHour,
  power: ({ row }) => row.kilowatts,
  grade: ({ row }) => row.prediction.grade,
};

export function sortRows(
  rows: readonly PlanRow[],
  key: SortKey,
  isDescending: boolean,
): RankedRow[] {
  const ranked = rows.map((row, i) => ({ row, rank: i + 1 }));
  const sign = isDescending ? -1 : 1;
  return ranked.sort((a, b) => {
    const [one, other] = [values[key](a), values[key](b)];
    if (one === undefined || other === undefined) {
      return Number(one === undefined) - Number(other === undefined) || a.rank - b.rank;
    }
    return sign * compare(one, other) || a.rank - b.rank;
  });
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}
