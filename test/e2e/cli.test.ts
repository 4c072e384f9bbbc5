/**
 * The command line as a process of its own: help, exit codes, streams, signals. The model is a
 * tiny one with random weights, so its words mean nothing and its mechanics everything.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { root, runSampan } from './run-process.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sampan-cli-'));
/** Its template opens the thinking, as DeepSeek-R1's does. */
const tinyModel = path.join(root, 'test', 'golden', 'deepseek-v3');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
/** Nothing of this machine's own caches may help. */
const emptyHome = { HOME: folder, HF_HOME: path.join(folder, 'hf'), HF_HUB_OFFLINE: '1' };

const verbs = createProgram().commands.map((command) => command.name());

test.each(verbs)('sampan %s --help says what it does and gives an example', async (verb) => {
  const { code, stdout, stderr } = await runSampan([verb, '--help']);
  expect(stdout).toMatch(/^Usage: sampan /);
  expect(stdout).toMatch(new RegExp(`^Examples:\n  .*sampan ${verb}`, 'm'));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('--version is the version of package.json', async () => {
  const { code, stdout } = await runSampan(['--version']);
  expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  expect(code).toBe(0);
});

test('an unknown command names the nearest one, and is the user’s mistake', async () => {
  const { code, stderr } = await runSampan(['shwo', 'nano']);
  expect(stderr).toContain("unknown command 'shwo'");
  expect(stderr).toContain('show');
  expect(code).toBe(2);
});

test.each([
  ['an unknown option', ['doctor', '--jsn'], 'unknown option'],
  ['a missing argument', ['show'], "missing required argument 'model'"],
  ['an option that is no number', ['run', tinyModel, 'hi', '--seed', 'x'], 'It must be a number'],
  ['half a thread', ['run', tinyModel, 'hi', '--threads', '0.5'], 'It must be a whole number'],
  ['a device that there is not', ['run', tinyModel, 'hi', '--device', 'x'], 'Allowed choices are'],
  ['too long a context', ['run', tinyModel, 'hi', '--context', '257'], 'from 2 to 256'],
  ['an option out of range', ['run', tinyModel, 'hi', '--top-p', '2'], 'topP'],
  ['a file that is not there', ['run', './nowhere.gguf', 'hi'], 'No file at ./nowhere.gguf'],
  ['a name of no form', ['show', 'no such model'], 'error: '],
])('%s is the user’s mistake: exit code 2, no stack', async (_, words, said) => {
  const { code, stderr, stdout } = await runSampan(words, { env: emptyHome });
  expect(stderr).toContain(said);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

test('a damaged file is a failure: what was found, what to do, no stack', async () => {
  const file = path.join(folder, 'damaged.gguf');
  writeFileSync(file, Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(200, 0xff)]));
  for (const words of [
    ['show', file],
    ['run', file, 'hi'],
  ]) {
    const { code, stderr, stdout } = await runSampan(words);
    expect(stderr).toMatch(/^error: .*damaged\.gguf.*found/);
    expect(stderr).toMatch(/\n {2}\S/);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  }
});

test('doctor --json is one object about this machine', async () => {
  const { code, stdout } = await runSampan(['doctor', '--json']);
  const { machine, devices, plan } = JSON.parse(stdout);
  expect(machine.usableCores).toBeGreaterThan(0);
  expect(machine.usableMemoryBytes).toBeGreaterThan(1e8);
  expect(machine.node).toBe(process.versions.node);
  expect(devices).toContainEqual(expect.objectContaining({ kind: 'reference', canBeUsed: true }));
  for (const { canBeUsed, note, threads } of devices) {
    expect(note).not.toBe('');
    if (canBeUsed) expect(threads).toBeGreaterThan(0);
  }
  const compiled = devices.find(
    (device: { kind: string; canBeUsed: boolean }) =>
      device.canBeUsed && device.kind !== 'reference',
  );
  if (compiled) {
    const { kind, readGBs, int8GmacS } = compiled.limits;
    expect(kind).toBe(compiled.kind);
    expect(Math.min(readGBs, int8GmacS)).toBeGreaterThan(0);
    const compared = plan.compared.map(({ name }: { name: string }) => name);
    expect(compared).toEqual(['prefill', 'TTFT', 'decode']);
  }
  expect(code).toBe(0);
});

test('--device, --threads and --context reach the model; the figures name the device', async () => {
  const words = ['run', tinyModel, 'hello', '--context', '40', '--device', 'wasm'];
  const { code, stdout, stderr } = await runSampan([...words, '--threads', '1', '--json']);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  if (code !== 0) {
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'device_refused' });
    return;
  }
  const device = { kind: 'wasm', threads: 1, passedOver: [] };
  expect(events[0]).toMatchObject({ type: 'start', device, contextTokens: 40 });
  expect(events.at(-1)).toMatchObject({ type: 'done', device });
  expect(stderr).toBe('');
});

