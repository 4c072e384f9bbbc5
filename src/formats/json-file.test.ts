import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SampanError } from '../base/errors.ts';
import { parseJsonObject, readJsonFile } from './json-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sampan-json-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function failure(run: () => unknown): SampanError {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof SampanError) return thrown;
    throw thrown;
  }
  throw new Error('it was read');
}

test('an object is read, with a byte order mark and any depth up to 64', () => {
  const deep = `{"a":${'['.repeat(63)}${']'.repeat(63)}}`;
  const file = path.join(folder, 'deep.json');
  writeFileSync(file, `\ufeff${deep}`);
  expect(Object.keys(readJsonFile(file, 1000))).toEqual(['a']);
});

test('brackets, commas and quotes inside strings do not count', () => {
  const text = JSON.stringify({ 'k\\"[{,': `${'[{"\\'.repeat(100)}` });
  expect(Object.keys(parseJsonObject('x', text))).toEqual(['k\\"[{,']);
});

test.each([
  ['nesting of 65', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`, 'more than 64 levels'],
  ['a hundred thousand open brackets', '['.repeat(100_000), 'more than 64 levels'],
  ['four million values', `[${'0,'.repeat(4_000_001)}0]`, 'found more than 4000000'],
  ['a string without an end', '{"a', 'expected valid JSON'],
  ['a string that ends in a backslash', '{"a\\', 'expected valid JSON'],
  ['nothing', '', 'expected valid JSON'],
  ['an array', '[1, 2]', 'found [1,2], expected an object'],
  ['null', 'null', 'found null, expected an object'],
])('refuses %s', (_, text, message) => {
  const thrown = failure(() => parseJsonObject('config.json', text));
  expect(thrown.code).toBe('file_damaged');
  expect(thrown.message).toContain('config.json: JSON');
  expect(thrown.message).toContain(message);
});

test('refuses a file over its size, bytes that are not UTF-8, and no file', () => {
  const file = path.join(folder, 'large.json');
  writeFileSync(file, `{}${' '.repeat(99)}`);
  expect(failure(() => readJsonFile(file, 100)).message).toContain('found 101 bytes');
  writeFileSync(file, Uint8Array.of(0x7b, 0xff, 0x7d));
  expect(failure(() => readJsonFile(file, 100)).message).toContain('not UTF-8');
  const nowhere = path.join(folder, 'none.json');
  expect(failure(() => readJsonFile(nowhere, 100)).code).toBe('file_not_found');
});
