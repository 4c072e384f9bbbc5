/** The part of docs/planner.md that is made from the replay: its table, between two marks. */

import { refusedClaims } from '../../src/planner/replay/refused-claims-table.ts';
import {
  allMeasures,
  type Measure,
  medianError,
  type ReplayedResult,
} from '../../src/planner/replay/replay.ts';

const begin = '<!-- replay: made by npm run replay -- --fit -->';
const end = '<!-- end of replay -->';

/** The page with its table written anew; throws where the page has no marks. */
export function withReplay(
  page: string,
  rows: readonly ReplayedResult[],
  unnamed: readonly ReplayedResult[],
): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/planner.md has no "${begin}" … "${end}"`);
  return `${page.slice(0, from)}${begin}\n\n${replayTable(rows, unnamed)}\n\n${refusedList()}\n\n${page.slice(to)}`;
}

function refusedList(): string {
  const lines = refusedClaims.map(({ claim, why }) => `- ${claim}: ${why}.`);
  return ['Numbers in circulation that it is not held to:', '', ...lines].join('\n');
}

/**
 * Median of |predicted / published − 1|, per family and half; `unnamed`: the same results asked about
 * without the release of the engine.
 */
export function replayTable(
  rows: readonly ReplayedResult[],
  unnamed: readonly ReplayedResult[],
): string {
  const families = [...new Set(rows.map(({ deployment }) => deployment.chip.family))].sort();
  const groups: [string, (row: ReplayedResult) => boolean][] = [
    ['**all**', () => true],
    ['DeepSeek models', ({ result }) => result.model.startsWith('deepseek')],
    ...families.map((family): [string, (row: ReplayedResult) => boolean] => [
      family,
      ({ deployment }) => deployment.chip.family === family,
    ]),
  ];
  const head = [
    '| | unseen results | TTFT | TPOT | tokens/s | fitted results | TTFT | TPOT | tokens/s |',
    '|---|---:|---:|---:|---:|---:|---:|---:|---:|',
  ];
  const line = (name: string, own: readonly ReplayedResult[]) => {
    const cells = (['check', 'fit'] as const).flatMap((half) => {
      const some = own.filter((row) => row.half === half);
      return [String(some.length), ...allMeasures.map((measure) => percent(some, measure))];
    });
    return `| ${[name, ...cells].join(' | ')} |`;
  };
  const lines = groups.map(([name, is]) => line(name, rows.filter(is)));
  const last = line('all, release of the engine not named', unnamed);
  return [...head, ...lines, last].join('\n');
}

function percent(rows: readonly ReplayedResult[], measure: Measure): string {
  const error = medianError(rows, measure);
  return error === undefined ? '–' : `${(error * 100).toFixed(1)} %`;
}
