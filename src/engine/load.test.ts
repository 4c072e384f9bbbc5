import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type LoadProgress, load } from './load.ts';

const golden = path.resolve(import.meta.dirname, '../../test/golden');
const [qwen2, llama] = [path.join(golden, 'qwen2'), path.join(golden, 'llama')];

test('load gives a model that says what it is, and reports its phases', async () => {
  const progress: LoadProgress[] = [];
  await using model = await load(qwen2, {
    maxSequences: 2,
    contextTokens: 100,
    device: 'reference',
    onProgress: (p) => progress.push(p),
  });
  const phases = [...new Set(progress.map(({ phase }) => phase))];
  expect(phases).toEqual(['resolve', 'open', 'load', 'ready']);
  expect(model.info).toMatchObject({
    ...{ architecture: 'qwen2', format: 'safetensors', file: qwen2, maxSequences: 2 },
    ...{ contextTokens: 100, maxContextTokens: 256, chatTemplate: 'own', canThink: true },
    device: { kind: 'reference', threads: 1 },
    memory: { kvCacheTokens: 2 * 112, note: 'room for 2 full contexts of 100 tokens' },
  });
  expect(model.info.memory.kvCacheBytes).toBe(224 * model.info.memory.kvBytesPerToken);
  const reply = model.generate('hello', { maxTokens: 8, temperature: 0 });
  expect((await reply.summary).completionTokens).toBe(8);
});

test('16 requests at once give the same greedy text as each alone', async () => {
  await using model = await load(llama);
  const options = { maxTokens: 6, temperature: 0 };
  const texts = Array.from({ length: 16 }, (_, i) => `${i} xin chào 你好`.slice(0, 1 + i));
  const answer = async (text: string) => {
    let answer = '';
    for await (const piece of model.generate(text, options)) answer += piece;
    return answer;
  };
  const alone: string[] = [];
  for (const text of texts) alone.push(await answer(text));
  expect(await Promise.all(texts.map(answer))).toEqual(alone);
  expect(new Set(alone).size).toBeGreaterThan(8);
});

test('int8 keys and values take 36 bytes where f16 take 64', async () => {
  const options = { device: 'wasm', contextTokens: 64, maxSequences: 1 } as const;
  const bytes = async (kvCache: 'f16' | 'int8') => {
    await using model = await load(qwen2, { ...options, kvCache });
    return model.info.memory.kvBytesPerToken;
  };
  expect((await bytes('int8')) / (await bytes('f16'))).toBe(36 / 64);
});

test('options that cannot be are refused by name', async () => {
  const wrong: [unknown, object][] = [
    ['', {}],
    [qwen2, { device: 'cuda' }],
    [qwen2, { contextTokens: 257 }],
    [qwen2, { maxSequences: 0 }],
    [qwen2, { maxWaiting: -1 }],
    [qwen2, { prefixCache: 'yes' }],
    [qwen2, { speculation: 'on' }],
    [qwen2, { kvBytes: -1 }],
    [qwen2, { kvCache: 'int4' }],
  ];
  for (const [name, options] of wrong) {
    await expect(load(name as string, options)).rejects.toMatchObject({ code: 'invalid_option' });
  }
  await expect(load(golden)).rejects.toMatchObject({ code: 'format_unknown' });
  await expect(load('./no-such.gguf')).rejects.toMatchObject({ code: 'file_not_found' });
});

test('a load whose signal is aborted already rejects with its reason', async () => {
  await expect(load(qwen2, { signal: AbortSignal.abort('early') })).rejects.toBe('early');
});

const isLinux = process.platform === 'linux';
/** Open and mapped files of this process, where the system tells. */
const openFiles = () => (isLinux ? readdirSync('/proc/self/fd').length : 0);
const mappedFiles = () =>
  isLinux ? readFileSync('/proc/self/maps', 'utf8').split(golden).length - 1 : 0;

test('a load that fails or is aborted leaves nothing mapped; nor does a closed model', async () => {
  const model = await load(qwen2);
  expect(mappedFiles()).toBe(isLinux ? 1 : 0);
  await model.close();
  expect(mappedFiles()).toBe(0);
  await expect(load(qwen2, { kvBytes: 10 })).rejects.toMatchObject({ code: 'kv_cache_too_large' });
  expect(mappedFiles()).toBe(0);
  const controller = new AbortController();
  const onProgress = ({ phase }: LoadProgress) => phase === 'load' && controller.abort('late');
  const { signal } = controller;
  await expect(load(qwen2, { signal, onProgress })).rejects.toBe('late');
  expect(mappedFiles()).toBe(0);
});

test('loading, answering and closing 100 times does not grow memory or leave files open', {
  timeout: 180_000,
}, async () => {
  const once = async () => {
    const model = await load(llama, { contextTokens: 64 });
    await model.generate('hi', { maxTokens: 1 }).summary;
    model.generate('left running');
    await model.close();
  };
  const settled = () => {
    globalThis.gc?.();
    const { rss, arrayBuffers } = process.memoryUsage();
    return { rss, arrayBuffers, files: openFiles() };
  };
  for (let i = 0; i < 10; i++) await once();
  const before = settled();
  for (let i = 0; i < 100; i++) await once();
  const after = settled();
  expect(after.files).toBe(before.files);
  // One load holds about 6 MB (weights, vocabulary, a 4 MB cache): 100 leaks would be 600 MB.
  // Threads and their stacks leave holes that are used again: growth ends well below this.
  expect(after.rss - before.rss).toBeLessThan(250e6);
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(60e6);
});

test('a checkpoint with an MTP module has room for its cache, unless it is not to be used', async () => {
  const bytes: number[] = [];
  for (const speculation of ['auto', 'mtp', 'ngram', 'off'] as const) {
    await using model = await load('nano', { speculation, contextTokens: 64, maxSequences: 1 });
    bytes.push(model.info.memory.kvBytesPerToken);
    const options = { maxTokens: 20, temperature: 0 };
    const summary = await model.chat([{ role: 'user', content: '12+34=?' }], options).summary;
    expect(summary.draftedTokens).toBeGreaterThanOrEqual(summary.acceptedTokens);
    if (speculation === 'off') expect(summary.draftedTokens).toBe(0);
  }
  // Four layers, and one more for the module.
  expect(bytes.map((b) => b / (bytes[3] as number))).toEqual([1.25, 1.25, 1, 1]);
});
