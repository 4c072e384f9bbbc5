/**
 * Loads and closes nano again and again, and says what the process still holds: memory, pieces of
 * it, threads, files. What a load leaves behind shows as a column that keeps growing; if one grew
 * from the first half of the loads to the second, the exit code is 1. Linux only, which says these.
 *   node bench/loads.ts [times] [native|wasm]
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { load } from '../src/index.ts';

const times = Number(process.argv[2] ?? 1000);
const device = deviceOf(process.argv[3] ?? 'native');
if (!Number.isInteger(times) || times < 20) throw new Error('20 times or more');
if (!existsSync('/proc/self/maps')) throw new Error('only Linux says what a process holds');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** What V8's own heap may come to: it grows and shrinks by this without anybody's leaking. */
const slack = { rssMB: 100, maps: 300, threads: 0, files: 0 } as const;
type Held = Record<keyof typeof slack, number>;

function deviceOf(name: string): 'native' | 'wasm' {
  if (name === 'native' || name === 'wasm') return name;
  throw new Error(`no device ${name}`);
}

function held(): Held {
  collect();
  return {
    rssMB: Math.round(process.memoryUsage.rss() / 1e6),
    maps: readFileSync('/proc/self/maps', 'utf8').split('\n').length,
    threads: readdirSync('/proc/self/task').length,
    files: readdirSync('/proc/self/fd').length,
  };
}

async function once(): Promise<void> {
  const model = await load('nano', { device, contextTokens: 64, maxSequences: 1 });
  await model.generate([5, 6, 7], { maxTokens: 1 }).summary;
  await model.close();
}

const every = Math.floor(times / 10);
const seen: Held[] = [];
const started = performance.now();
for (let i = 1; i <= times; i++) {
  await once();
  if (i % every > 0) continue;
  const now = held();
  seen.push(now);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${i} loads, ${seconds} s: ${JSON.stringify(now)}`);
}

const most = (part: readonly Held[], name: keyof Held) => Math.max(...part.map((h) => h[name]));
const half = seen.length >> 1;
const grown = (Object.keys(slack) as (keyof Held)[]).filter(
  (name) => most(seen.slice(half), name) > most(seen.slice(1, half), name) + slack[name],
);
if (grown.length > 0) {
  console.error(`Grew from the first half to the second: ${grown.join(', ')}`);
  process.exitCode = 1;
}
