/**
 * Models come and go: loading and closing many times leaves no code, no memory and no threads
 * behind, and two threads of JavaScript that load at once do not get in each other's way.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { load } from '../../src/index.ts';
import { compiledKinds } from './compiled-kinds.ts';

const hasProc = existsSync('/proc/self/maps');

/** What the system says of this process; where it says nothing, nothing can be seen. */
function held() {
  globalThis.gc?.();
  const { rss, arrayBuffers } = process.memoryUsage();
  if (!hasProc) return { rss, arrayBuffers, maps: 0, threads: 0, files: 0 };
  return {
    ...{ rss, arrayBuffers, maps: readFileSync('/proc/self/maps', 'utf8').split('\n').length },
    threads: readdirSync('/proc/self/task').length,
    files: readdirSync('/proc/self/fd').length,
  };
}

const times = { native: 40, wasm: 10 } as const;

test.each(compiledKinds)('%s: loading and closing many times leaves nothing', async (device) => {
  const once = async () => {
    const model = await load('nano', { device, contextTokens: 64, maxSequences: 1 });
    await model.generate([5, 6, 7], { maxTokens: 1 }).summary;
    await model.close();
  };
  for (let i = 0; i < times[device] / 2; i++) await once(); // V8's own heap is large by then
  const before = held();
  for (let i = 0; i < times[device]; i++) await once();
  const after = held();
  expect(after.files).toBeLessThanOrEqual(before.files);
  expect(after.threads).toBeLessThanOrEqual(before.threads);
  // A load maps some fifty pieces of code and as many of memory, 20 MB together; the heaps of V8
  // take some hundred maps at once when they grow. `node bench/loads.ts` does it 1,000 times.
  expect(after.maps - before.maps).toBeLessThan(500);
  expect(after.rss - before.rss).toBeLessThan(150e6);
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(20e6);
});

interface Golden {
  readonly prompt: readonly number[];
  readonly reply: readonly number[];
}
const goldens: readonly Golden[] = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../golden/nano/replies.json'), 'utf8'),
);

test.each(compiledKinds)('%s in two workers at once gives the right answers', async (device) => {
  const chats = goldens.filter(({ reply }) => reply.length < 60);
  const workers = [0, 1].map(async (half) => {
    const mine = chats.filter((_, i) => i % 2 === half);
    const workerData = { device, prompts: mine.map(({ prompt }) => prompt), maxTokens: 60 };
    const worker = new Worker(new URL('./reply-worker.ts', import.meta.url), { workerData });
    const replies = await new Promise((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
    });
    await worker.terminate();
    expect(replies).toEqual(mine.map(({ reply }) => reply.slice(0, -1)));
    return mine.length;
  });
  expect((await Promise.all(workers)).every((count) => count > 3)).toBe(true);
});
