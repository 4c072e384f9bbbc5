/**
 * Keys and values that were left on disk are found again after a restart, in every form of cache,
 * and the reply is what it was: in this process and in another one.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LoadOptions, load } from '../../src/index.ts';
import { compiledKinds } from './compiled-kinds.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sampan-kv-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const prompt = Array.from({ length: 40 }, (_, i) => 200 + ((i * i * 7) % 800));

/** A model that comes, replies once and goes. */
async function replyOf(options: LoadOptions) {
  await using model = await load('nano', {
    ...{ contextTokens: 128, maxSequences: 1, kvDisk: { folder, minTokens: 32 } },
    ...options,
  });
  const reply = model.generate(prompt, { temperature: 0, maxTokens: 4, ignoreEos: true });
  let text = '';
  for await (const piece of reply) text += piece;
  return { text, cachedTokens: (await reply.summary).cachedTokens };
}

const [fastest, last] = [compiledKinds[0], compiledKinds.at(-1)!];
const forms: [string, LoadOptions][] = [
  ['reference', { device: 'reference', speculation: 'off' }],
  [`${last}, int8`, { device: last, kvCache: 'int8', speculation: 'off' }],
];

test.each(forms)('%s: found again after a restart, the reply as before', async (_, options) => {
  const { text, cachedTokens } = await replyOf(options);
  expect(cachedTokens).toBe(0);
  expect(await replyOf(options)).toEqual({ text, cachedTokens: 32 });
});

test('with the rows of the MTP module, by another process too, but not in another form', async () => {
  const { text, cachedTokens } = await replyOf({ device: fastest, speculation: 'mtp' });
  expect(cachedTokens).toBe(0);
  const program = path.join(import.meta.dirname, 'kv-disk-reply.ts');
  const words = [program, folder, fastest, JSON.stringify(prompt)];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  expect(JSON.parse(stdout)).toEqual({ text, cachedTokens: 32 });
  const other = await replyOf({ device: fastest, kvCache: 'int8', speculation: 'mtp' });
  expect(other.cachedTokens).toBe(0);
});

test('a folder that cannot be used and sizes that cannot be are refused', async () => {
  const file = path.join(import.meta.dirname, 'kv-disk.test.ts');
  await expect(load('nano', { kvDisk: { folder: file } })).rejects.toMatchObject({
    code: 'kv_folder_unusable',
  });
  for (const kvDisk of [{ folder: '' }, { folder, maxBytes: 0 }, { folder, minTokens: 0.5 }]) {
    await expect(load('nano', { kvDisk })).rejects.toMatchObject({ code: 'invalid_option' });
  }
});
