/** pull, list and rm as a user meets them: words in, text and exit code out. */
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeTerminal } from '../../../test/fakes/fake-terminal.ts';
import {
  dropAfter,
  MisbehavingServer,
  noise,
  sha256,
} from '../../../test/hub/misbehaving-server.ts';
import { runCli } from '../program.ts';

const repo = 'unsloth/DeepSeek-R1-Distill-Qwen-1.5B-GGUF';
const [q4, q8] = [noise(300_000, 4), noise(500_000, 8)];
let server: MisbehavingServer;

beforeEach(async () => {
  server = await MisbehavingServer.start();
  server.add(repo, { 'm-Q4_K_M.gguf': q4, 'm-Q8_0.gguf': q8 });
  const environment = {
    HF_HOME: `${server.folder}/hf`,
    HF_ENDPOINT: server.url,
    MODELSCOPE_ENDPOINT: server.url,
    HF_HUB_CACHE: undefined,
    HUGGINGFACE_HUB_CACHE: undefined,
    HF_HUB_OFFLINE: undefined,
    TRANSFORMERS_OFFLINE: undefined,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server[Symbol.asyncDispose]();
});

async function sampan(words: string, terminal = new FakeTerminal()) {
  const exitCode = await runCli(words.split(' '), terminal);
  return { exitCode, ...terminal.written, shown: terminal.shown };
}

test('pull, list, rm: the life of a model', async () => {
  const pulled = await sampan('pull deepseek-r1:1.5b');
  expect(pulled.exitCode).toBe(0);
  expect(pulled.stdout).toMatch(/^deepseek-r1:1\.5b \(Q4_K_M, 293 KB\) is at .*m-Q4_K_M\.gguf\n$/);
  expect(pulled.stderr).toContain('100 %');
  expect(pulled.stderr.endsWith('\x1b[K')).toBe(true); // the bar is gone

  await sampan('pull deepseek-r1:1.5b-q8_0 --hub modelscope');
  const listed = await sampan('list');
  expect(listed.shown).toContain(`${repo}:Q4_K_M`);
  expect(listed.shown).toMatch(/:Q8_0 .* 488 KB .* modelscope/);

  const removed = await sampan(`rm deepseek-r1:1.5b ${server.url}/x.gguf`);
  expect(removed.stdout).toMatch(/^deepseek-r1:1\.5b removed, .* KB freed\n$/);
  expect(removed.exitCode).toBe(2); // the URL was never pulled
  expect(removed.stderr).toContain('is not on this machine');
  expect((await sampan('list')).stdout).toContain('No models yet');
});

test('--json prints data and nothing else', async () => {
  const pulled = JSON.parse((await sampan('pull deepseek-r1:1.5b --json')).stdout);
  expect(pulled.source).toMatchObject({ kind: 'huggingface', repo, quantisation: 'Q4_K_M' });
  expect(readFileSync(pulled.path).equals(q4)).toBe(true);
  const listed = JSON.parse((await sampan('list --json')).stdout);
  expect(listed).toMatchObject([
    { name: `${repo}:Q4_K_M`, shortName: 'deepseek-r1:1.5b', sizeBytes: q4.length },
  ]);
  const removed = JSON.parse((await sampan('rm deepseek-r1:1.5b --json')).stdout);
  expect(removed).toMatchObject([{ name: 'deepseek-r1:1.5b', removed: [expect.any(String)] }]);
  expect(existsSync(pulled.path)).toBe(false);
  expect(JSON.parse((await sampan('list --names --json')).stdout).length).toBeGreaterThan(10);
});

test('where nobody watches there is no bar', async () => {
  const pulled = await sampan('pull deepseek-r1:1.5b', new FakeTerminal({ isTTY: false }));
  expect(pulled.stderr).toBe('');
});

test.each([
  ['pull deepseek-r1:15b', 2, 'deepseek-r1:1.5b'],
  ['pull ./nothing.gguf', 2, 'No file at'],
  ['pull nano', 2, 'found nano'],
  ['pull deepseek-r1:1.5b:Q2_K', 2, 'it has Q4_K_M, Q8_0'],
  ['pull no/such', 2, 'Hugging Face has nothing at'],
  ['pull deepseek-r1:1.5b --hub github', 2, 'Allowed choices'],
  ['pull', 2, 'missing required argument'],
  ['rm deepseek-v3', 2, 'is not on this machine'],
  ['rm ./mine.gguf', 2, 'No file at'],
  ['rm nano', 2, 'a model that was pulled'],
])('%s exits with %i and says what is wrong, without a stack', async (words, exitCode, text) => {
  const result = await sampan(words);
  expect(result.exitCode).toBe(exitCode);
  expect(result.shown).toContain(text);
  expect(result.shown).not.toMatch(/\n\s+at /);
});

test('damaged bytes exit with 1 and say which file and digest', async () => {
  server.misdeed = (_, response) => {
    response.writeHead(200, { 'content-length': q4.length }).end(Buffer.alloc(q4.length));
    return true;
  };
  const result = await sampan('pull deepseek-r1:1.5b');
  expect(result.exitCode).toBe(1);
  expect(result.shown).toContain(`expected ${sha256(q4)}`);
});

test('Ctrl-C exits with 130, says that it can go on, and it can', async () => {
  const terminal = new FakeTerminal();
  server.misdeed = (_, response, sent) => {
    terminal.interrupt();
    setTimeout(() => dropAfter(response, sent, 1000), 20);
    return true;
  };
  const stopped = await sampan('pull deepseek-r1:1.5b', terminal);
  expect(stopped.exitCode).toBe(130);
  expect(stopped.shown).toContain('the same command goes on');
  server.misdeed = undefined;
  expect((await sampan('pull deepseek-r1:1.5b')).exitCode).toBe(0);
});

test('offline is respected', async () => {
  vi.stubEnv('HF_HUB_OFFLINE', '1');
  const result = await sampan('pull deepseek-r1:1.5b');
  expect(result.shown).toContain('HF_HUB_OFFLINE');
  expect(server.seen).toEqual([]);
});

test.each([['pull'], ['list'], ['rm']])('%s --help has examples', async (command) => {
  const result = await sampan(`${command} --help`);
  expect(result.exitCode).toBe(0);
  expect(result.stdout).toContain(`Examples:\n  sampan ${command}`);
});
