/**
 * A plan as people read it: the load, a ranked table of two lines a row, the chips that cannot and
 * why, then what was assumed and the sources. Fits 100 columns, and narrower terminals.
 */
import type { Plan, PlanQuestion, PlanRow } from '../../planner/plan-answer.ts';
import { paint, type Terminal } from '../terminal.ts';
import { amountText, errorText, givenText, limitText, percentText, timeText } from './figures.ts';
import { regionalCurrency } from './plan-question.ts';
import { rowNotes } from './row-notes.ts';
import { type Column, lineWidth, textTable, wrapped } from './text-table.ts';

/** More than these are left to --json and --csv. */
const maxRows = 30;

export function describePlan(plan: Plan, assumed: readonly string[], { stdout }: Terminal): string {
  const width = lineWidth(stdout);
  const dim = (text: string) => paint(stdout, 'dim', text);
  const rows = shownRows(plan);
  const { own, shared } = rowNotes(rows);
  const lines = [...wrapped(loadText(plan.question), width, '  '), ''];
  if (rows.length === 0) {
    lines.push('No chip carries this load within these limits.');
  } else {
    const table = textTable(columnsFor(plan), rows, width);
    lines.push(dim(table.head));
    for (const [i, row] of rows.entries()) {
      lines.push(table.lines[i]!);
      lines.push(...wrapped(`    ${howText(row, own[i]!)}`, width, '    ').map(dim));
    }
    const more = plan.rows.length - rows.length;
    if (more > 0) lines.push(dim(`    ${more} more in --json and --csv`));
  }
  const section = (head: string, items: readonly string[]) => {
    if (items.length === 0) return;
    const entries = items.flatMap((item) => wrapped(`  ${item}`, width, '    '));
    lines.push('', dim(head), ...entries);
  };
  section('Notes', shared);
  section('Cannot', refusalTexts(plan.refused));
  section('Assumed', [...assumed, searchText(plan)]);
  section('Sources', plan.sources.map(sourceText));
  return lines.join('\n');
}

/** Without a choice of chips the best of each; with one, all. */
function shownRows({ rows, question }: Plan): readonly PlanRow[] {
  const chipOf = ({ prediction }: PlanRow) => prediction.chip;
  const best = rows.filter((row, i) => rows.findIndex((r) => chipOf(r) === chipOf(row)) === i);
  return (question.chips ? rows : best).slice(0, maxRows);
}

export function loadText(question: PlanQuestion): string {
  const { model, rate, inTokens, outTokens, cacheHit, ttftMs, tpotMs } = question;
  const { mtpAcceptance, region, chips, budgetPerHour } = question;
  const { currency = regionalCurrency(region) } = question;
  const wishes = chips?.map(({ chip, count }) => (count ? `${givenText(count)} × ${chip}` : chip));
  const cached = cacheHit ? ` (${percentText(cacheHit)} cached)` : '';
  const parts = [
    rate === undefined
      ? 'as many requests as they carry'
      : `${givenText(rate)} ${rate === 1 ? 'request' : 'requests'}/s`,
    `${inTokens} tokens in${cached}, ${outTokens} out`,
    ttftMs && `TTFT within ${limitText(ttftMs)}`,
    tpotMs && `TPOT within ${limitText(tpotMs)}`,
    mtpAcceptance && `drafts accepted: ${mtpAcceptance.join(', ')}`,
    region && `region ${region}`,
    wishes && `on ${wishes.join(', ')}`,
    budgetPerHour && `for ${amountText(budgetPerHour)} ${currency} an hour`,
  ];
  return `${model}: ${parts.filter(Boolean).join('; ')}`;
}

function columnsFor({ rows }: Plan): readonly Column<PlanRow>[] {
  const currency = rows.find(({ cost }) => cost)?.cost?.currency ?? 'money';
  const right = (
    head: string,
    cell: (row: PlanRow) => string,
    sheds?: number,
  ): Column<PlanRow> => ({ head, align: 'right', cell, ...(sheds !== undefined && { sheds }) });
  const pair = ({ cost }: PlanRow) =>
    cost
      ? `${amountText(cost.perMillionInput)} / ${amountText(cost.perMillionOutput)}`
      : 'no price';
  return [
    { head: '', align: 'right', cell: (_, i) => String(i + 1).padStart(2) },
    { head: 'chip', align: 'left', cell: ({ prediction }) => prediction.chip },
    right('chips', ({ chips }) => givenText(chips), 0),
    right('TTFT', ({ prediction }) => timeText(prediction.ttftMs), 2),
    right('TPOT', ({ prediction }) => timeText(prediction.tpotMs)),
    right('tok/s/chip', ({ prediction }) => amountText(prediction.outputTokensPerSecondPerChip), 3),
    right(`${currency}/M in / out`, pair),
    right('kW', ({ kilowatts }) => (kilowatts === undefined ? '?' : amountText(kilowatts)), 4),
    right('error', ({ prediction }) => errorText(prediction), 1),
    right('grade', ({ prediction }) => prediction.grade, 5),
  ];
}

/** How it is done, what limits it, what it carries, and whether it may be exported. */
function howText(
  { prediction, replicas, capacity, utilisation, exports }: PlanRow,
  notes: readonly string[],
): string {
  const { engine, precision, layout, limit } = prediction;
  const copies = replicas > 1 ? ` × ${givenText(replicas)}` : '';
  const exported = latest(exports)
    .filter(({ status }) => status !== 'open')
    .map(({ region, status, asOf }) => `export to ${region}: ${status} (${asOf})`);
  return [
    `${engine}, ${precision}, ${layout}${copies}`,
    `limited by ${limit}`,
    `carries ${amountText(capacity)} requests/s, ${percentText(utilisation)} used`,
    ...exported,
    ...notes,
  ].join('; ');
}

/** Of each region what was last said. */
export function latest(exports: PlanRow['exports']): PlanRow['exports'] {
  const sorted = exports.toSorted((a, b) => b.asOf.localeCompare(a.asOf));
  return sorted.filter((e, i) => sorted.findIndex(({ region }) => region === e.region) === i);
}

/** Chips with the same reason together. */
export function refusalTexts(refused: Plan['refused']): readonly string[] {
  const chips = new Map<string, string[]>();
  for (const { chip, reason, nearest } of refused) {
    const near = nearest === undefined ? '' : `; nearest: ${withoutStop(nearest)}`;
    const why = withoutStop(reason) + near;
    chips.set(why, [...(chips.get(why) ?? []), chip]);
  }
  return [...chips].map(([why, names]) => `${names.join(', ')}: ${why}`);
}

const withoutStop = (sentence: string) => sentence.replace(/\.$/, '');

function searchText({ search }: Plan): string {
  const extent = search.exhaustive ? 'all there are' : 'not all';
  const note = search.note === '' ? '' : `: ${search.note}`;
  const layouts = search.layouts === 1 ? 'layout' : 'layouts';
  return `${givenText(search.layouts)} ${layouts} tried, ${extent}${note}`;
}

function sourceText({ tag, title, address }: Plan['sources'][number]): string {
  return `[${tag}] ${title}${address === '' ? '' : `, ${address}`}`;
}
