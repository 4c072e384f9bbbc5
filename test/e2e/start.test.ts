/** `sampan start`, which `npm start` runs: the built-in model answers, whoever asks or nobody. */
import { expect, test } from 'vitest';
import { runSampan } from './run-process.ts';

const banner =
  /^Sampan \d+\.\d+\.\d+ runs .*: deepseek2, \S+ M parameters, .*\non device (native|wasm|reference) with/;

test('answers the words: what it runs on, thinking, answer and figures, all on stdout', async () => {
  const words = ['start', 'What', 'is', '12', '+', '30?', '--temperature', '0'];
  const { code, stdout, stderr } = await runSampan(words);
  expect(stdout).toMatch(banner);
  const lines = stdout.trimEnd().split('\n');
  const between = lines.slice(3, -1); // the banner and its empty line before, the figures after
  const thinking = between.filter((line) => line.startsWith('| '));
  expect(thinking.length).toBeGreaterThan(0);
  expect(between.slice(thinking.length).join('\n')).toContain('42');
  expect(lines.at(-1)).toMatch(
    / tokens \(\d+ thinking\) · TTFT .* · (native|wasm|reference), \d+ threads?$/,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('without words and terminal answers three questions, also when stdin stays open', async () => {
  const { code, stdout } = await runSampan(['start', '--seed', '1'], { keepsStdinOpen: true });
  expect(stdout).toMatch(banner);
  expect(stdout.match(/^> .+/gm)).toHaveLength(3);
  expect(stdout.match(/TTFT/g)).toHaveLength(3);
  expect(code).toBe(0);
});

test('--json keeps stdout for events', async () => {
  const { stdout } = await runSampan(['start', 'What is 12 + 30?', '--json', '--seed', '1']);
  const types = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).type);
  expect(types[0]).toBe('start');
  expect(types.at(-1)).toBe('done');
});
