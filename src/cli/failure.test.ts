import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { error } from '../base/errors.ts';
import { exitCodeOf, explain } from './failure.ts';

const notFound = error('file_not_found', { path: 'x.gguf' });
const damaged = error('file_damaged', { file: 'x', field: 'y', found: 1, expected: 2 });
const aborted = new DOMException('This operation was aborted', 'AbortError');

test.each([
  [0, new CommanderError(0, 'commander.helpDisplayed', '')],
  [1, damaged],
  [1, new TypeError('a bug')],
  [2, new CommanderError(1, 'commander.unknownCommand', '')],
  [2, notFound],
  [130, aborted],
])('exit code %i for %s', (code, cause) => {
  expect(exitCodeOf(cause)).toBe(code);
});

test('a user’s situation is a message and what to do about it', () => {
  expect(explain(notFound)).toBe(`error: No file at x.gguf.\n  ${notFound.remedy}\n`);
});

test('a bug shows its stack and asks for a report', () => {
  const text = explain(new TypeError('a bug'));
  expect(text).toMatch(/^TypeError: a bug\n\s+at /);
  expect(text).toContain('Please report it');
});

test('an interrupt and what commander said already need no words', () => {
  expect(explain(aborted) + explain(new CommanderError(1, 'x', 'said'))).toBe('');
});
