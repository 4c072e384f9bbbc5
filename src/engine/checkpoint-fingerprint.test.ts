import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkpointFingerprint } from './checkpoint-fingerprint.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sampan-fingerprint-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, text: string, seconds = 1000): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  utimesSync(file, seconds, seconds);
  return file;
}

test('a file: its name, size, time and beginning', async () => {
  const file = write('a.gguf', 'GGUF one');
  const first = await checkpointFingerprint(file);
  write('b.gguf', 'another model beside it');
  expect(await checkpointFingerprint(file)).toBe(first);
  write('a.gguf', 'GGUF two');
  expect(await checkpointFingerprint(file)).not.toBe(first);
  write('a.gguf', 'GGUF one', 2000);
  expect(await checkpointFingerprint(file)).not.toBe(first);
});

test('a split file: all parts', async () => {
  const file = write('m-00001-of-00002.gguf', 'GGUF one');
  write('m-00002-of-00002.gguf', 'GGUF two');
  const first = await checkpointFingerprint(file);
  write('m-00002-of-00002.gguf', 'GGUF three');
  expect(await checkpointFingerprint(file)).not.toBe(first);
});

test('a folder: weights and configurations, nothing else', async () => {
  write('config.json', '{}');
  write('model.safetensors', 'weights');
  const first = await checkpointFingerprint(folder);
  write('README.md', 'read me');
  expect(await checkpointFingerprint(folder)).toBe(first);
  write('config.json', '{"rope":1}');
  expect(await checkpointFingerprint(folder)).not.toBe(first);
});
