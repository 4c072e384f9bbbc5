/**
 * @anthropic-ai/sdk, unchanged, against a real server with the embedded model. What users of other
 * servers miss in this API is named where it is tested.
 */
import Anthropic, { type APIError, BadRequestError, NotFoundError } from '@anthropic-ai/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type NanoServer, openNanoServer } from './nano-server.ts';

/** Room for tools in a vocabulary of letters. */
const contextTokens = 1024;
let server: NanoServer;
let client: Anthropic;
let deepseek: Anthropic;

beforeAll(async () => {
  server = await openNanoServer({}, ['me:sk-test-key'], contextTokens);
  const options = { apiKey: 'sk-test-key', maxRetries: 0 };
  client = new Anthropic({ ...options, baseURL: server.url });
  deepseek = new Anthropic({ ...options, baseURL: `${server.url}/anthropic` });
});
afterAll(() => server.close());

const question = [{ role: 'user' as const, content: 'What is 37 * 48?' }];
const asked = { model: 'nano', max_tokens: 300, messages: question, temperature: 0 };

test('whole: thinking, then the answer', async () => {
  const message = await client.messages.create(asked);
  expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'text']);
  const [thinking, text] = message.content;
  expect(thinking).toMatchObject({ thinking: expect.stringContaining('37*48') });
  expect(text).toMatchObject({ text: 'The answer is 1776.' });
  expect(message).toMatchObject({ stop_reason: 'end_turn', stop_sequence: null, model: 'nano' });
  expect(message.usage.output_tokens).toBeGreaterThan(50);
  expect(message.usage.output_tokens_details?.thinking_tokens).toBeGreaterThan(40);
  expect(message._request_id).toBeTruthy();
});

test('stream: its events are those of the whole message, in order', async () => {
  const stream = client.messages.stream(asked);
  const types: string[] = [];
  stream.on('streamEvent', ({ type }) => types.push(type));
  const message = await stream.finalMessage();
  const whole = await client.messages.create(asked);
  expect(message.content).toEqual(whole.content);
  expect(message.stop_reason).toBe(whole.stop_reason);
  expect(message.usage.output_tokens).toBe(whole.usage.output_tokens);
  const runs = types.filter((type, i) => type !== types[i - 1]);
  const block = ['content_block_start', 'content_block_delta', 'content_block_stop'];
  const end = ['message_delta', 'message_stop'];
  expect(runs).toEqual(['message_start', ...block, ...block, ...end]);
});

test('under /anthropic too, with its models', async () => {
  const message = await deepseek.messages.create(asked);
  expect(message.content.at(-1)).toMatchObject({ text: 'The answer is 1776.' });
  for (const one of [client, deepseek]) {
    const models = await one.models.list();
    expect(models.data.map(({ id }) => id)).toEqual(['nano']);
    expect(models.hasNextPage()).toBe(false);
    expect(await one.models.retrieve('nano')).toMatchObject({
      type: 'model',
      display_name: 'nano',
    });
  }
});

test('thinking off, on a budget, and not shown', async () => {
  const off = await client.messages.create({ ...asked, thinking: { type: 'disabled' } });
  expect(off.content.map(({ type }) => type)).toEqual(['text']);

  const budget = { type: 'enabled' as const, budget_tokens: 20 };
  const short = await client.messages.create({ ...asked, thinking: budget });
  const thoughtTokens = short.usage.output_tokens_details?.thinking_tokens ?? 0;
  expect(thoughtTokens).toBeGreaterThan(10);
  expect(thoughtTokens).toBeLessThan(60);

  const hidden = { type: 'adaptive' as const, display: 'omitted' as const };
  const message = await client.messages.create({ ...asked, thinking: hidden });
  expect(message.content[0]).toMatchObject({ type: 'thinking', thinking: '' });
});

test('what a reply said is taken back unchanged, its thinking and signature too', async () => {
  for (const display of ['summarized', 'omitted'] as const) {
    const thinking = { type: 'adaptive' as const, display };
    const first = await client.messages.create({ ...asked, thinking });
    const messages = [
      ...question,
      { role: 'assistant' as const, content: first.content },
      { role: 'user' as const, content: 'What is 12 + 30?' },
    ];
    const second = await client.messages.create({ ...asked, thinking, messages });
    expect(second.content.at(-1)).toMatchObject({ text: 'The answer is 42.' });
  }
});

