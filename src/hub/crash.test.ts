/** Processes that are killed, and processes side by side: real ones. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  dropAfter,
  MisbehavingServer,
  noise,
  partBytes,
  sha256,
} from '../../test/hub/misbehaving-server.ts';

const repo = 'unsloth/Tiny-GGUF';
const bytes = noise(2_000_000);
let server: MisbehavingServer;

beforeEach(async () => {
  server = await MisbehavingServer.start();
  server.add(repo, { 'Tiny-Q4_K_M.gguf': bytes });
});
afterEach(() => server[Symbol.asyncDispose]());

/** A pull in a process of its own. */
function pullProcess() {
  const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const script = `
    import { hubSettings } from ${module('./settings.ts')};
    import { pullModel } from ${module('./pull.ts')};
    const name = { kind: 'repo', repo: '${repo}', quantisation: undefined };
    const patience = { maxFailures: 6, backoffMs: 2, idleMs: 2000 };
    const found = await pullModel(name, hubSettings(), { patience, partBytes: ${partBytes} });
    console.log(found.path);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: {
      PATH: process.env.PATH,
      HF_HOME: path.join(server.folder, 'hf'),
      HF_ENDPOINT: server.url,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (piece) => {
    output += piece;
  });
  child.stderr.on('data', (piece) => {
    errors += piece;
  });
  const done = new Promise<{ path: string; errors: string }>((resolve) =>
    child.on('exit', () => resolve({ path: output.trim(), errors })),
  );
  return { child, done };
}

const blobs = () => path.join(server.folder, 'hf/hub/models--unsloth--Tiny-GGUF/blobs');

test('a pull that is killed leaves nothing that looks whole, and the next completes it', async () => {
  let isSlow = true;
  server.misdeed = (_, response, sent, count) => {
    if (!isSlow) return false;
    setTimeout(() => dropAfter(response, sent, partBytes), count * 20);
    return true;
  };
  const first = pullProcess();
  const notes = path.join(blobs(), `${sha256(bytes)}.sampan-ranges.json`);
  for (let i = 0; i < 500 && !existsSync(notes); i++) await sleep(20); // saved every two seconds
  first.child.kill('SIGKILL');
  await first.done;
  expect(existsSync(path.join(blobs(), '../snapshots'))).toBe(false);
  expect(readdirSync(blobs())).not.toContain(sha256(bytes));

  isSlow = false;
  server.bytesServed = 0;
  const second = await pullProcess().done;
  expect(second.errors).toBe('');
  expect(readFileSync(second.path).equals(bytes)).toBe(true);
  expect(server.bytesServed).toBeLessThan(bytes.length);
  expect(readdirSync(blobs())).toEqual([sha256(bytes)]);
});

test('three processes that pull one file at once fetch it once', async () => {
  const all = await Promise.all([1, 2, 3].map(() => pullProcess().done));
  for (const { path: found, errors } of all) {
    expect(errors).toBe('');
    expect(readFileSync(found).equals(bytes)).toBe(true);
  }
  expect(server.bytesServed).toBe(bytes.length);
  expect(readdirSync(blobs())).toEqual([sha256(bytes)]);
});
