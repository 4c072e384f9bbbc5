/** `sampan start`, which `npm start` runs: the built-in model answers, and without words it serves. */
import { createServer } from 'node:http';
import { expect, test } from 'vitest';

import { runSampan, startSampan } from './run-process.ts';

const banner =
  /^Sampan \d+\.\d+\.\d+ runs .*: deepseek2, \S+ M parameters, .*\non device (native|wasm|reference) with/;
const listening = /^(http:\/\/127\.0\.0\.1:\d+) has a page/m;

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

test('without words and terminal answers one question, serves, and ends with SIGTERM', async () => {
  const start = startSampan(['start', '--temperature', '0'], { keepsStdinOpen: true });
  const said = await start.says(listening);
  expect(said).toMatch(banner);
  expect(said.match(/^> .+/gm)).toEqual(['> What is 37 * 48?']);
  expect(said).toContain('1776');
  const url = listening.exec(said)?.[1] as string;
  const reply = await fetch(`${url}/v1/models`);
  expect(await reply.json()).toMatchObject({ data: [{ id: 'nano' }] });
  start.kill('SIGTERM');
  expect(await start.finished).toMatchObject({ code: 0, signal: null, stderr: '' });
});

test('where its port is taken it says so and takes the next free one; SIGINT ends it', async () => {
  const other = createServer().listen(8080, '127.0.0.1');
  other.on('error', () => {}); // somebody has it already: as good
  try {
    const start = startSampan(['start', '--seed', '1']);
    const said = await start.says(listening);
    expect(said).toContain('Port 8080 is taken');
    expect(listening.exec(said)?.[1]).not.toContain(':8080');
    start.kill('SIGINT');
    expect((await start.finished).code).toBe(0);
  } finally {
    other.close();
  }
});

test('--json keeps stdout for events', async () => {
  const start = startSampan(['start', '--json', '--seed', '1']);
  const said = await start.says(/"listening".*\n/);
  start.kill('SIGTERM');
  const events = said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events[0].type).toBe('start');
  expect(events.slice(-2).map(({ type }) => type)).toEqual(['done', 'listening']);
  expect((await start.finished).code).toBe(0);
});
