/** Every example runs as it stands, as a program of its own, and says what its first line promises. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root, runProcess } from './run-process.ts';

/** What each example must print; the built-in model is greedy in them, so this does not vary. */
const promised: Record<string, RegExp> = {
  'abort.ts': /\(stopped\)\n$/,
  'chat.ts': /1776/,
  'concurrent.ts': /^.*42.*\n.*9\.9.*\n.*3.*\n$/,
  'conversation.ts': /387.*\n.*349/,
  'errors.ts': /^file_not_found: No file at .*no-such-model\.gguf/,
  'generate.ts': /\n\d+ tokens, finish reason: (stop|length)\n$/,
  'plan.ts': /^(\d+ × \S.*, \S+, \S+: \d+\.\d\d USD a million tokens\n){3}$/,
  'think-budget.ts': /^8 allowed, \d+ used: .*\n512 allowed, \d+ used: .*1776/,
  'tokenize.ts': /^\[[\d,\s]+\]\n你好, sampan\n\d+ 1\n$/,
  'tools.ts': /^add\(\d, \d\) = \d+\n$/,
};

test('every example has its promise', () => {
  expect(readdirSync(path.join(root, 'examples')).sort()).toEqual(Object.keys(promised).sort());
});

test.each(Object.entries(promised))('%s', async (file, promise) => {
  // The condition lets `sampan` mean src/ here; for users it means the published JavaScript.
  const words = ['--conditions=sampan-source', path.join('examples', file)];
  const { code, stdout, stderr } = await runProcess(process.execPath, words);
  expect(stdout).toMatch(promise);
  if (file !== 'chat.ts') expect(stderr).toBe('');
  expect(code, stderr).toBe(0);
});
