/** Every replayed result as a line of text: what was published, what the planner says, how far off. */
import {
  allMeasures,
  type Measure,
  predictedOf,
  type ReplayedResult,
} from '../../src/planner/replay/replay.ts';

const titles: { readonly [measure in Measure]: string } = {
  ttft: 'TTFT, ms',
  tpot: 'TPOT, ms',
  throughput: 'tokens/s a chip',
};
const cellWidth = 28;

/** By chip family; `*`: the fit did not see it. */
export function replayRows(rows: readonly ReplayedResult[]): string {
  const families = [...new Set(rows.map(({ deployment }) => deployment.chip.family))].sort();
  const head = `  ${allMeasures.map((measure) => titles[measure].padEnd(cellWidth)).join('')}result`;
  return families
    .flatMap((family) => {
      const own = rows.filter(({ deployment }) => deployment.chip.family === family);
      return [`${family}: published → predicted, error; * unseen`, head, ...own.map(line), ''];
    })
    .join('\n');
}

function line(row: ReplayedResult): string {
  const cells = allMeasures.map((measure) => cell(row, measure).padEnd(cellWidth));
  return `${row.half === 'check' ? '*' : ' '} ${cells.join('')}${row.result.id}`;
}

function cell(row: ReplayedResult, measure: Measure): string {
  const [ratio, predicted] = [row.ratios[measure], predictedOf(row, measure)];
  if (ratio === undefined || predicted === undefined) return '–';
  const error = (1 / ratio - 1) * 100;
  const sign = error > 0 ? '+' : '';
  return `${short(predicted * ratio)} → ${short(predicted)}, ${sign}${error.toFixed(0)} %`;
}

const short = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
