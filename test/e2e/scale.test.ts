/** `sampan scale` as a process, on a few of nano's problems: what it says, writes and refuses. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runSampan } from './run-process.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sampan-scale-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const small = ['--count', '7', '--budgets', '0,unbounded', '--samples', '1,3', '--json'];

test('thinking is worth its tokens, and the files hold what was said', async () => {
  const files = [path.join(folder, 'curve.csv'), path.join(folder, 'curve.svg')];
  const outputs = ['--csv', files[0]!, '--svg', files[1]!];
  const { code, stdout, stderr } = await runSampan(['scale', ...small, ...outputs]);
  expect(stderr).toBe('');
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({
    model: { name: 'nano' },
    problems: { count: 7 },
    settings: { temperature: 0.6, topP: 0.95, samples: [1, 3] },
  });
  const [none, , free, freeVoted] = report.points;
  expect(free.accuracy).toBeGreaterThan(none.accuracy + 0.4);
  expect(free.tokensPerProblem).toBeGreaterThan(2 * none.tokensPerProblem);
  expect(freeVoted.tokensPerProblem).toBeGreaterThan(2.5 * free.tokensPerProblem);
  expect(none.thinkingTokensPerProblem).toBe(0);
  expect(readFileSync(files[0]!, 'utf8').trimEnd().split('\n')).toHaveLength(5);
  expect(readFileSync(files[1]!, 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  expect(code).toBe(0);
});

test('a table and a curve for people, of problems from a file', async () => {
  const file = path.join(folder, 'own.jsonl');
  writeFileSync(file, '{"question": "What is 12 + 30?", "answer": "42"}\n');
  const words = ['--problems', file, '--count', '1', '--budgets', 'unbounded', '--samples', '1'];
  const { code, stdout } = await runSampan(['scale', 'nano', ...words, '--temperature', '0']);
  expect(stdout).toMatch(/^ +unbounded +1 +\d+\.\d +100\.0 % +20\.7 % to 100\.0 %$/m);
  expect(stdout).toMatch(/^100 % │a$/m);
  expect(code).toBe(0);
});

test.each([
  ['more problems than there are', ['--count', '501'], 'found 501, expected at most 500'],
  ['a model that brings none', ['deepseek-r1:1.5b'], 'only nano comes with its own'],
  ['a budget that is no number', ['--budgets', '1,much'], 'whole number of tokens, or unbounded'],
  ['votes without chance', ['--temperature', '0'], 'Option temperature: found 0'],
])('%s: the user’s mistake', async (_, words, said) => {
  const { code, stdout, stderr } = await runSampan(['scale', ...words]);
  expect(stderr).toContain(said);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});
