/** `sampan bench` as a process: the shape of what it says. No time is asserted. */
import { expect, test } from 'vitest';
import { runSampan } from './run-process.ts';

const small = ['--prompt', '6', '--reply', '3', '--rounds', '2'];

test('bench --json is one object: numbers above zero that fit each other', async () => {
  const words = ['bench', 'nano', ...small, '--concurrency', '2', '--context', '5', '--json'];
  const { code, stdout, stderr } = await runSampan(words);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({
    model: { name: 'nano', architecture: 'deepseek2' },
    settings: { promptTokens: 6, replyTokens: 3, concurrency: 2, contextTokens: 5, rounds: 2 },
    device: { kind: expect.any(String), threads: expect.any(Number) },
  });
  const { load, prefill, decode, rounds } = report;
  expect(rounds).toHaveLength(2);
  expect(load.firstTokenMs).toBeGreaterThan(load.readyMs);
  expect(load.readyMs).toBeGreaterThan(0);
  for (const value of [...Object.values(prefill), ...Object.values(decode)]) {
    expect(value).toBeGreaterThan(0);
  }
  const { readGBs, weightBytesPerStep, kvBytesPerStep, tokensPerSecond } = decode;
  const bytes = (tokensPerSecond / 2) * (weightBytesPerStep + kvBytesPerStep);
  expect(readGBs).toBeCloseTo(bytes / 1e9);
  expect(report.peakMemoryBytes).toBeGreaterThan(report.model.memory.weightBytes);
  expect(stderr).toBe(report.warnings.map((text: string) => `warning: ${text}\n`).join(''));
  expect(code).toBe(0);
});

test('bench is a table for people, on the device and threads asked for', async () => {
  const words = ['bench', 'nano', ...small, '--device', 'reference'];
  const { code, stdout } = await runSampan(words);
  expect(stdout).toMatch(/^device {3}reference, 1 thread$/m);
  expect(stdout).toMatch(/^prefill {2}\S+ tokens\/s, TTFT \S+ s: \S+ GMAC\/s/m);
  expect(stdout).toMatch(/^decode {3}\S+ tokens\/s, TPOT \S+ ms: \S+ GB\/s/m);
  expect(stdout).toMatch(/^memory {3}\S+ [MG]B at its peak$/m);
  expect(code).toBe(0);
});

test('bench --check-plan holds the planner against it', async () => {
  const words = ['bench', 'nano', ...small, '--check-plan', '--json'];
  const { code, stdout } = await runSampan(words);
  const { plan, prefill, decode, limits, device } = JSON.parse(stdout);
  expect(code).toBe(0);
  if (limits?.kind !== device.kind) {
    expect(plan.refused).toContain('it ran on');
    return;
  }
  expect(plan.compared).toMatchObject([
    { name: 'prefill', measured: prefill.tokensPerSecond },
    { name: 'TTFT', measured: prefill.ttftMs },
    { name: 'decode', measured: decode.tokensPerSecond },
  ]);
  for (const { predicted, low, high, measured, error } of plan.compared) {
    expect(low).toBeLessThan(predicted);
    expect(predicted).toBeLessThan(high);
    expect(error).toBeCloseTo(predicted / measured - 1);
  }
});

test.each([
  ['no tokens', ['--prompt', '0'], 'It must be a whole number, 1 or more'],
  ['a reply of one token', ['--reply', '1'], 'Option reply: found 1, expected 2 or more'],
  ['more than the model’s context', ['--context', '5000'], 'found 5064 tokens together'],
])('%s is the user’s mistake', async (_, words, said) => {
  const { code, stdout, stderr } = await runSampan(['bench', 'nano', ...words]);
  expect(stderr).toContain(said);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});