test('a stop sequence is named', async () => {
  const message = await client.messages.create({
    ...{ ...asked, stop_sequences: ['nothing', ' is'] },
  });
  expect(message).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: ' is' });
  expect(message.content.at(-1)).toMatchObject({ text: 'The answer' });
});

test('max_tokens and the end of the context are told apart', async () => {
  const cut = await client.messages.create({ ...asked, max_tokens: 5 });
  expect(cut).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 5 } });

  const digits = (length: number) => [{ role: 'user' as const, content: '1'.repeat(length) }];
  const { input_tokens } = await client.messages.countTokens({
    ...{ model: 'nano', messages: digits(400) },
  });
  const messages = digits(400 + contextTokens - 4 - input_tokens);
  const full = await client.messages.create({ ...asked, messages });
  expect(full.stop_reason).toBe('model_context_window_exceeded');
});

test('a last turn of the assistant is continued', async () => {
  const messages = [...question, { role: 'assistant' as const, content: 'The answer is 17' }];
  const message = await client.messages.create({ ...asked, messages });
  expect(message.content[0]).toMatchObject({ type: 'text' });
  expect(JSON.stringify(message.content)).not.toContain('The answer');
});

const add: Anthropic.Tool = {
  name: 'add',
  description: 'Adds two whole numbers.',
  input_schema: {
    type: 'object',
    properties: { a: { type: 'integer', minimum: 0, maximum: 99 }, sign: { enum: ['+', '-'] } },
    required: ['a', 'sign'],
    additionalProperties: false,
  },
};
const sum = z.strictObject({ a: z.int().min(0).max(99), sign: z.enum(['+', '-']) });
const brief = { ...asked, thinking: { type: 'disabled' as const } };

test('a tool is called with arguments of its schema, whole and streamed, and its result is read', async () => {
  const tool_choice = { type: 'any' as const, disable_parallel_tool_use: true };
  const calling = { ...brief, tools: [add], tool_choice };
  const message = await client.messages.create(calling);
  expect(message.stop_reason).toBe('tool_use');
  const call = message.content.find((block) => block.type === 'tool_use');
  expect(call).toMatchObject({ name: 'add', id: expect.stringMatching(/^[\w-]+$/) });
  expect(sum.safeParse(call?.input).success).toBe(true);

  const stream = client.messages.stream(calling);
  const pieces: string[] = [];
  stream.on('inputJson', (piece) => pieces.push(piece));
  const streamed = await stream.finalMessage();
  expect(JSON.parse(pieces.join(''))).toEqual(call?.input);
  const bare = (content: Anthropic.ContentBlock[]) =>
    content.map((block) => (block.type === 'tool_use' ? { ...block, id: '' } : block));
  expect(bare(streamed.content)).toEqual(bare(message.content));

  const answered = await client.messages.create({
    ...{ ...brief, tools: [add] },
    messages: [
      ...question,
      { role: 'assistant', content: message.content },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: call?.id ?? '', content: 'overflow', is_error: true },
        ],
      },
    ],
  });
  expect(answered.usage.output_tokens).toBeGreaterThan(0);
});

test('tool_choice: one by name, one at a time, none at all', async () => {
  const sub = { ...add, name: 'sub' };
  const create = (tool_choice: Anthropic.ToolChoice) =>
    client.messages.create({ ...brief, tools: [add, sub], tool_choice });
  const named = await create({ type: 'tool', name: 'sub', disable_parallel_tool_use: true });
  const calls = named.content.filter((block) => block.type === 'tool_use');
  expect(calls.map(({ name }) => name)).toEqual(['sub']);
  const none = await create({ type: 'none' });
  expect(none.stop_reason).toBe('end_turn');
  expect(none.content.every(({ type }) => type === 'text')).toBe(true);
  // Tools that may not be called are not in the prompt (tt-inference-server #3683).
  const plain = await client.messages.create(brief);
  expect(none.content).toEqual(plain.content);
});

test('a reply is held to a schema, after its thinking (LM Studio #575)', async () => {
  const schema = add.input_schema;
  const output_config = { format: { type: 'json_schema' as const, schema } };
  for (const thinking of [{ type: 'disabled' as const }, { type: 'adaptive' as const }]) {
    const message = await client.messages.create({ ...asked, thinking, output_config });
    const text = message.content.find((block) => block.type === 'text');
    expect(sum.safeParse(JSON.parse(text?.text ?? '')).success).toBe(true);
    const hasThought = message.content[0]?.type === 'thinking';
    expect(hasThought).toBe(thinking.type === 'adaptive');
  }
});

