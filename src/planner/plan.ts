/**
 * Which chips serve a model at a load for the least money. The entry of `sampan/plan`: pure, without
 * I/O, for browsers too. A chip that cannot do it is a row that says why; only a question that is
 * none throws.
 */
import { sourcesTable } from './facts/sources-table.ts';
import type { Plan, PlanQuestion, PlanRow, RefusedRow } from './plan-answer.ts';
import { askedOf } from './search/asked.ts';
import { searchNote } from './search/candidates.ts';
import { planChip } from './search/plan-chip.ts';

export type { Chip } from './facts/chip.ts';
export type { Figure, Grade } from './facts/figure.ts';
export type { Currency, ExportStatus, Region } from './facts/market.ts';
export type { ServedModel } from './facts/served-model.ts';
export type { Cost, Plan, PlanQuestion, PlanRow, RefusedRow } from './plan-answer.ts';
export { predict } from './predict.ts';
export type { PredictQuestion } from './predict-question.ts';
export type { Limit, Measures, Prediction, StepParts } from './prediction.ts';

export function plan(question: PlanQuestion): Plan {
  const asked = askedOf(question);
  const rows: PlanRow[] = [];
  const refused: RefusedRow[] = [];
  const tags = new Set<string>();
  let layouts = 0;
  for (const chip of asked.chips) {
    const answer = planChip(chip, asked);
    rows.push(...answer.rows);
    if (answer.refused) refused.push(answer.refused);
    layouts += answer.layouts;
    for (const tag of answer.sources) tags.add(tag);
  }
  for (const { prediction, exports } of rows) {
    for (const tag of prediction.sources) tags.add(tag);
    for (const { source } of exports) tags.add(source);
  }
  return {
    question,
    rows: rows.sort(compareRows),
    refused: refused.map((row) => withNearest(row, rows)),
    search: { layouts, exhaustive: true, note: searchNote },
    sources: sourcesTable.filter(({ tag }) => tags.has(tag)),
  };
}

/** Where nothing of the chip itself works: a chip of the same maker that does. */
function withNearest(refused: RefusedRow, rows: readonly PlanRow[]): RefusedRow {
  const other = rows.find(({ vendor }) => vendor === refused.vendor);
  if (refused.nearest !== undefined || other === undefined) return refused;
  return { ...refused, nearest: `Of the same maker, ${other.chipName} does it.` };
}

/** What a request costs; of rows without a price, which come last, the chips that it takes. */
function compareRows(a: PlanRow, b: PlanRow): number {
  if (a.cost && b.cost) {
    return a.cost.perMillionOutputAll - b.cost.perMillionOutputAll || b.capacity - a.capacity;
  }
  if (a.cost || b.cost) return a.cost ? -1 : 1;
  return chipsPerRequest(a) - chipsPerRequest(b) || b.capacity - a.capacity;
}

const chipsPerRequest = ({ chips, capacity, utilisation }: PlanRow) =>
  chips / (capacity * utilisation);
