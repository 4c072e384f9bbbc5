/**
 * Chips side by side, for `plan --compare`: the best deployment of each, a figure a line. Chips
 * that do not fit beside each other follow below.
 */
import type { Plan, PlanRow } from '../../planner/plan-answer.ts';
import { paint, type Terminal } from '../terminal.ts';
import { latest, loadText, refusalTexts } from './describe-plan.ts';
import { amountText, errorText, givenText, percentText, timeText } from './figures.ts';
import { rowNotes } from './row-notes.ts';
import { lineWidth, wrapped } from './text-table.ts';

const labelWidth = 22;
const widestCell = 24;

export function describeComparison(
  plan: Plan,
  assumed: readonly string[],
  { stdout }: Terminal,
): string {
  const width = lineWidth(stdout);
  const best = plan.rows.filter(
    ({ prediction }, i) =>
      plan.rows.findIndex((row) => row.prediction.chip === prediction.chip) === i,
  );
  const cellWidth = Math.min(widestCell, width - labelWidth);
  const perBlock = Math.max(1, Math.floor((width - labelWidth + 2) / (cellWidth + 2)));
  const lines = [...wrapped(loadText(plan.question), width, '  ')];
  for (let first = 0; first < best.length; first += perBlock) {
    const block = best.slice(first, first + perBlock);
    const line = (label: string, cells: readonly string[]) =>
      `${paint(stdout, 'dim', label.padEnd(labelWidth))}${cells
        .map((text) => text.slice(0, cellWidth).padEnd(cellWidth + 2))
        .join('')
        .trimEnd()}`;
    lines.push(
      '',
      line(
        '',
        block.map(({ prediction }) => prediction.chip),
      ),
    );
    for (const [label, textOf] of figures) {
      const long = block.map((row) => broken(textOf(row, best[0]!), cellWidth));
      const height = Math.max(...long.map((cell) => cell.length));
      for (let i = 0; i < height; i++) {
        lines.push(
          line(
            i === 0 ? label : '',
            long.map((cell) => cell[i] ?? ''),
          ),
        );
      }
    }
  }
  const chips = best.map(({ prediction }) => prediction.chip);
  const { own, shared } = rowNotes(best, (ranks) =>
    ranks.map((rank) => chips[rank - 1]).join(', '),
  );
  const notes = own.flatMap((said, i) =>
    said.length > 0 ? [`${chips[i]}: ${said.join('; ')}`] : [],
  );
  for (const [i, note] of [...notes, ...shared].entries()) {
    lines.push(...(i === 0 ? [''] : []), ...wrapped(note, width, '  '));
  }
  for (const text of refusalTexts(plan.refused)) {
    lines.push('', ...wrapped(`Cannot: ${text}`, width, '  '));
  }
  if (assumed.length > 0) lines.push('', ...wrapped(`Assumed: ${assumed.join('; ')}`, width, '  '));
  return lines.join('\n');
}

const figures: readonly (readonly [string, (row: PlanRow, best: PlanRow) => string])[] = [
  ['engine', ({ prediction }) => `${prediction.engine}, ${prediction.precision}`],
  [
    'layout',
    ({ prediction, replicas }) =>
      replicas > 1 ? `${prediction.layout} × ${replicas}` : prediction.layout,
  ],
  ['chips', ({ chips }) => givenText(chips)],
  ['TTFT', ({ prediction }) => timeText(prediction.ttftMs)],
  ['TPOT', ({ prediction }) => timeText(prediction.tpotMs)],
  ['tokens/s per chip', ({ prediction }) => amountText(prediction.outputTokensPerSecondPerChip)],
  ['carries, requests/s', ({ capacity }) => amountText(capacity)],
  ['used', ({ utilisation }) => percentText(utilisation)],
  ['money per hour', ({ cost }) => (cost ? `${amountText(cost.perHour)} ${cost.currency}` : '?')],
  [
    'per million in / out',
    ({ cost }) =>
      cost ? `${amountText(cost.perMillionInput)} / ${amountText(cost.perMillionOutput)}` : '?',
  ],
  [
    'against the cheapest',
    ({ cost }, best) =>
      cost && best.cost ? `${amountText(cost.perHour / best.cost.perHour)} ×` : '?',
  ],
  ['kW', ({ kilowatts }) => (kilowatts === undefined ? '?' : amountText(kilowatts))],
  ['error', ({ prediction }) => errorText(prediction)],
  ['limit', ({ prediction }) => prediction.limit],
  ['grade', ({ prediction }) => prediction.grade],
  [
    'price of one, an hour',
    ({ cost }) =>
      cost
        ? `${amountText(cost.chipHour)} ${cost.currency} (${cost.priceGrade === 'yours' ? 'yours' : `${cost.priceDate}, ${cost.priceGrade}`})`
        : '?',
  ],
  [
    'export',
    ({ exports }) =>
      latest(exports)
        .map(({ region, status }) => `${region} ${status}`)
        .join(', ') || 'nothing known',
  ],
];

/** A cell's text in lines; a word that is too long is cut into several. */
function broken(text: string, width: number): string[] {
  const pieces = new RegExp(`.{1,${width}}`, 'g');
  return wrapped(text, width).flatMap((line) => line.match(pieces) ?? ['']);
}
