import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { openGguf } from './gguf-file.ts';
import { type GgufValue, i32, text } from './gguf-value.ts';
import { randomBlocks } from './random-blocks.ts';
import { writeGguf } from './writer.ts';

const root = mkdtempSync(path.join(tmpdir(), 'sampan-split-'));
afterAll(() => rmSync(root, { recursive: true }));
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(root, 'case-'));
});

const nameOf = (i: number, count: number) =>
  path.join(
    folder,
    `m-${String(i + 1).padStart(5, '0')}-of-${String(count).padStart(5, '0')}.gguf`,
  );

async function writePart(
  i: number,
  count: number,
  names: string[],
  change: Record<string, GgufValue> = {},
) {
  const metadata = new Map<string, GgufValue>([
    ['split.no', { type: 'u16', value: i }],
    ['split.count', { type: 'u16', value: count }],
    ['split.tensors.count', i32(3)],
    ...(i === 0 ? [['general.name', text('whole')] as const] : []),
    ...Object.entries(change),
  ]);
  const tensors = names.map((name, seed) => ({
    name,
    dtype: 'q8_0' as const,
    dims: [2, 32],
    bytes: () => randomBlocks('q8_0', 64, 1, i * 10 + seed),
  }));
  await writeGguf(nameOf(i, count), { metadata, tensors });
}

async function writeSet() {
  await writePart(0, 3, []); // as gguf-split makes it: metadata alone
  await writePart(1, 3, ['a', 'b']);
  await writePart(2, 3, ['c']);
}

test.each([0, 1, 2])('a split model opens by its part %i', async (i) => {
  await writeSet();
  const model = openGguf(nameOf(i, 3));
  expect(model.metadata.string('general.name')).toBe('whole');
  expect([...model.names()]).toEqual(['a', 'b', 'c']);
  expect(Buffer.compare(model.get('c').bytes, randomBlocks('q8_0', 64, 1, 20))).toBe(0);
  expect([...model.infos()].map(({ dims }) => dims)).toEqual([
    [2, 32],
    [2, 32],
    [2, 32],
  ]);
  model.close();
  model.close();
});

test('a part that is missing is named', async () => {
  await writeSet();
  rmSync(nameOf(1, 3));
  expect(() => openGguf(nameOf(0, 3))).toThrow(`No file at ${nameOf(1, 3)}`);
});

test('parts that do not belong together are refused', async () => {
  await writeSet();
  await writePart(2, 3, ['c'], { 'split.no': { type: 'u16', value: 1 } });
  expect(() => openGguf(nameOf(0, 3))).toThrow(
    /00003-of-00003.gguf: metadata split.no: found 1, expected 2/,
  );
  await writePart(2, 3, ['c'], { 'split.count': { type: 'u16', value: 4 } });
  expect(() => openGguf(nameOf(0, 3))).toThrow(/split.count: found 4, expected 3/);
  await writePart(2, 3, ['a']);
  expect(() => openGguf(nameOf(0, 3))).toThrow(/tensor a: found it in two parts/);
  await writePart(2, 3, ['c', 'd']);
  expect(() => openGguf(nameOf(0, 3))).toThrow(/tensors in all parts: found 4, expected 3/);
});

test('a part under another name is refused', async () => {
  const file = path.join(folder, 'renamed.gguf');
  const metadata = new Map<string, GgufValue>([['split.count', { type: 'u16', value: 2 }]]);
  await writeGguf(file, { metadata, tensors: [] });
  expect(() => openGguf(file)).toThrow(
    /found renamed.gguf, expected a name ending in -00001-of-00002/,
  );
});

test('a tensor that is not there is named', async () => {
  await writePart(0, 1, ['a', 'b', 'c']);
  const model = openGguf(nameOf(0, 1));
  expect(model.has('z')).toBe(false);
  expect(() => model.get('z')).toThrow(/tensor z is missing/);
  model.close();
});
