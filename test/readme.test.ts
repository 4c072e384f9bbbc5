/** The README says what is so: its code is the examples', its links lead somewhere. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const read = (name: string) => readFileSync(path.join(root, name), 'utf8');

test('every TypeScript block of the README is an example, to the letter', () => {
  const readme = read('README.md');
  const blocks = [...readme.matchAll(/(?:<!-- (\S+) -->\n)?```ts\n([\s\S]*?)```/g)];
  expect(blocks.length).toBeGreaterThanOrEqual(4);
  for (const [, file, code] of blocks) {
    expect(file, `a block without its example's name:\n${code}`).toMatch(/^examples\/.+\.ts$/);
    expect(code).toBe(read(file as string));
  }
});

test('links to files of the repository lead somewhere', () => {
  for (const page of ['README.md', 'CONTRIBUTING.md']) {
    const links = [...read(page).matchAll(/\]\(([^):#]+)\)/g)].map((link) => link[1] as string);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !existsSync(path.join(root, link)))).toEqual([]);
  }
});
