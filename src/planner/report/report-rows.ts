/** The report's ranked table, and the one of chips that cannot do it. */
import { withoutVendor } from '../charts/chip-label.ts';
import { logAxis } from '../charts/log-axis.ts';
import { rangeBar } from '../charts/range-bar.ts';
import { element, type SvgElement } from '../charts/svg-element.ts';
import type { Plan, PlanRow, RefusedRow } from '../plan-answer.ts';
import { badge, cell, milliseconds, number, range, table } from './report-text.ts';

const barWidth = 110;

export function rankedTable({ rows, question }: Plan): SvgElement {
  const currency = rows.find(({ cost }) => cost !== undefined)?.cost?.currency ?? 'Cost';
  const heads = [
    ...['#', 'Chip', 'Grade', `${currency} per M out`, `${currency} per hour`, 'TPOT'],
    ...['TPOT, error bar', 'TTFT', 'Served by', 'Chips', 'Out tokens/s·chip', 'Limited by', 'kW'],
  ];
  const values = rows.flatMap(({ prediction: { tpotMs, low, high } }) => [
    ...[tpotMs, low.tpotMs, high.tpotMs],
  ]);
  const axis = logAxis(values, { from: 4, to: barWidth - 4, maxTicks: 2 });
  return table(
    heads,
    rows.map((row, i) => {
      const { tpotMs, low, high } = row.prediction;
      const bar = rangeBar(
        { value: tpotMs, low: low.tpotMs, high: high.tpotMs },
        ...([axis, barWidth, question.tpotMs] as const),
      );
      return element('tr', {}, rowCells(row, i + 1, bar));
    }),
  );
}

function rowCells(row: PlanRow, rank: number, bar: SvgElement): SvgElement[] {
  const { prediction, cost, kilowatts } = row;
  const { low, high, outputTokensPerSecondPerChip: speed } = prediction;
  return [
    cell(String(rank)),
    withSmall(withoutVendor(row.chipName, row.vendor), row.vendor),
    element('td', {}, [badge(prediction.grade)]),
    cost === undefined
      ? cell('no price known')
      : withSmall(number(cost.perMillionOutputAll), `in ${number(cost.perMillionInput)}`),
    cell(cost === undefined ? '–' : number(cost.perHour), 'number'),
    withSmall(milliseconds(prediction.tpotMs), range(low.tpotMs, high.tpotMs)),
    cell(bar, 'wide'),
    withSmall(milliseconds(prediction.ttftMs), range(low.ttftMs, high.ttftMs)),
    withSmall(`${prediction.engine} ${prediction.precision}`, prediction.layout, 'layout'),
    withSmall(number(row.chips), `${number(row.replicas)} × ${number(prediction.chips)}`),
    withSmall(
      number(speed),
      range(low.outputTokensPerSecondPerChip, high.outputTokensPerSecondPerChip),
    ),
    withSmall(prediction.limit, `prompts: ${prediction.prefillLimit}`),
    cell(kilowatts === undefined ? '–' : number(kilowatts), 'number'),
  ];
}

function withSmall(text: string, small: string, kind = 'number'): SvgElement {
  return element('td', { class: kind }, [text, element('small', {}, [small])]);
}

export function refusedTable(refused: readonly RefusedRow[]): SvgElement {
  return table(
    ['Chip', 'Why not', 'Nearest that works'],
    refused.map(({ chipName, vendor, reason, nearest }) =>
      element('tr', {}, [
        withSmall(withoutVendor(chipName, vendor), vendor),
        cell(reason),
        cell(nearest ?? '–'),
      ]),
    ),
  );
}
