import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { heldOutProblemsPath, isRight, readProblems } from './problems.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sampan-problems-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(...lines: unknown[]): string {
  const file = path.join(folder, 'problems.jsonl');
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  writeFileSync(file, text.join('\n'));
  return file;
}

test('nano`s held-out problems: their own answers are right, those of the next are not', () => {
  const problems = readProblems(heldOutProblemsPath());
  expect(problems).toHaveLength(500);
  const wrong = problems.filter((problem) => !isRight(problem, problem.answer));
  expect(wrong).toEqual([]);
  const next = (i: number) => problems[(i + 1) % problems.length].answer;
  const lucky = problems.filter((problem, i) => isRight(problem, next(i)));
  expect(lucky.length).toBeLessThan(5);
});

test('a value: one number, anywhere in the answer', () => {
  const problem = { question: '?', answer: '', expect: { value: -7 } };
  for (const reply of ['-7', 'It is -7.', '\n\nKết quả là -7.']) {
    expect(isRight(problem, reply)).toBe(true);
  }
  for (const reply of ['7', '', 'no', '3-10 = -7', '-70']) {
    expect(isRight(problem, reply)).toBe(false);
  }
});

test('an equation: any that uses the numbers once and makes the target', () => {
  const problem = { question: '?', answer: '', expect: { numbers: [4, 5, 7], target: 2 } };
  for (const reply of ['4-(7-5) = 2', '4+5-7 = 2', ' 5-7+4 = 2\n']) {
    expect(isRight(problem, reply)).toBe(true);
  }
  const wrong = ['4-(7-5)', '4-2 = 2', '7-5+4 = 6', '7-5 = 2', '4+5-7 = 3', '(4+5-7)*1 = 2'];
  for (const reply of [...wrong, '4+5-7 = 2 = 2', '2 = 4+5-7', 'So 4+5-7 = 2']) {
    expect(isRight(problem, reply)).toBe(false);
  }
});

test('without an expectation answers are compared in normal form', () => {
  const [problem] = readProblems(fileOf({ question: 'How much?', answer: '1,024', more: 1 }));
  expect(isRight(problem!, 'So \\boxed{1024}')).toBe(true);
  expect(isRight(problem!, 'So \\boxed{1025}')).toBe(false);
});

test.each([
  ['no JSON', ['{"question": "a"'], 'line 1: found no JSON'],
  [
    'a line with no answer',
    [{ question: 'a', answer: 'b' }, '', { question: 'a' }],
    'line 3, answer',
  ],
  ['a number for an answer', [{ question: 'a', answer: 7 }], 'line 1, answer: found number'],
  ['an empty question', [{ question: ' ', answer: 'b' }], 'line 1, question'],
  ['no object', ['null'], 'line 1, question'],
  ['an unknown expectation', [{ question: 'a', answer: 'b', expect: { is: 1 } }], 'expect'],
  ['a null expectation', [{ question: 'a', answer: 'b', expect: null }], 'expect'],
  ['nothing', [''], 'lines: found 0'],
])('%s is refused with its line', (_, lines, said) => {
  const call = () => readProblems(fileOf(...lines));
  expect(call).toThrow(expect.objectContaining({ code: 'problems_invalid' }));
  expect(call).toThrow(said);
});

test('a file that is not there, and a folder', () => {
  const missing = () => readProblems(path.join(folder, 'none.jsonl'));
  expect(missing).toThrow(expect.objectContaining({ code: 'file_not_found' }));
  expect(() => readProblems(folder)).toThrow(expect.objectContaining({ code: 'file_unreadable' }));
});
