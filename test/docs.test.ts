/**
 * Pages made from the code are as the code makes them now, and the table of errors is exactly what
 * the code throws: no row that nothing throws, no code without a row.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cliPage } from '../scripts/docs/cli-page.ts';
import { errorsPage } from '../scripts/docs/errors-page.ts';
import { errorTable } from '../src/base/errors-table.ts';

const root = path.resolve(import.meta.dirname, '..');
const read = (...names: string[]) => readFileSync(path.join(root, ...names), 'utf8');
const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .filter((file) => !file.endsWith('errors-table.ts'))
  .map((file) => withoutComments(read('src', file)));

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}

test('docs/errors.md is what `npm run docs` makes', () => {
  expect(read('docs', 'errors.md')).toBe(errorsPage());
});

test('docs/cli.md is what `npm run docs` makes', () => {
  expect(read('docs', 'cli.md')).toBe(cliPage());
});

test('each complaint of docs/complaints.md is held by a test that exists', () => {
  const page = read('docs', 'complaints.md');
  const rows = page
    .split('\n')
    .filter((line) => /^\| [^-]/.test(line) && !line.includes('held by'));
  const missing = rows.filter((row) => {
    const [, file, words] = /\| `([^`]+\.test\.ts)`: (.+) \|$/.exec(row) ?? [];
    return file === undefined || !read(...file.split('/')).includes(words as string);
  });
  expect(rows.length).toBeGreaterThan(25);
  expect(missing).toEqual([]);
});

test('every row of the table of errors is thrown somewhere', () => {
  const code = sources.join('\n');
  const unused = Object.keys(errorTable).filter((name) => !code.includes(`'${name}'`));
  expect(unused).toEqual([]);
});

test('every code that is thrown has a row', () => {
  const thrown = sources.flatMap((text) =>
    [...text.matchAll(/\berror\(\s*'(\w+)'/g)].map((found) => found[1] as string),
  );
  expect(thrown.length).toBeGreaterThan(0);
  expect(thrown.filter((name) => !Object.hasOwn(errorTable, name))).toEqual([]);
});

test('every field in braces of a message is given where the error is thrown in one literal', () => {
  const wrong: string[] = [];
  for (const text of sources) {
    for (const [, code, given] of text.matchAll(/\berror\(\s*'(\w+)',\s*\{([^{}]*)\}/g)) {
      const row = errorTable[code as keyof typeof errorTable];
      if (row === undefined || (given as string).includes('...')) continue;
      const names = [...(given as string).matchAll(/(?:^|,)\s*(\w+)/g)].map((found) => found[1]);
      const wanted = [...`${row.message} ${row.remedy}`.matchAll(/\{(\w+)\}/g)].map((f) => f[1]);
      const missing = wanted.filter((name) => !names.includes(name));
      if (missing.length > 0) wrong.push(`${code}: ${missing.join(', ')}`);
    }
  }
  expect(wrong).toEqual([]);
});
