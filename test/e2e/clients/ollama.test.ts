/**
 * The client `ollama`, unchanged, against a real server with the embedded model. What users of
 * Ollama complain about in this API is named where it is tested.
 */
import { readFileSync } from 'node:fs';
import { type ChatResponse, Ollama } from 'ollama';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { embeddedModelPath } from '../../../src/engine/load.ts';
import { MisbehavingServer, noise, sha256 } from '../../hub/misbehaving-server.ts';
import { type NanoServer, openNanoServer } from './nano-server.ts';

/** Room for tools in a vocabulary of letters. */
const contextTokens = 1024;
let server: NanoServer;
let client: Ollama;
const headers = { authorization: 'Bearer sk-test-key' };

beforeAll(async () => {
  server = await openNanoServer({}, ['me:sk-test-key'], contextTokens);
  client = new Ollama({ host: server.url, headers });
});
afterAll(() => server.close());
afterEach(() => vi.unstubAllEnvs());

const messages = [{ role: 'user', content: 'What is 37 * 48?' }];
const greedy = { temperature: 0 };
const post = (path: string, body: object) =>
  fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
/** Without a type, as the examples of Ollama's documentation are sent. */
const linesOf = async (reply: Response) =>
  (await reply.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('chat, whole: thinking and answer apart, durations in nanoseconds', async () => {
  const reply = await client.chat({ model: 'nano', messages, options: greedy });
  expect(reply.message.role).toBe('assistant');
  expect(reply.message.content).toBe('The answer is 1776.');
  expect(reply.message.thinking).toContain('37*48');
  expect(reply).toMatchObject({ model: 'nano', done: true, done_reason: 'stop' });
  expect(reply.eval_count).toBeGreaterThan(50);
  expect(reply.prompt_eval_count).toBeGreaterThan(5);
  expect(reply.total_duration).toBeGreaterThan(1e6);
  const parts = reply.load_duration + reply.prompt_eval_duration + reply.eval_duration;
  expect(Math.abs(reply.total_duration - parts)).toBeLessThanOrEqual(3);
});

test('chat streams when nothing is said of it, and the lines add up to the whole', async () => {
  const reply = await post('/api/chat', { model: 'nano:latest', messages, options: greedy });
  expect(reply.headers.get('content-type')).toBe('application/x-ndjson');
  const lines: ChatResponse[] = await linesOf(reply);
  expect(lines.length).toBeGreaterThan(50);
  const joined = (field: 'content' | 'thinking') =>
    lines.map(({ message }) => message[field] ?? '').join('');
  const whole = await client.chat({ model: 'nano', messages, options: greedy });
  expect(joined('content')).toBe(whole.message.content);
  expect(joined('thinking')).toBe(whole.message.thinking);
  expect(lines.filter(({ done }) => done)).toHaveLength(1);
  expect(lines.at(-1)).toMatchObject({ model: 'nano:latest', done: true, done_reason: 'stop' });
});

test('thinking off means off, without a tag left behind (Ollama #12180, mod-ollama-chat #164)', async () => {
  const think = async (value: boolean | 'low') => {
    const reply = await client.chat({ model: 'nano', messages, think: value, options: greedy });
    expect(reply.message.content).not.toContain('think>');
    return reply.message.thinking;
  };
  expect(await think(false)).toBeUndefined();
  expect(await think(true)).toContain('37*48');
  const low = await think('low');
  expect(low).toContain('37*48');
});

test('options: num_predict, stop, seed', async () => {
  const chat = (options: object) => client.chat({ model: 'nano', messages, options });
  expect(await chat({ ...greedy, num_predict: 4 })).toMatchObject({
    ...{ done_reason: 'length', eval_count: 4 },
  });
  const stopped = await chat({ ...greedy, stop: [' is'] });
  expect(stopped.message.content).toBe('The answer');
  const [one, two] = [await chat({ seed: 7 }), await chat({ seed: 7 })];
  expect(two.message).toEqual(one.message);
});

test('a conversation that is too long is refused with both counts, not cut (Ollama #9452)', async () => {
  const long = Array.from({ length: 60 }, (_, i) => [
    { role: 'user', content: `What is ${i} + 1?` },
    { role: 'assistant', content: `The answer is ${i + 1}.` },
  ]).flat();
  const options = { ...greedy, num_predict: 20 };
  const asked = { model: 'nano', messages: [...long, ...messages], options };
  await expect(client.chat(asked)).rejects.toThrow(/prompt has \d+ tokens; the context holds 1024/);

  // Whoever wants it cut says so, and is told how much went.
  const [cut] = await linesOf(await post('/api/chat', { ...asked, truncate: true, stream: false }));
  expect(cut.truncated_messages).toBeGreaterThan(10);
  expect(cut.prompt_eval_count).toBeLessThanOrEqual(contextTokens - 20);
  const kept = asked.messages.slice(cut.truncated_messages);
  expect(kept[0]).toMatchObject({ role: 'user' });
  expect(cut.message).toEqual((await client.chat({ ...asked, messages: kept })).message);
});

test('num_ctx: more than is loaded is refused, less is fine (Ollama #10974)', async () => {
  const chat = (num_ctx: number) =>
    client.chat({ model: 'nano', messages, options: { ...greedy, num_ctx } });
  await expect(chat(4096)).rejects.toThrow('num_ctx is 4096');
  expect((await chat(256)).done).toBe(true);
});

const parameters = {
  type: 'object',
  properties: { a: { type: 'integer', minimum: 0, maximum: 99 }, sign: { enum: ['+', '-'] } },
  required: ['a', 'sign'],
  additionalProperties: false,
};
const sum = z.strictObject({ a: z.int().min(0).max(99), sign: z.enum(['+', '-']) });
const plain = { model: 'nano', messages, think: false, options: greedy } as const;

test('a model that thinks has tools; arguments are an object of the schema (Ollama #8517)', async () => {
  const tools = [{ type: 'function', function: { name: 'add', description: 'Adds.', parameters } }];
  // tool_choice is no field of Ollama's; its users ask for it (peers have it, Ollama has not).
  const options = { ...greedy, num_predict: 100 };
  const asked = { ...plain, tools, tool_choice: 'required', options };
  const reply = await client.chat(asked);
  const [call] = reply.message.tool_calls ?? [];
  expect(call?.function.name).toBe('add');
  expect(sum.safeParse(call?.function.arguments).success).toBe(true);

  const streamed = [];
  for await (const line of await client.chat({ ...asked, stream: true })) {
    streamed.push(...(line.message.tool_calls ?? []));
  }
  expect(streamed.map((one) => one.function)).toEqual(
    reply.message.tool_calls?.map((one) => one.function),
  );

  const result = { role: 'tool', content: '1776', tool_name: 'add' };
  const answered = await client.chat({
    ...{ ...plain, tools, messages: [...messages, reply.message, result] },
  });
  expect(answered.eval_count).toBeGreaterThan(0);
});

test('format: JSON, and a schema, after the thinking too (llama.cpp #12276)', async () => {
  const held = await client.chat({ ...plain, format: parameters });
  expect(sum.safeParse(JSON.parse(held.message.content)).success).toBe(true);
  const thoughtful = await client.chat({ ...plain, think: true, format: parameters });
  expect(thoughtful.message.thinking).toContain('37*48');
  expect(sum.safeParse(JSON.parse(thoughtful.message.content)).success).toBe(true);
  const generated = await client.generate({
    ...{ model: 'nano', prompt: 'Give a number.', think: false, options: greedy },
    format: parameters,
  });
  expect(sum.safeParse(JSON.parse(generated.response ?? '')).success).toBe(true);
});

test('logprobs come with the tokens they are of', async () => {
  const reply = await client.chat({ ...plain, logprobs: true, top_logprobs: 2 });
  const entries = reply.logprobs ?? [];
  expect(entries.map(({ token }) => token).join('')).toContain(reply.message.content);
  for (const { logprob, top_logprobs = [] } of entries) {
    expect(logprob).toBeLessThanOrEqual(0);
    expect(top_logprobs).toHaveLength(2);
  }
});

test('generate: a turn, its context taken further, raw, and a system text', async () => {
  const asked = { model: 'nano', options: greedy };
  const first = await client.generate({ ...asked, prompt: 'What is 37 * 48?' });
  expect(first.response).toBe('The answer is 1776.');
  expect(first.context.length).toBeGreaterThan(10);
  const second = await client.generate({
    ...{ ...asked, prompt: 'What is 12 + 30?', context: first.context },
  });
  expect(second.response).toBe('The answer is 42.');
  expect(second.prompt_eval_count).toBeGreaterThan(first.prompt_eval_count);

  const raw = await client.generate({
    ...{ ...asked, raw: true, prompt: '<｜User｜>What is 12 + 30?<｜Assistant｜></think>\n\n' },
  });
  expect(raw.response).toContain('answer is');
  expect(raw.thinking).toBeUndefined();
});

test('an empty prompt loads, keep_alive 0 unloads, and ps tells', async () => {
  const running = async () => (await client.ps()).models.map(({ name }) => name);
  const load = await client.generate({ model: 'nano', prompt: '', keep_alive: '10m' });
  expect(load).toMatchObject({ done: true, done_reason: 'load', response: '' });
  const { models } = await client.ps();
  expect(models).toMatchObject([{ name: 'nano:latest', context_length: contextTokens }]);
  const minutes = (new Date(models[0].expires_at).getTime() - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(9);
  expect(minutes).toBeLessThan(11);
  const unload = await client.chat({ model: 'nano', messages: [], keep_alive: 0 });
  expect(unload).toMatchObject({ done: true, done_reason: 'unload' });
  expect(await running()).toEqual([]);
  // It comes back when it is asked, and what that took is told.
  const back = await client.chat({ model: 'nano', messages, options: greedy, keep_alive: -1 });
  expect(back.load_duration).toBeGreaterThan(1e6);
  expect(await running()).toEqual(['nano:latest']);
});

test('discovery: tags, show, version, and what looks at /', async () => {
  const { models } = await client.list();
  expect(models).toMatchObject([
    {
      ...{ name: 'nano:latest', model: 'nano:latest' },
      details: { family: 'deepseek2', parameter_size: '5.8M', quantization_level: 'F16' },
    },
  ]);
  expect(models[0].digest).toMatch(/^[0-9a-f]{64}$/);
  expect(models[0].size).toBeGreaterThan(1e6);
  const shown = await client.show({ model: 'nano' });
  expect(shown.capabilities).toEqual(expect.arrayContaining(['completion', 'thinking']));
  expect(shown.model_info).toMatchObject({ 'deepseek2.context_length': 2048 });
  expect(shown.template).toContain('｜User｜');
  expect(Number((await client.version()).version.split('.')[1])).toBeGreaterThan(6);
  const root = await fetch(server.url, { headers: { accept: '*/*' } });
  expect(await root.text()).toBe('Ollama is running');
  expect((await fetch(server.url, { method: 'HEAD' })).status).toBe(200);
});

test('embed: vectors of length 1, the old route too; what is too long is refused, or cut where asked', async () => {
  const input = ['What is 1 + 2?', 'What is 1 + 3?', 'Count the letters in banana.'];
  const { embeddings, prompt_eval_count } = await client.embed({ model: 'nano', input });
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
  const [one, near, far] = embeddings as [number[], number[], number[]];
  expect(dot(one, one)).toBeCloseTo(1, 5);
  expect(dot(one, near)).toBeGreaterThan(dot(one, far));
  expect(prompt_eval_count).toBeGreaterThan(20);
  const old = await client.embeddings({ model: 'nano', prompt: input[0] as string });
  expect(dot(old.embedding, one)).toBeCloseTo(1, 5);

  const long = { model: 'nano', input: '1'.repeat(contextTokens + 1) };
  await expect(client.embed(long)).rejects.toThrow(String(contextTokens));
  expect((await client.embed({ ...long, truncate: true })).prompt_eval_count).toBe(contextTokens);
});

test('errors are told in `error`, with their status', async () => {
  await expect(client.chat({ model: 'llama3', messages })).rejects.toMatchObject({
    ...{ status_code: 404, error: expect.stringContaining('nano') },
  });
  await expect(client.show({ model: 'llama3' })).rejects.toMatchObject({ status_code: 404 });
  const image = [{ role: 'user', content: '?', images: ['aGk='] }];
  await expect(client.chat({ model: 'nano', messages: image })).rejects.toThrow('no pictures');
  await expect(
    client.chat({ model: 'nano', messages, options: { mirostat: 2 } }),
  ).rejects.toMatchObject({ status_code: 400, error: expect.stringContaining('options.mirostat') });
  await expect(client.generate({ model: 'nano', prompt: 'a', suffix: 'c' })).rejects.toThrow();
});

test('keys are asked for where there are any (Ollama #849, #8536)', async () => {
  const stranger = new Ollama({ host: server.url });
  await expect(stranger.chat({ model: 'nano', messages })).rejects.toMatchObject({
    ...{ status_code: 401, error: expect.stringContaining('key') },
  });
  await expect(stranger.list()).rejects.toMatchObject({ status_code: 401 });
  // Looking whether it runs tells nothing.
  expect((await stranger.version()).version).toBe((await client.version()).version);
});

test('models are not changed over HTTP (CVE-2026-7482 came that way)', async () => {
  await expect(client.delete({ model: 'nano' })).rejects.toMatchObject({
    ...{ status_code: 403, error: expect.stringContaining('sampan rm') },
  });
  const copy = { source: 'nano', destination: 'x' };
  await expect(client.copy(copy)).rejects.toMatchObject({ status_code: 403 });
  const create = { model: 'x', from: 'nano' };
  await expect(client.create(create)).rejects.toMatchObject({ status_code: 403 });
  expect((await client.list()).models).toHaveLength(1);
});

test('a client that leaves frees the engine', async () => {
  const stream = await client.chat({
    ...{ model: 'nano', stream: true },
    messages: [{ role: 'user', content: 'What is 987654 * 123456?' }],
  });
  const read = async () => {
    for await (const _ of stream) {
      expect(server.load().running).toBe(1);
      stream.abort();
    }
  };
  await expect(read()).rejects.toThrow();
  await expect.poll(() => server.load()).toMatchObject({ running: 0, waiting: 0 });
});

test('pull: progress of each file, then success, and then it answers under its name', async () => {
  await using hub = await MisbehavingServer.start();
  const weights = readFileSync(embeddedModelPath());
  hub.add('owner/repo', { 'nano-F16.gguf': weights });
  stubHub(hub);
  const lines = [];
  for await (const line of await client.pull({ model: 'hf.co/owner/repo', stream: true })) {
    lines.push(line);
  }
  const digest = `sha256:${sha256(weights)}`;
  const size = { total: weights.length, completed: weights.length };
  expect(lines[0]).toEqual({ status: 'pulling manifest' });
  expect(lines).toContainEqual({ status: `pulling ${digest.slice(7, 19)}`, digest, ...size });
  expect(lines.at(-1)).toEqual({ status: 'success' });
  expect(await client.pull({ model: 'owner/repo:latest' })).toEqual({ status: 'success' });

  const names = (await client.list()).models.map(({ name }) => name);
  expect(names).toEqual(['nano:latest', 'owner/repo:latest']);
  const reply = await client.chat({ ...plain, model: 'hf.co/owner/repo', keep_alive: 0 });
  expect(reply.message.content).toContain('answer');
});

test('pull: a client that leaves ends it, and what has arrived is kept', async () => {
  await using hub = await MisbehavingServer.start();
  hub.add('owner/big', { 'big-Q4_K_M.gguf': noise(4 << 20) });
  stubHub(hub);
  let [wasAsked, wasCut] = [false, false];
  // Half of the file, then nothing more.
  hub.misdeed = (_, response, { bytes, start, end }) => {
    wasAsked = true;
    response.on('close', () => {
      wasCut = true;
    });
    response.writeHead(206, {
      ...{ 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` },
      'content-length': end - start,
    });
    response.write(bytes.subarray(start, start + (end - start) / 2));
    return true;
  };
  const pull = await client.pull({ model: 'owner/big', stream: true });
  const read = async () => {
    for await (const { status } of pull) expect(status).not.toBe('success');
  };
  const ended = expect(read()).rejects.toThrow();
  await expect.poll(() => wasAsked).toBe(true);
  pull.abort();
  await ended;
  await expect.poll(() => wasCut).toBe(true);
  expect((await client.list()).models.some(({ name }) => name.includes('big'))).toBe(false);
});

test('pull: what is not there, what is a path, and what is here already', async () => {
  await using hub = await MisbehavingServer.start();
  stubHub(hub);
  await expect(client.pull({ model: 'owner/nothing' })).rejects.toMatchObject({ status_code: 404 });
  const streamed = async () => {
    for await (const _ of await client.pull({ model: 'owner/nothing', stream: true })) {
      // Its first line is good; what went wrong comes in a line of its own.
    }
  };
  await expect(streamed()).rejects.toThrow('nothing');
  const url = { model: 'http://127.0.0.1/a.gguf' };
  await expect(client.pull(url)).rejects.toMatchObject({ status_code: 403 });
  await expect(client.pull({ model: '/etc/passwd' })).rejects.toMatchObject({ status_code: 404 });
  expect(await client.pull({ model: 'nano' })).toEqual({ status: 'success' });
});

function stubHub(hub: MisbehavingServer): void {
  const { endpoints, cacheFolder } = hub.settings();
  vi.stubEnv('HF_ENDPOINT', endpoints.huggingface);
  vi.stubEnv('HF_HUB_CACHE', cacheFolder);
  vi.stubEnv('HF_HUB_OFFLINE', '');
}
