/**
 * A plan as CSV (RFC 4180): a line per deployment, best first, then a line per chip that cannot.
 * What is not known is empty.
 */
import type { Plan, PlanRow, RefusedRow } from '../../planner/plan-answer.ts';
import { type CsvCell, csvLine } from '../csv.ts';

type Columns<Row> = readonly (readonly [name: string, cell: (row: Row) => CsvCell])[];

const columns: Columns<PlanRow> = [
  ['model', ({ prediction }) => prediction.model],
  ['chip', ({ prediction }) => prediction.chip],
  ['chip_name', ({ chipName }) => chipName],
  ['vendor', ({ vendor }) => vendor],
  ['engine', ({ prediction }) => prediction.engine],
  ['precision', ({ prediction }) => prediction.precision],
  ['layout', ({ prediction }) => prediction.layout],
  ['replicas', ({ replicas }) => replicas],
  ['chips', ({ chips }) => chips],
  ['concurrency', ({ prediction }) => rounded(prediction.concurrency)],
  ['ttft_ms', ({ prediction }) => rounded(prediction.ttftMs)],
  ['ttft_ms_low', ({ prediction }) => rounded(prediction.low.ttftMs)],
  ['ttft_ms_high', ({ prediction }) => rounded(prediction.high.ttftMs)],
  ['tpot_ms', ({ prediction }) => rounded(prediction.tpotMs)],
  ['tpot_ms_low', ({ prediction }) => rounded(prediction.low.tpotMs)],
  ['tpot_ms_high', ({ prediction }) => rounded(prediction.high.tpotMs)],
  ['input_tokens_per_second_per_chip', (row) => rate(row, 'inputTokensPerSecondPerChip')],
  ['output_tokens_per_second_per_chip', (row) => rate(row, 'outputTokensPerSecondPerChip')],
  ['output_low', (row) => rate(row, 'outputTokensPerSecondPerChip', 'low')],
  ['output_high', (row) => rate(row, 'outputTokensPerSecondPerChip', 'high')],
  ['capacity_requests_per_second', ({ capacity }) => rounded(capacity)],
  ['utilisation', ({ utilisation }) => rounded(utilisation)],
  ['currency', ({ cost }) => cost?.currency],
  ['cost_per_hour', ({ cost }) => rounded(cost?.perHour)],
  ['cost_per_million_input', ({ cost }) => rounded(cost?.perMillionInput)],
  ['cost_per_million_output', ({ cost }) => rounded(cost?.perMillionOutput)],
  ['cost_per_million_output_all', ({ cost }) => rounded(cost?.perMillionOutputAll)],
  ['chip_hour', ({ cost }) => rounded(cost?.chipHour)],
  ['price_source', ({ cost }) => cost?.priceSource],
  ['price_date', ({ cost }) => cost?.priceDate],
  ['price_grade', ({ cost }) => cost?.priceGrade],
  ['kilowatts', ({ kilowatts }) => rounded(kilowatts)],
  ['limit', ({ prediction }) => prediction.limit],
  ['prefill_limit', ({ prediction }) => prediction.prefillLimit],
  ['grade', ({ prediction }) => prediction.grade],
  ['basis', ({ prediction }) => prediction.basis],
  ['exports', ({ exports }) => exports.map((e) => `${e.region}: ${e.status}`).join('; ')],
];

/** By the same columns, where they have one, and two of their own at the end. */
const refusedCells: Readonly<Record<string, (row: RefusedRow) => CsvCell>> = {
  chip: ({ chip }) => chip,
  chip_name: ({ chipName }) => chipName,
  vendor: ({ vendor }) => vendor,
};

export function planCsv({ question, rows, refused }: Plan): string {
  const names = columns.map(([name]) => name);
  const lines = [
    ['rank', ...names, 'refused', 'nearest'],
    ...rows.map((row, i) => [i + 1, ...columns.map(([, cell]) => cell(row)), '', '']),
    ...refused.map((row) => {
      const cells = names.map((name) =>
        name === 'model' ? question.model : refusedCells[name]?.(row),
      );
      return ['', ...cells, row.reason, row.nearest];
    }),
  ];
  return lines.map((cells) => `${csvLine(cells)}\r\n`).join('');
}

function rate(
  { prediction }: PlanRow,
  key: 'inputTokensPerSecondPerChip' | 'outputTokensPerSecondPerChip',
  bound?: 'low' | 'high',
): CsvCell {
  return rounded((bound ? prediction[bound] : prediction)[key]);
}

/** Six digits are more than a prediction has. */
function rounded(value: number | undefined): CsvCell {
  return value === undefined ? undefined : Number(value.toPrecision(6));
}
