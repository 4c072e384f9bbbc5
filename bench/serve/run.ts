/**
 * `npm run bench:serve`: `sampan serve` beside node-llama-cpp behind the thinnest HTTP server, on
 * the same file, in turns: tokens/s of all clients together, and time to the first token.
 *   --quick        a tiny model, two rounds, within a minute: to try it; nothing is kept
 *   --rounds <n>   measurements of each row and contender (3)
 *   --clients <n>  only the rows with so many
 *   --threads <n>  of both (all usable cores)
 *   --device <name> of Sampan's (native)
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { theirs } from '../contenders.ts';
import { appendResults } from '../csv.ts';
import { waitForCalm } from '../disturbance.ts';
import { modelFile } from '../files/model-file.ts';
import { readFrame } from '../frame.ts';
import type { Result } from '../result.ts';
import { table } from '../table.ts';
import { type ServeRow, serveRows, serveTitle, tinyServeRows } from './rows.ts';
import { openPeer, openSampan, type ServeContender } from './serve-contender.ts';
import { serveResults } from './serve-results.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    clients: { type: 'string' },
    threads: { type: 'string', default: String(availableParallelism()) },
    device: { type: 'string', default: 'native' },
  },
});
const rounds = Number(flags.rounds ?? (flags.quick ? 2 : 3));
const threads = Number(flags.threads);
/** Times the rounds asked for: disturbed ones are measured again. */
const patience = 3;
const waitMs = 20_000;
const say = (line: string) => process.stderr.write(`${line}\n`);

const frame = readFrame();
say(`${frame.cpu}, ${frame.cores} cores, ${frame.memoryGB} GB; commit ${frame.commit}`);
const results: Result[] = [];
for (const row of flags.quick ? tinyServeRows : serveRows) {
  if (flags.clients !== undefined && Number(flags.clients) !== row.numClients) continue;
  say(`${serveTitle(row)} …`);
  results.push(...serveResults(row, await measured(row)));
}
console.log(table(results, [flags.device]));
if (results.length > 0 && !flags.quick)
  say(`Written to ${appendResults(results, frame, [flags.device])}`);

async function measured(row: ServeRow): Promise<readonly ServeContender[]> {
  const file = await modelFile(row.shape, row.fileType);
  await using ours = await openSampan(file, threads, row, flags.device);
  await using peer = await openPeer(file, threads, row, theirs);
  const both = [ours, peer];
  const isHurried = flags.quick;
  for (const contender of both) await contender.round(row, 0, { keeps: false, isHurried });
  for (let round = 1; round <= (isHurried ? rounds : patience * rounds); round++) {
    for (const contender of round % 2 === 0 ? both : both.toReversed()) {
      if (contender.calm.length >= rounds) continue;
      if (!isHurried) await waitForCalm(waitMs);
      await contender.round(row, round, { keeps: true, isHurried });
    }
  }
  return both;
}