test('show --json has the shape of the model', async () => {
  const { code, stdout } = await runSampan(['show', tinyModel, '--json']);
  const report = JSON.parse(stdout);
  expect(report.config).toMatchObject({ architecture: 'deepseek2', vocabSize: expect.any(Number) });
  const { kvLoraRank, qkRopeHeadDim } = report.config.mla;
  const layers = report.config.numHiddenLayers;
  expect(report.memory.kvBytesPerToken).toBe(4 * layers * (kvLoraRank + qkRopeHeadDim));
  const counted = report.tensorTypes.reduce(
    (sum: number, type: { parameters: number }) => sum + type.parameters,
    0,
  );
  expect(counted).toBe(report.parameterCount);
  expect(report.specialTokens.bos).toBe('<｜begin▁of▁sentence｜>');
  expect(code).toBe(0);
});

test('words are answered: thinking and figures on stderr, plain where no terminal is', async () => {
  const words = ['run', tinyModel, 'hello', 'you', '--max-tokens', '24', '--seed', '1'];
  const { code, stdout, stderr } = await runSampan(words);
  expect(stderr).toMatch(/^\| /);
  expect(stderr).toMatch(
    /\n24 tokens \(24 thinking\) · TTFT \S+ s · prompt \S+ tokens\/s · reply \S+ tokens\/s · (native|wasm|reference), \d+ threads?/,
  );
  expect(stdout + stderr).not.toContain('\x1b');
  expect(code).toBe(0);
});

test('after the budget for thinking the answer comes, and it alone is on stdout', async () => {
  const words = ['run', tinyModel, 'hello', '--max-tokens', '60', '--seed', '2'];
  const shown = await runSampan([...words, '--think-tokens', '8']);
  const hidden = await runSampan([...words, '--think-tokens', '8', '--hide-thinking']);
  expect(shown.stdout).not.toBe('');
  expect(shown.stderr).toMatch(/^\| /);
  expect(hidden.stdout).toBe(shown.stdout);
  expect(hidden.stderr).toMatch(/^\d+ tokens/);
});

test('FORCE_COLOR dims the thinking, NO_COLOR does not', async () => {
  const words = ['run', tinyModel, 'hello', '--max-tokens', '16', '--seed', '1'];
  const forced = await runSampan(words, { env: { FORCE_COLOR: '1' } });
  expect(forced.stderr.startsWith('\x1b[2m')).toBe(true);
  const refused = await runSampan(words, { env: { NO_COLOR: '1' } });
  expect(refused.stderr + refused.stdout).not.toContain('\x1b');
});

test('--json is NDJSON: start, pieces, done; and the same seed gives the same reply', async () => {
  const device = ['--device', 'reference'];
  const words = [
    'run',
    tinyModel,
    'hello',
    '--json',
    '--max-tokens',
    '24',
    '--seed',
    '7',
    ...device,
  ];
  const [first, second] = [await runSampan(words), await runSampan(words)];
  const events = first.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({ type: 'start', device: { kind: 'reference' } });
  expect(events.at(-1)).toMatchObject({ type: 'done', completionTokens: 24, seed: 7 });
  const pieces = events.slice(1, -1);
  expect(pieces.length).toBeGreaterThan(0);
  for (const { type } of pieces) expect(type).toBe('reasoning');
  const withoutFigures = (text: string) => text.split('\n').slice(0, -2);
  expect(withoutFigures(second.stdout)).toEqual(withoutFigures(first.stdout));
  expect(first).toMatchObject({ code: 0, stderr: '' });
});

test('--json tells a failure as an event too', async () => {
  const { code, stdout } = await runSampan(['run', './nowhere.gguf', 'hi', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ type: 'error', code: 'file_not_found' });
  expect(code).toBe(2);
});

test('without words and terminal the question is read from stdin', async () => {
  const words = ['run', tinyModel, '--json', '--max-tokens', '4'];
  const short = await runSampan(words, { stdin: 'hello' });
  const long = await runSampan(words, { stdin: 'hello hello hello hello hello' });
  const promptTokens = (text: string) =>
    JSON.parse(text.trim().split('\n').at(-1) as string).promptTokens as number;
  expect(promptTokens(long.stdout)).toBeGreaterThan(promptTokens(short.stdout));
  expect(short.code).toBe(0);
});

test.each([
  ['stdin is closed', {}],
  ['stdin is empty', { stdin: '' }],
])('without words, and %s, three built-in questions are answered', async (_, options) => {
  const words = ['run', tinyModel, '--max-tokens', '4'];
  const { code, stdout, stderr } = await runSampan(words, options);
  expect(stdout.match(/^> /gm)).toHaveLength(3);
  expect(stderr.match(/TTFT/g)).toHaveLength(3);
  expect(code).toBe(0);
});

test('Ctrl-C ends an answer with exit code 130 and no stack', async () => {
  // With seed 5 the answer goes on to the end of the context: it cannot end before the signal.
  const { code, signal, stderr } = await runSampan(
    ['run', tinyModel, 'hello', '--seed', '5', '--json'],
    { interruptAfter: /"type":"(reasoning|text)"/ },
  );
  expect({ code, signal, stderr }).toEqual({ code: 130, signal: null, stderr: '' });
});

test('a reader that leaves early is no failure', async () => {
  const words = ['run', tinyModel, 'hello', '--seed', '2', '--json'];
  const { code, stderr } = await runSampan(words, { closeStdoutEarly: true });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
