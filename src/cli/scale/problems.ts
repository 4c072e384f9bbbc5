/**
 * Questions with answers that a program can check, from a file of JSON lines. nano's own are held
 * out from its training (models/nano/recipe/tasks.py says how).
 * Refused: lines that are no problem, with the line's number; files that are no such file.
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { error } from '../../base/errors.ts';
import { normalAnswer } from '../../engine/normal-answer.ts';
import { evaluate } from './exact-arithmetic.ts';

export interface Problem {
  readonly question: string;
  readonly answer: string;
  readonly expect?: Expectation;
}

/** How an answer is right that may be said in several ways; without it, in normal form. */
type Expectation =
  /** The answer has one number: this one. */
  | { readonly value: number }
  /** Exactly these words. */
  | { readonly answer: string }
  /** An equation: an expression of exactly these numbers, and the target. */
  | { readonly numbers: readonly number[]; readonly target: number };

const maxBytes = 16 * 1024 * 1024;
const maxProblems = 10_000;
const maxChars = 20_000;

/** Beside the embedded model's weights. */
export function heldOutProblemsPath(): string {
  return path.resolve(import.meta.dirname, '../../../models/nano/evaluation/problems.jsonl');
}

export function readProblems(file: string): readonly Problem[] {
  const lines = textOf(file)
    .split('\n')
    .map((text, i) => ({ text: text.trim(), number: i + 1 }))
    .filter(({ text }) => text !== '');
  if (lines.length === 0 || lines.length > maxProblems) {
    throw wrong(file, 'lines', `${lines.length}`, `1 to ${maxProblems}`);
  }
  return lines.map(({ text, number }) => parseProblem(file, number, text));
}

/** Exact, by program. */
export function isRight({ answer: wanted, expect }: Problem, reply: string): boolean {
  const answer = reply.trim();
  if (expect === undefined) return normalAnswer(answer) === normalAnswer(wanted);
  if ('answer' in expect) return answer === expect.answer;
  if ('value' in expect) {
    const found = answer.match(/-?\d+/g) ?? [];
    return found.length === 1 && Number(found[0]) === expect.value;
  }
  const [left = '', right = '', ...more] = answer.split(' = ');
  const evaluated = evaluate(left);
  if (evaluated === undefined || more.length > 0) return false;
  const [numerator, denominator] = evaluated.value;
  const target = BigInt(expect.target);
  const isTarget = denominator === 1n && numerator === target && right === String(target);
  return isTarget && isSame(evaluated.used, expect.numbers);
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  const sorted = (list: readonly number[]) => list.toSorted((x, y) => x - y).join();
  return sorted(a) === sorted(b);
}

function parseProblem(file: string, line: number, text: string): Problem {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong(file, `line ${line}`, 'no JSON', 'a JSON object');
  }
  const { question, answer, expect } = { ...(value as Record<string, unknown>) };
  for (const [name, found] of Object.entries({ question, answer })) {
    const isText = typeof found === 'string' && found.trim() !== '' && found.length <= maxChars;
    if (!isText) throw wrong(file, `line ${line}, ${name}`, typeof found, 'a text');
  }
  if (expect !== undefined && !isExpectation(expect)) {
    throw wrong(
      file,
      `line ${line}, expect`,
      JSON.stringify(expect),
      'a value, an answer, or numbers and a target',
    );
  }
  return { question, answer, ...(expect !== undefined && { expect }) } as Problem;
}

function isExpectation(found: unknown): found is Expectation {
  const { value, answer, numbers, target } = { ...(found as Record<string, unknown>) };
  const areNumbers = Array.isArray(numbers) && numbers.every(Number.isSafeInteger);
  return (
    Number.isSafeInteger(value) ||
    typeof answer === 'string' ||
    (areNumbers && Number.isSafeInteger(target))
  );
}

function textOf(file: string): string {
  try {
    const { size } = statSync(file);
    if (size <= maxBytes) return readFileSync(file, 'utf8');
    throw wrong(file, 'size', `${size} bytes`, `at most ${maxBytes}`);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw error('file_not_found', { path: file }, cause);
    if (code === 'EACCES' || code === 'EISDIR') {
      throw error('file_unreadable', { path: file, reason: code }, cause);
    }
    throw cause;
  }
}

function wrong(file: string, field: string, found: string, expected: string) {
  return error('problems_invalid', { file, field, found, expected });
}
