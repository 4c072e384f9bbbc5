import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KvDiskCache } from './kv-disk-cache.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sampan-kv-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const open = (maxBytes = 1e9, fingerprint = 'model') =>
  KvDiskCache.open({ folder, maxBytes, fingerprint });
const tokens = Int32Array.from([1, 2, 3]);
const payload = (value: number, length = 100) => new Uint8Array(length).fill(value);
const fileOf = (key: string) => path.join(folder, `${key}.kv`);

/** Keys of a chain of so many blocks. */
function chain(cache: KvDiskCache, length: number, salt = ''): string[] {
  const keys = [cache.nextKey(cache.rootKey(salt), tokens)];
  while (keys.length < length) keys.push(cache.nextKey(keys.at(-1) as string, tokens));
  return keys;
}

test('what is written is found again, also by another that opens the folder', async () => {
  const cache = await open();
  const [key, other] = chain(cache, 2) as [string, string];
  expect([cache.has(key), await cache.read(key)]).toEqual([false, undefined]);
  await cache.write(key, payload(7));
  const again = await open();
  expect([again.has(key), again.has(other)]).toEqual([true, false]);
  expect(await again.read(key)).toEqual(payload(7));
  expect(readdirSync(folder)).toEqual([`${key}.kv`]);
});

test('only the owner may read the files', async () => {
  if (process.platform === 'win32') return;
  folder = path.join(folder, 'new', 'deep');
  const cache = await open();
  const [key] = chain(cache, 1) as [string];
  await cache.write(key, payload(1));
  expect(statSync(folder).mode & 0o77).toBe(0);
  expect(statSync(fileOf(key)).mode & 0o77).toBe(0);
});

test('keys hang on the model, the salt, the tokens and all that came before', async () => {
  const [cache, otherModel] = [await open(), await open(1e9, 'other model')];
  const keys = [
    ...chain(cache, 3),
    ...chain(cache, 3, 'salt'),
    ...chain(otherModel, 3),
    cache.nextKey(cache.rootKey(''), Int32Array.from([1, 2, 4])),
    cache.nextKey(cache.rootKey(''), Int32Array.from([1, 2])),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(chain(await open(), 3)).toEqual(keys.slice(0, 3));
});

test.each([
  ['cut', (file: string) => truncateSync(file, 60)],
  ['empty', (file: string) => truncateSync(file, 0)],
  ['changed', (file: string) => writeFileSync(file, readFileSync(file).fill(9, 90, 91))],
  ['of another kind', (file: string) => writeFileSync(file, 'not keys and values')],
  [
    'of another version',
    (file: string) => writeFileSync(file, readFileSync(file).fill(50, 11, 12)),
  ],
])('a file that is %s is not believed, and removed', async (_, damage) => {
  const cache = await open();
  const [key] = chain(cache, 1) as [string];
  await cache.write(key, payload(1));
  damage(fileOf(key));
  const again = await open();
  expect(await again.read(key)).toBeUndefined();
  expect(again.has(key)).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
});

test('a whole file under another`s name is not believed', async () => {
  const cache = await open();
  const [first, second] = chain(cache, 2) as [string, string];
  await cache.write(first, payload(1));
  writeFileSync(fileOf(second), readFileSync(fileOf(first)));
  expect(await (await open()).read(second)).toBeUndefined();
});

test('files of other names are left alone, whatever the size says; old leftovers are not', async () => {
  const cache = await open(1);
  const [key] = chain(cache, 1) as [string];
  const [old, fresh] = [`${key}.1.0.tmp`, `${key}.2.0.tmp`];
  for (const name of ['letter.txt', 'x.kv', old, fresh]) {
    writeFileSync(path.join(folder, name), 'mine');
  }
  utimesSync(path.join(folder, old), 1, 1);
  await cache.write(key, payload(1));
  expect(readdirSync(folder).sort()).toEqual([fresh, 'letter.txt', 'x.kv'].sort());
});

test('past its size the folder loses what was used least recently, of a chain the end first', async () => {
  const cache = await open(148 * 10);
  const [a, b] = [chain(cache, 5), chain(cache, 5, 'b')];
  for (const key of [...a, ...b]) await cache.write(key, payload(1));
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 20_000 });
  await cache.touch(b);
  vi.setSystemTime(Date.now() + 10_000);
  await cache.touch(a);
  vi.useRealTimers();
  const [more] = chain(cache, 1, 'more') as [string];
  await cache.write(more, payload(2));
  expect(cache.has(more)).toBe(true);
  expect(a.map((key) => cache.has(key))).toEqual([true, true, true, true, true]);
  expect(b.map((key) => cache.has(key))).toEqual([true, true, true, false, false]);
  expect(cache.state.bytes).toBe(9 * 148);
  expect(readdirSync(folder)).toHaveLength(9);
});

test('a folder that cannot be is an error when it is opened; a disk that refuses later is left alone', async () => {
  const file = path.join(folder, 'file');
  writeFileSync(file, '');
  const opening = KvDiskCache.open({ folder: file, maxBytes: 1, fingerprint: '' });
  await expect(opening).rejects.toMatchObject({ code: 'kv_folder_unusable' });
  const cache = await open();
  const [first, second] = chain(cache, 2) as [string, string];
  rmSync(folder, { recursive: true });
  await cache.write(first, payload(1));
  await cache.write(second, payload(1));
  expect(cache.state).toEqual({ files: 0, bytes: 0, failed: true });
  expect(await cache.read(first)).toBeUndefined();
  await cache.touch([first]);
});
