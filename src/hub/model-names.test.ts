/** Names as people type them. */
import { homedir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { isRepoName, parseModelName, shortNameOf } from './model-names.ts';
import { modelTable } from './model-names-table.ts';

const nowhere = () => false;
const parse = (name: string) => parseModelName(name, nowhere);

test.each([
  ['deepseek-r1:1.5b', 'unsloth/DeepSeek-R1-Distill-Qwen-1.5B-GGUF', undefined],
  ['DeepSeek-R1:1.5B', 'unsloth/DeepSeek-R1-Distill-Qwen-1.5B-GGUF', undefined],
  ['deepseek-r1:1.5b-q8_0', 'unsloth/DeepSeek-R1-Distill-Qwen-1.5B-GGUF', 'q8_0'],
  ['deepseek-r1:1.5b:Q8_0', 'unsloth/DeepSeek-R1-Distill-Qwen-1.5B-GGUF', 'Q8_0'],
  ['deepseek-r1:671b:UD-IQ1_S', 'unsloth/DeepSeek-R1-GGUF', 'UD-IQ1_S'],
  ['deepseek-r1-0528', 'unsloth/DeepSeek-R1-0528-Qwen3-8B-GGUF', undefined],
  ['deepseek-r1-0528:8b-bf16', 'unsloth/DeepSeek-R1-0528-Qwen3-8B-GGUF', 'bf16'],
  ['deepseek-v3', 'unsloth/DeepSeek-V3-GGUF', undefined],
  ['deepseek-v3:q4_k_m', 'unsloth/DeepSeek-V3-GGUF', 'q4_k_m'],
  ['deepseek-v3-0324', 'unsloth/DeepSeek-V3-0324-GGUF', undefined],
  ['deepseek-v3.1', 'unsloth/DeepSeek-V3.1-GGUF', undefined],
  ['deepseek-v3.1-terminus', 'unsloth/DeepSeek-V3.1-Terminus-GGUF', undefined],
  ['deepseek-v2-lite', 'mradermacher/DeepSeek-V2-Lite-Chat-GGUF', undefined],
  ['owner/name', 'owner/name', undefined],
  ['owner/name:Q4_0', 'owner/name', 'Q4_0'],
  ['owner/name:dir/file.gguf', 'owner/name', 'dir/file.gguf'],
])('%s is %s, quantisation %s', (name, repo, quantisation) => {
  expect(parse(name)).toEqual({ kind: 'repo', repo, quantisation });
});

test('nano is the embedded model, and ./nano a path', () => {
  expect(parseModelName('nano', () => true)).toEqual({ kind: 'embedded' });
  expect(parseModelName('./nano', () => true)).toEqual({
    kind: 'path',
    path: path.resolve('nano'),
  });
});

test('what exists on disk is a path, before it is a repository', () => {
  expect(parseModelName('models/nano', () => true)).toMatchObject({ kind: 'path' });
  expect(parse('models/nano')).toMatchObject({ kind: 'repo' });
  expect(parseModelName('~/x.gguf', () => true)).toEqual({
    kind: 'path',
    path: path.join(homedir(), 'x.gguf'),
  });
});

test('a URL is one to a .gguf; a page about a file means the file', () => {
  expect(parse('https://x.org/a/b.gguf?download=true#x')).toEqual({
    kind: 'url',
    url: 'https://x.org/a/b.gguf?download=true',
  });
  expect(parse('https://huggingface.co/o/r/blob/main/b.gguf')).toEqual({
    kind: 'url',
    url: 'https://huggingface.co/o/r/resolve/main/b.gguf',
  });
  for (const bad of ['https://x.org/model.bin', 'https://user:pass@x.org/a.gguf', 'https://']) {
    expect(() => parse(bad)).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  }
});

test.each([
  ['./missing.gguf'],
  ['/nowhere/at/all'],
  ['missing.gguf'],
  ['C:\\models\\x.gguf'],
  ['../../etc'],
])('%s looks like a path, so it is said to be missing', (name) => {
  expect(() => parse(name)).toThrow(expect.objectContaining({ code: 'file_not_found' }));
});

test('an unknown name gets the nearest ones', () => {
  expect(() => parse('deepseek-r1:15b')).toThrow(
    expect.objectContaining({
      code: 'model_unknown',
      message: expect.stringContaining('deepseek-r1:1.5b'),
    }),
  );
  expect(() => parse('nanno')).toThrow(/Near it: nano,/);
  expect(() => parse('deepseek-r1:1.5b-hello')).toThrow(
    expect.objectContaining({ code: 'model_unknown' }),
  );
});

test.each([
  ['../x'],
  ['a/..'],
  ['a/b/c'],
  ['a/b--c'],
  ['-a/b'],
  ['a/.b'],
  ['a/b.git'],
  ['a/b\u0000'],
  ['a /b'],
  [`a/${'b'.repeat(300)}`],
  ['/'],
  [''],
])('%j is no repository', (name) => {
  expect(isRepoName(name)).toBe(false);
});

test('a name of a million characters is refused at once', () => {
  expect(() => parse('x'.repeat(1_000_000))).toThrow(
    expect.objectContaining({ code: 'model_unknown' }),
  );
});

test('the table is sound: names apart, repositories well formed, each found again', () => {
  const names = modelTable.flatMap((row) => [row.name, ...(row.aliases ?? [])]);
  expect(new Set(names).size).toBe(names.length);
  for (const row of modelTable) {
    expect(isRepoName(row.gguf) && isRepoName(row.original)).toBe(true);
    expect(row.original).toMatch(/^deepseek-ai\//);
    expect(parse(row.name)).toMatchObject({ repo: row.gguf });
    expect(shortNameOf(row.gguf)).toBe(row.name);
  }
});
