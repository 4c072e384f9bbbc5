/**
 * `npm run bench`: Sampan beside llama.cpp on the same files, row by row, in a table and a CSV.
 *   --quick          the rows that matter most, native only, two rounds, within three minutes
 *   --rows <text>    rows whose title holds the text, or the one that it is the title of;
 *                    `tiny`: to try the benchmark itself
 *   --rounds <n>     measurements of each row and contender (5)
 *   --devices <list> of Sampan's devices, the first one is compared (native,wasm); none: the peer
 *   --threads <n>    of every contender (all usable cores)
 *   --json           results as JSON on stdout instead of a table
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { contendersFor } from './contenders.ts';
import { appendResults } from './csv.ts';
import { calmShare } from './disturbance.ts';
import { modelFile } from './files/model-file.ts';
import { readFrame } from './frame.ts';
import { limitsAround } from './limits.ts';
import { type Result, resultOf } from './result.ts';
import { rows, rowTitle, tinyRows } from './rows.ts';
import { runRow } from './run-row.ts';
import { table } from './table.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rows: { type: 'string', default: '' },
    rounds: { type: 'string' },
    devices: { type: 'string' },
    threads: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'boolean', default: false },
  },
});
const quickMs = 165_000; // leaves time to stop and to write
const slowestMs = 6 * 3600_000;
const idleLoad = 0.3;

const say = (line: string) => process.stderr.write(`${line}\n`);
const wanted = flags.devices ?? (flags.quick ? 'native' : 'native,wasm');
const devices = wanted === 'none' ? [] : wanted.split(',');
const rounds = Number(flags.rounds ?? (flags.quick ? 2 : 5));
const threads = Number(flags.threads);
const deadline = performance.now() + (flags.quick ? quickMs : slowestMs);

const frame = readFrame();
say(`${frame.cpu}, ${frame.cores} cores, ${frame.memoryGB} GB; commit ${frame.commit}`);
if (frame.loadAverage > idleLoad) {
  say(`Warning: the load average is ${frame.loadAverage.toFixed(2)}; numbers will be off.`);
}
const offered = flags.rows.startsWith('tiny') ? tinyRows : rows;
const isTitle = offered.some((row) => rowTitle(row) === flags.rows);
const chosen = offered.filter((row) => {
  const title = rowTitle(row);
  const isMeant = isTitle ? title === flags.rows : title.includes(flags.rows);
  return isMeant && (row.isQuick || !flags.quick);
});

const results: Result[] = [];
for (const row of chosen) {
  const contenders = contendersFor(row, devices);
  if (contenders.length === 0) continue;
  say(`${rowTitle(row)} …`);
  const file = await modelFile(row.shape, row.fileType);
  const options = { file, threads, rounds, deadline, isHurried: flags.quick };
  const { result: outcomes, limits } = await limitsAround(threads, () =>
    runRow(row, contenders, options),
  );
  if (limits) {
    const { readGBs, int8GmacS } = limits;
    say(`  at most ${readGBs.toFixed(1)} GB/s read and ${int8GmacS.toFixed(0)} GMAC/s of bytes`);
  }
  const result = resultOf(row, outcomes, limits);
  for (const failure of result.failures) say(`  ${failure}`);
  if ((result.othersShare ?? 0) > calmShare)
    say('  disturbed by other programs: no use as a number');
  results.push(result);
}

if (flags.json) {
  const plain = results.map((result) => ({
    ...result,
    medians: Object.fromEntries(result.medians),
  }));
  console.log(JSON.stringify({ frame, results: plain }, undefined, 2));
} else {
  console.log(table(results, devices));
}
if (results.length > 0) say(`Written to ${appendResults(results, frame, devices)}`);
