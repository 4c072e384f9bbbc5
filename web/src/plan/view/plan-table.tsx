/** All deployments, ranked by cost or by what the reader wants, with their error bars. */
import { withoutVendor } from '../../../../src/planner/charts/chip-label.ts';
import { type LogAxis, logAxis } from '../../../../src/planner/charts/log-axis.ts';
import { rangeBar } from '../../../../src/planner/charts/range-bar.ts';
import type { Plan } from '../../../../src/planner/plan-answer.ts';
import type { SortKey } from '../state/plan-state.ts';
import { type RankedRow, sortRows } from '../state/sort-rows.ts';
import { PlanFormat } from './format-plan.ts';
import { GradeBadge } from './grade-badge.tsx';
import { useLanguage, usePlanState, usePlanWords } from './plan-context.ts';
import { SvgView } from './svg-view.tsx';

const barWidth = 96;

interface PlanTableProps {
  readonly plan: Plan;
  readonly onOpen: (chip: string) => void;
}

export function PlanTable({ plan, onOpen }: PlanTableProps) {
  const { table: words, chart } = usePlanWords();
  const [{ sort, isDescending }] = usePlanState();
  const { rows, question } = plan;
  const axis = logAxis(
    rows.flatMap(({ prediction: { tpotMs, low, high } }) => [tpotMs, low.tpotMs, high.tpotMs]),
    { from: 5, to: barWidth - 5, maxTicks: 2 },
  );
  const currency = rows.find(({ cost }) => cost !== undefined)?.cost?.currency ?? chart.ys.cost;
  const heads: readonly (readonly [SortKey | undefined, string])[] = [
    ['rank', words.rank],
    ['chip', words.chip],
    ['grade', words.grade],
    ['cost', words.cost(currency)],
    ['hour', words.hour(currency)],
    ['tpot', words.tpot],
    ['ttft', words.ttft],
    [undefined, words.engine],
    ['chips', words.chips],
    ['speed', words.speed],
    [undefined, words.limit],
    ['power', words.power],
  ];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has only keys must be able to scroll it
    <section class="table-frame" tabIndex={0} aria-label={words.scroll}>
      <table>
        <thead>
          <tr>
            {heads.map(([key, label]) => (
              <SortHead key={label} sortKey={key} label={label} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sortRows(rows, sort, isDescending).map((ranked) => (
            <Row
              key={ranked.rank}
              ranked={ranked}
              axis={axis}
              limit={question.tpotMs}
              onOpen={onOpen}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface SortHeadProps {
  readonly sortKey: SortKey | undefined;
  readonly label: string;
}

function SortHead({ sortKey, label }: SortHeadProps) {
  const { table: words } = usePlanWords();
  const [{ sort, isDescending }, change] = usePlanState();
  if (sortKey === undefined) return <th scope="col">{label}</th>;
  const isCurrent = sort === sortKey;
  const order = isCurrent ? (isDescending ? 'descending' : 'ascending') : 'none';
  return (
    <th scope="col" aria-sort={order}>
      <button
        type="button"
        title={words.sortBy(label)}
        onClick={() => change({ sort: sortKey, isDescending: isCurrent && !isDescending })}
      >
        {label}
        <span aria-hidden="true">{isCurrent ? (isDescending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}

interface RowProps {
  readonly ranked: RankedRow;
  readonly axis: LogAxis;
  readonly limit: number | undefined;
  readonly onOpen: (chip: string) => void;
}

function Row({ ranked: { row, rank }, axis, limit, onOpen }: RowProps) {
  const { table: words } = usePlanWords();
  const format = new PlanFormat(useLanguage());
  const { prediction, cost, kilowatts } = row;
  const { chip, low, high, outputTokensPerSecondPerChip: speed } = prediction;
  const tpot = { value: prediction.tpotMs, low: low.tpotMs, high: high.tpotMs };
  return (
    <tr data-chip={chip}>
      <td>{rank}</td>
      <th scope="row">
        <button type="button" title={words.details(row.chipName)} onClick={() => onOpen(chip)}>
          {withoutVendor(row.chipName, row.vendor)}
        </button>
        <small>{row.vendor}</small>
      </th>
      <td>
        <GradeBadge grade={prediction.grade} />
      </td>
      <td>
        {cost === undefined ? (
          <span class="faint">{words.unpriced}</span>
        ) : (
          <>
            {format.money(cost.perMillionOutputAll, cost.currency)}
            <small>{words.input(format.money(cost.perMillionInput, cost.currency))}</small>
          </>
        )}
      </td>
      <td>{cost === undefined ? '–' : format.money(cost.perHour, cost.currency)}</td>
      <td>
        <span class="with-bar">
          {format.time(prediction.tpotMs)}
          <SvgView picture={rangeBar(tpot, axis, barWidth, limit)} />
        </span>
        <small>{format.range(low.tpotMs, high.tpotMs)}</small>
      </td>
      <td>
        {format.time(prediction.ttftMs)}
        <small>{format.range(low.ttftMs, high.ttftMs)}</small>
      </td>
      <td>
        {prediction.engine} {prediction.precision}
        <small class="layout">{prediction.layout}</small>
      </td>
      <td>
        {format.number(row.chips)}
        <small>{words.times(format.number(row.replicas), format.number(prediction.chips))}</small>
      </td>
      <td>
        {format.number(speed)}
        <small>
          {format.range(low.outputTokensPerSecondPerChip, high.outputTokensPerSecondPerChip)}
        </small>
      </td>
      <td>
        {words.limits[prediction.limit]}
        <small>{words.prompts(words.limits[prediction.prefillLimit])}</small>
      </td>
      <td>{kilowatts === undefined ? '–' : format.number(kilowatts)}</td>
    </tr>
  );
}
