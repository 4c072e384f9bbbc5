/**
 * `node bench/serve/load.ts [seconds] [clients] [seed]`: 90 seconds of 64 streams, the first 30 to
 * warm up, on the built-in model with clients that leave, read slowly or send nonsense. Every reply must equal the one that
 * the question gets alone, and the server's memory must not grow. The server is a process of its own.
 */
import { loadRun } from './load-run.ts';
import { quantile } from './quantile.ts';
import { startServerProcess } from './server-process.ts';

const [seconds = 90, numClients = 64, seed = 1] = process.argv.slice(2).map(Number);
await using server = await startServerProcess(['nano', '--ctx', '512']);
const { result, residentMb } = await loadRun(server.url, { seconds, numClients, seed });

const { sent, complete, left, malformed, completionTokens, ttftMs, tpotMs, wrong } = result;
console.log(`${sent} requests: ${complete} whole, ${left} left, ${malformed} malformed`);
console.log(`${(completionTokens / seconds).toFixed(0)} tokens/s in whole replies`);
console.log(`TTFT ms: p50 ${quantile(ttftMs, 0.5)}, p99 ${quantile(ttftMs, 0.99)}`);
console.log(`TPOT ms: p50 ${quantile(tpotMs, 0.5)}, p99 ${quantile(tpotMs, 0.99)}`);
// The first third warms up: code for batches of each size, caches, the heap.
const third = Math.floor(residentMb.length / 3);
const [early, late] = [residentMb.slice(third, 2 * third), residentMb.slice(2 * third)];
const [earlyMb, lateMb] = [Number(quantile(early, 0.5)), Number(quantile(late, 0.5))];
console.log(
  `memory MB: ${earlyMb} in the second third, ${lateMb} in the last, most ${Math.max(...residentMb)}`,
);
console.log(`memory MB, each second: ${residentMb.join(' ')}`);
for (const line of wrong.slice(0, 20)) console.error(line);
/** What a garbage collector leaves from one minute to the next. */
const isFlat = lateMb < earlyMb * 1.1 + 10;
if (!isFlat) console.error('the memory grew');
process.exitCode = wrong.length > 0 || !isFlat ? 1 : 0;