test('a request finds the one before in the cache, and says so', async () => {
  const system = 'You are a careful assistant who adds and multiplies whole numbers. '.repeat(2);
  const ask = () =>
    client.messages.create({ ...brief, system, cache_control: { type: 'ephemeral' } });
  const first = await ask();
  // Now and then a prompt is computed anew, to try drafts with it.
  const again = [await ask(), await ask()];
  const hits = again.map(({ usage }) => usage.cache_read_input_tokens ?? 0);
  expect(Math.max(...hits)).toBeGreaterThan(50);
  const total = ({ usage }: typeof first) =>
    usage.input_tokens + (usage.cache_read_input_tokens ?? 0);
  for (const message of again) {
    expect(total(message)).toBe(total(first));
    expect(message.content).toEqual(first.content);
  }
});

test('count_tokens is what the message then costs, to the token', async () => {
  const system = [{ type: 'text' as const, text: 'Be brief.' }];
  const counted = await client.messages.countTokens({ model: 'nano', messages: question, system });
  const { usage } = await client.messages.create({ ...asked, system });
  const total = usage.input_tokens + (usage.cache_read_input_tokens ?? 0);
  expect(counted.input_tokens).toBe(total);
  const off = { thinking: { type: 'disabled' as const } };
  const closed = await client.messages.countTokens({ model: 'nano', messages: question, ...off });
  expect(closed.input_tokens).not.toBe(counted.input_tokens);
});

test("Claude Code's changing header costs nothing (LM Studio #1229)", async () => {
  const count = async (hash: string) => {
    const text = `x-anthropic-billing-header: cc_version=2.1.177; cch=${hash};`;
    const system = [{ type: 'text' as const, text }];
    return client.messages.countTokens({ model: 'nano', messages: question, system });
  };
  const bare = await client.messages.countTokens({ model: 'nano', messages: question });
  expect(await count('36ee5')).toEqual(bare);
});

test('a prompt that is too long is 400 with both counts, never cut (llama.cpp #15780)', async () => {
  const messages = [{ role: 'user' as const, content: 'x '.repeat(contextTokens) }];
  const failure = await client.messages.create({ ...asked, messages }).catch((cause) => cause);
  expect(failure).toBeInstanceOf(BadRequestError);
  expect(failure.type).toBe('invalid_request_error');
  expect(failure.apiMessage).toMatch(/prompt is too long: \d+ tokens > 1024 maximum/);
  const { input_tokens } = await client.messages.countTokens({ model: 'nano', messages });
  expect(failure.apiMessage).toContain(`${input_tokens} tokens`);
});

test('errors have their classes, their types and the id of the request', async () => {
  const failed = (fields: object, on = client): Promise<APIError> =>
    on.messages.create({ ...asked, ...fields } as never).then(
      () => expect.unreachable(),
      (cause) => cause,
    );
  const unknown = await failed({ model: 'claude-sonnet-5' });
  expect(unknown).toBeInstanceOf(NotFoundError);
  expect(unknown).toMatchObject({ type: 'not_found_error' });
  expect((unknown as APIError & { apiMessage: string }).apiMessage).toContain('nano');
  const wrong = await failed({ max_tokens: undefined });
  expect(wrong).toMatchObject({ status: 400, type: 'invalid_request_error' });
  expect(wrong.error).toMatchObject({ type: 'error', request_id: wrong.requestID });
  const image = { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } };
  const picture = await failed({ messages: [{ role: 'user', content: [image] }] });
  expect(picture.message).toContain('no pictures');
  const stranger = new Anthropic({ apiKey: 'wrong', baseURL: server.url, maxRetries: 0 });
  expect(await failed({}, stranger)).toMatchObject({ status: 401, type: 'authentication_error' });
});

test('a client that leaves frees the engine', async () => {
  const long = {
    ...asked,
    messages: [{ role: 'user' as const, content: 'What is 987654 * 123456?' }],
  };
  const stream = client.messages.stream(long);
  await new Promise((resolve) => stream.once('text', resolve).once('thinking', resolve));
  expect(server.load().running).toBe(1);
  stream.abort();
  await expect(stream.finalMessage()).rejects.toThrow();
  await expect.poll(() => server.load()).toMatchObject({ running: 0, waiting: 0 });
});
