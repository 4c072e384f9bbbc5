/** What the words of `sampan serve` become. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { duration, timeLimit } from './duration.ts';
import { serveKeys } from './serve-keys.ts';
import { servedModels } from './served-models.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sampan-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['nano', 'nano', 'nano'],
  ['deepseek-r1:1.5b', 'deepseek-r1:1.5b', 'deepseek-r1:1.5b'],
  ['owner/repo:Q4_K_M', 'owner/repo:Q4_K_M', 'owner/repo:Q4_K_M'],
  ['./models/My.Model.gguf', 'My.Model', './models/My.Model.gguf'],
  ['model.GGUF', 'model', 'model.GGUF'],
  ['/data/checkpoint/', 'checkpoint', '/data/checkpoint/'],
  ['https://a.example/b/c.gguf', 'c', 'https://a.example/b/c.gguf'],
  ['mine=./model.gguf', 'mine', './model.gguf'],
])('%s is served as %s', (word, name, source) => {
  expect(servedModels([word], { contextTokens: 512 })).toEqual([
    { name, source, options: { contextTokens: 512, pull: true } },
  ]);
});

test('no model, or two of one name, are refused with what to do', () => {
  expect(() => servedModels([], {})).toThrow('sampan serve nano');
  expect(() => servedModels(['a/x.gguf', './x.gguf'], {})).toThrow('two called x');
});

test('keys come from options, a file and the environment', () => {
  const file = path.join(folder, 'keys.txt');
  writeFileSync(file, '# ours\n\nci:from-file requests=6\n');
  const keys = serveKeys(
    { apiKey: ['me:from-option'], apiKeyFile: file },
    { SAMPAN_API_KEY: 'env:from-env' },
  );
  expect(keys.size).toBe(3);
  expect(keys.find('from-option')?.name).toBe('me');
  expect(keys.find('from-file')).toEqual({ name: 'ci', limits: { requests: 6 } });
  expect(keys.find('from-env')?.name).toBe('env');
  expect(serveKeys({}, {}).size).toBe(0);
});

test('a file of keys that is not there is said', () => {
  const apiKeyFile = path.join(folder, 'none.txt');
  expect(() => serveKeys({ apiKeyFile }, {})).toThrow(
    expect.objectContaining({ code: 'file_not_found' }),
  );
});

test.each([
  ['90s', 90_000],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['30', 30_000],
  ['0', 0],
  ['forever', -1],
])('%s is %i ms', (text, ms) => expect(duration(text)).toBe(ms));

test.each(['-1', '5 m', '1d', 'never', ''])('%s is no time', (text) => {
  expect(() => duration(text)).toThrow('forever');
});

test('a limit of time is neither nothing nor for ever', () => {
  expect(timeLimit('90s')).toBe(90_000);
  for (const text of ['0', 'forever', '-1']) expect(() => timeLimit(text)).toThrow('90s');
});
