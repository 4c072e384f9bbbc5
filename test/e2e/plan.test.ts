/**
 * `sampan plan` and `sampan predict` as processes, with the planner as it is: the form of what they
 * say, and what they refuse. How right the figures are, the replay of published results shows.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runSampan } from './run-process.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sampan-plan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = ['--rate', '20', '--in', '2000', '--out', '800', '--ttft', '2s', '--tpot', '50ms'];

test('plan is a ranked table for people, with who cannot, what was assumed, and sources', async () => {
  const { code, stdout, stderr } = await runSampan(['plan', 'deepseek-r1', ...load]);
  expect(stderr).toBe('');
  const lines = stdout.split('\n');
  expect(lines[0]).toContain('deepseek-r1: 20 requests/s; 2000 tokens in, 800 out; TTFT within');
  expect(stdout).toMatch(/^ 1 {2}\S.* \d+ .* ms .* \d[\d.,]* \/ \d[\d.,]* /m);
  for (const head of ['Cannot', 'Assumed', 'Sources']) expect(lines).toContain(head);
  const long = lines.filter((line) => line.length > 100 && !/https?:|\S{60}/.test(line));
  expect(long).toEqual([]);
  expect(code).toBe(0);
});

test('plan --json and --csv are the same rows, and those who cannot', async () => {
  const json = await runSampan(['plan', 'deepseek-r1', ...load, '--region', 'cn', '--json']);
  const plan = JSON.parse(json.stdout);
  expect(plan.question).toMatchObject({ model: 'deepseek-r1', rate: 20, region: 'cn' });
  const costs = plan.rows.flatMap((row: { cost?: { perHour: number } }) => row.cost?.perHour ?? []);
  expect(costs.length).toBeGreaterThan(1);
  expect(costs).toEqual(costs.toSorted((a: number, b: number) => a - b));
  for (const { prediction } of plan.rows) {
    expect(prediction.ttftMs).toBeLessThanOrEqual(2000);
    expect(prediction.tpotMs).toBeLessThanOrEqual(50);
  }
  const csv = await runSampan(['plan', 'deepseek-r1', ...load, '--region', 'cn', '--csv']);
  const lines = csv.stdout.trimEnd().split('\r\n');
  expect(lines).toHaveLength(1 + plan.rows.length + plan.refused.length);
  expect(lines[1]).toContain(plan.rows[0].prediction.layout);
});

test('a price of one’s own counts', async () => {
  const words = ['plan', 'deepseek-r1', ...load, '--chips', 'h20', '--currency', 'CNY', '--json'];
  const [plan] = JSON.parse((await runSampan([...words, '--price', 'h20=CNY 4/h'])).stdout).rows;
  expect(plan.cost).toMatchObject({ currency: 'CNY', chipHour: 4, priceGrade: 'yours' });
  expect(plan.cost.perHour).toBeCloseTo(4 * plan.chips);
});

test('--chips with a number asks what they carry', async () => {
  const words = ['plan', 'deepseek-r1', '--chips', 'ascend-910b3:32', '--json'];
  const { rows } = JSON.parse((await runSampan(words)).stdout);
  expect(rows[0].chips).toBeLessThanOrEqual(32);
  expect(rows[0].capacity).toBeGreaterThan(0);
});

test('--compare puts chips side by side', async () => {
  const { stdout } = await runSampan(['plan', 'deepseek-r1', '--compare', 'h20,h100']);
  expect(stdout).toMatch(/^ +(h20 +h100|h100 +h20)$/m);
  expect(stdout).toMatch(/^TPOT +\d+ ms +\d+ ms$/m);
});

test('--html writes one page that needs nothing else, and leaves other files alone', async () => {
  const file = path.join(folder, 'plan.html');
  const words = ['plan', 'deepseek-r1', ...load, '--html'];
  const { code, stderr } = await runSampan([...words, file]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: `The report is at ${file}\n` });
  const page = readFileSync(file, 'utf8');
  expect(page).toMatch(/^<!doctype html>/i);
  expect(page).not.toMatch(/<(script|link|img)[^>]+(src|href)="http/);
  const notes = path.join(folder, 'notes.html');
  writeFileSync(notes, 'mine');
  const refused = await runSampan([...words, notes]);
  expect(refused.stderr).toContain('is no report of this command');
  expect(refused.code).toBe(1);
  expect(readFileSync(notes, 'utf8')).toBe('mine');
  await runSampan([...words, path.join(folder, 'none', 'plan.html')]);
  expect(existsSync(path.join(folder, 'none'))).toBe(false);
});

test('predict is one object with --json, a block for people without', async () => {
  const words = ['predict', '--model', 'deepseek-r1', '--chips', 'h20:16', '--layout', 'tp16'];
  const more = ['--precision', 'fp8', '--engine', 'sglang', '--in', '4096', '--out', '1536'];
  const all = [...words, ...more, '--concurrency', '256'];
  const { code, stdout, stderr } = await runSampan([...all, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ model: 'deepseek-r1', chip: 'h20', chips: 16, engine: 'sglang', precision: 'fp8' },
    ...{ layout: 'tp16', ttftMs: expect.any(Number), tpotMs: expect.any(Number) },
    inputTokensPerSecondPerChip: expect.any(Number),
    outputTokensPerSecondPerChip: expect.any(Number),
    low: { tpotMs: expect.any(Number) },
    high: { tpotMs: expect.any(Number) },
    limit: expect.any(String),
    grade: expect.stringMatching(/^[ABC]$/),
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const shown = await runSampan(all);
  expect(shown.stdout).toMatch(/^serving {3}deepseek-r1 on 16 × h20: sglang, fp8, tp16$/m);
  expect(shown.stdout).toMatch(/^decode {4}[█▓▒░·]{50}$/m);
});

test('predict knows prefill and decode apart', async () => {
  const layout = 'prefill:ep32x2,decode:ep64';
  const words = ['predict', '--model', 'deepseek-v3', '--chips', 'h100:128', '--layout', layout];
  const { stdout } = await runSampan([...words, '--concurrency', '4000', '--json']);
  expect(JSON.parse(stdout).layout).toMatch(/^prefill:.*ep32x2,decode:.*ep64$/);
});

test('plan --here speaks of this machine: models that fit, and why others do not', async () => {
  const { code, stdout } = await runSampan(['plan', '--here', '--in', '100', '--json']);
  const { machine, limits, rows, refused, inTokens } = JSON.parse(stdout);
  expect(machine.bandwidthGbs).toMatchObject({ value: limits.readGBs, grade: 'A' });
  expect(inTokens).toBe(100);
  const [small] = rows;
  expect(small).toMatchObject({ model: 'r1-distill-qwen-1.5b', precision: 'q4_k_m' });
  const { value, low, high } = small.decodeTokensPerSecond;
  expect(low).toBeLessThan(value);
  expect(value).toBeLessThan(high);
  // A token cannot come faster than the weights can be read.
  const { weightBytes } = small.prediction.memory;
  expect(value * weightBytes * 0.7).toBeLessThan(limits.readGBs * 1e9);
  const models = refused.flatMap(({ models }: { models: string[] }) => models);
  expect(models).toContain('deepseek-v3');
  expect(models).toContain('deepseek-v4-pro');
  expect(code).toBe(0);
});

test.each([
  [['plan', 'deepseek-r1', '--tpot', 'fast'], 'It must be a time above 0'],
  [['plan', 'deepseek-r1', '--chips', 'h20:0'], 'The number of h20 must be'],
  [['plan', 'deepsek-r1'], 'Nearest: deepseek-r1'],
  [['plan', 'deepseek-r1', '--chips', 'h21'], 'Near it: h20'],
  [['plan', 'deepseek-r1', '--price', 'h21=4/h'], 'Near it: h20'],
  [['plan'], 'a model of the DeepSeek family'],
  [['predict', '--model', 'r2', '--chips', 'h20:16'], 'The planner does not know the model r2'],
  [['predict', '--model', 'deepseek-r1', '--chips', 'h2:16'], 'Near it: h20'],
  [['predict', '--model', 'deepseek-r1', '--chips', 'h20:16', '--engine', 'x'], 'Near it:'],
  [['predict', '--model', 'deepseek-r1', '--chips', 'h20:16', '--layout', 'x9'], 'Layout x9'],
  [['predict', '--model', 'deepseek-r1', '--chips', 'h20:9', '--layout', 'tp8'], 'found 9'],
])('%j is the user’s mistake: exit code 2, no stack', async (words, said) => {
  const { code, stdout, stderr } = await runSampan(words);
  expect(stderr).toContain(said);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

test('what a chip cannot do is refused, with the nearest that it can', async () => {
  const words = ['predict', '--model', 'deepseek-r1', '--chips', 'ascend-910b3:16'];
  const { code, stderr } = await runSampan([...words, '--precision', 'fp8']);
  expect(stderr).toMatch(/^error: .*910B3.*FP8/);
  expect(stderr).toContain('int8');
  expect(code).toBe(1);
});
