/**
 * `npm run replay`: every published result through the planner, and how far apart they are.
 *
 *     npm run replay                 predicted, published and error of each, by chip family; then medians
 *     npm run replay -- --summary    the medians alone
 *     npm run replay -- --json       all of it for machines
 *     npm run replay -- --fit        fits the factors again, then writes factors, error bars and docs
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { calibrate } from '../src/planner/replay/calibrate.ts';
import { casesOf } from '../src/planner/replay/cases.ts';
import { publishedResults } from '../src/planner/replay/published.ts';
import {
  errorTable,
  factorsOfCase,
  factorsWithoutRelease,
  type ReplayedResult,
  replay,
} from '../src/planner/replay/replay.ts';
import { half } from '../src/planner/replay/split.ts';
import { replayRows } from './docs/replay-rows.ts';
import { replayTable } from './docs/replay-section.ts';
import { writeReplay } from './docs/write-replay.ts';

const root = path.resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    fit: { type: 'boolean', default: false },
    summary: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const cases = casesOf(publishedResults);
const rows = values.fit ? refit() : replay(cases);
const unnamed = replay(cases, (one) => factorsWithoutRelease(one));
if (values.json) console.log(JSON.stringify(rows.map(plain), null, 1));
else if (!values.fit) {
  if (!values.summary) console.log(replayRows(rows));
  console.log(replayTable(rows, unnamed));
}

/** Fits, then writes all that depends on the factors; returns the replay with the new ones. */
function refit(): ReplayedResult[] {
  console.error('Fitting to one half of the results: some minutes …');
  const seen = cases.filter(({ result }) => half(result.curve) === 'fit');
  const { tables, before, after } = calibrate(seen);
  console.error(`mean error of a result: ${before.toFixed(3)} before, ${after.toFixed(3)} after`);
  const replayed = replay(cases, (one) => factorsOfCase(one, rounded(tables)));
  writeTable('factors', 'FactorTables', './factors.ts', tables);
  writeTable('errors', 'ErrorTable', './error-range.ts', errorTable(replayed));
  const unnamed = replay(cases, (one) => factorsWithoutRelease(one, rounded(tables)));
  writeReplay(path.join(root, 'docs'), replayed, unnamed);
  console.log(replayTable(replayed, unnamed));
  return replayed;
}

/** Four digits say more than the results do. */
function rounded<T>(value: T): T {
  const text = JSON.stringify(value, (_, v) =>
    typeof v === 'number' ? Number(v.toPrecision(4)) : v,
  );
  return JSON.parse(text) as T;
}

/** fitted-<what>-table.ts, a table of the type that `file` exports. */
function writeTable(what: string, type: string, file: string, value: unknown): void {
  const name = `fitted${what[0]?.toUpperCase()}${what.slice(1)}`;
  const text = `/** Made by \`npm run replay -- --fit\`: do not edit. */
import type { ${type} } from '${file}';

export const ${name}: ${type} = ${JSON.stringify(rounded(value), null, 2)};
`;
  const at = path.join(root, 'src', 'planner', 'factors', `fitted-${what}-table.ts`);
  writeFileSync(at, text);
  execFileSync('npx', ['biome', 'format', '--write', at], { cwd: root, stdio: 'ignore' });
}

function plain({ result, expected, ratios, half }: ReplayedResult) {
  return {
    id: result.id,
    half,
    published: result.measured,
    predicted: expected,
    ratios,
    source: result.source,
  };
}
