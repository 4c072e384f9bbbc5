/**
 * The rooms of the house: imports point left, rooms in one column never import each other,
 * type-only imports obey too. docs/architecture.md has the picture.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const columns = [
  ['base'],
  ['formats', 'protocol', 'compiler'],
  ['kernels', 'devices', 'hub'],
  ['nn'],
  ['models'],
  ['planner'],
  ['engine'],
  ['server', 'gateway', 'deploy'],
  ['cli', 'index.ts'],
];
/** What the picture allows or refuses beyond the columns. */
const refused: [string, string][] = [
  ['models', 'formats/gguf'],
  ['models', 'formats/safetensors'],
  ['models', 'devices'],
];

const root = path.resolve(import.meta.dirname, '..');
const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.replaceAll(path.sep, '/'));

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, 'src', file), 'utf8');
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...found].map((m) => path.posix.join(path.posix.dirname(file), m[1] as string));
}

const roomOf = (file: string) => file.split('/')[0] as string;
const columnOf = (room: string) => columns.findIndex((rooms) => rooms.includes(room));

test('every source file stands in a known room', () => {
  expect(sources.filter((file) => columnOf(roomOf(file)) < 0)).toEqual([]);
});

test('imports point left', () => {
  const wrong: string[] = [];
  for (const file of sources) {
    for (const target of importsOf(file)) {
      const [from, to] = [roomOf(file), roomOf(target)];
      const isLeft = from === to || columnOf(to) < columnOf(from);
      const isRefused = refused.some(([f, t]) => file.startsWith(f) && target.startsWith(t));
      if (!isLeft || isRefused) wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('the architecture page lists exactly the rooms there are', () => {
  const page = readFileSync(path.join(root, 'docs', 'architecture.md'), 'utf8');
  const table = page.split('\n## ').find((part) => part.startsWith('Rooms')) as string;
  const listed = [...table.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map((row) => row[1] as string);
  expect(listed.sort()).toEqual([...new Set(sources.map(roomOf))].sort());
});

test('the architecture page draws the columns that are enforced', () => {
  const page = readFileSync(path.join(root, 'docs', 'architecture.md'), 'utf8');
  const picture = /^base ←.*$/m.exec(page)?.[0] as string;
  const drawn = picture.split(' ← ').map((column) => column.split(' · '));
  const enforced = columns.map((rooms) => rooms.map((room) => room.replace('.ts', '')));
  expect(drawn).toEqual(enforced);
});

test('no file is over 400 lines, tables excepted', () => {
  const long = sources
    .filter((file) => !file.endsWith('-table.ts'))
    .filter((file) => readFileSync(path.join(root, 'src', file), 'utf8').split('\n').length > 401);
  expect(long).toEqual([]);
});
