import { expect, test } from 'vitest';
import { chatAsk, chatSchema } from './chat-request.ts';
import { continued, decodeContext, encodeContext } from './conversation-context.ts';
import { generateAsk, generateSchema } from './generate-request.ts';
import { keepAliveField, keepAliveMs } from './keep-alive.ts';
import { hubName, servedName, taggedName } from './model-names.ts';

const hello = { model: 'nano', messages: [{ role: 'user', content: 'Hi' }] };
const chat = (fields: object) => chatAsk(chatSchema.parse({ ...hello, ...fields }));
const generate = (fields: object) =>
  generateAsk(generateSchema.parse({ model: 'nano', ...fields }));
const failsAt = (result: { error?: { issues: { path: PropertyKey[] }[] } | undefined }) =>
  result.error?.issues[0].path.join('.');

test('streams unless it is told not to', () => {
  expect(chat({}).isStream).toBe(true);
  expect(chat({ stream: false }).isStream).toBe(false);
  expect(generate({ prompt: 'x' }).isStream).toBe(true);
});

test('options, with the words for "no limit"', () => {
  const all = {
    ...{ num_ctx: 1024, num_predict: 32, temperature: 0, top_k: 20, top_p: 0.9, min_p: 0.1 },
    ...{ repeat_penalty: 1.2, presence_penalty: 1.5, frequency_penalty: 1, seed: 42, stop: ['\n'] },
    ...{ num_gpu: 1, num_thread: 8, use_mmap: true, numa: false, num_keep: 5, repeat_last_n: 33 },
    ...{ typical_p: 1, mirostat: 0, mirostat_tau: 5 },
  };
  expect(chat({ options: all })).toMatchObject({
    contextTokens: 1024,
    options: {
      ...{ maxTokens: 32, temperature: 0, topK: 20, topP: 0.9, minP: 0.1, seed: 42 },
      ...{ repetitionPenalty: 1.2, presencePenalty: 1.5, frequencyPenalty: 1, stop: ['\n'] },
    },
  });
  expect(chat({ options: { num_predict: -1, seed: -1, top_k: -1, stop: [] } }).options).toEqual({
    topK: 0,
  });
  expect(chat({ options: { num_predict: -2 } }).options).toEqual({});
});

test.each([
  ['options.mirostat', { mirostat: 1 }],
  ['options.typical_p', { typical_p: 0.7 }],
  ['options.temperature', { temperature: 'hot' }],
  ['options.num_ctx', { num_ctx: 0 }],
  ['options.top_p', { top_p: 2 }],
])('%s: what would not be done is refused', (path, options) => {
  expect(failsAt(chatSchema.safeParse({ ...hello, options }))).toBe(path);
});

test('think, format and keep_alive', () => {
  expect(chat({}).reasoning).toEqual({});
  expect(chat({ think: false }).reasoning).toEqual({ isOn: false });
  expect(chat({ think: true }).reasoning).toEqual({ isOn: true });
  expect(chat({ think: 'low' }).reasoning).toEqual({ isOn: true, effort: 'low' });
  expect(chat({ format: 'json' }).options).toEqual({ responseFormat: { type: 'json' } });
  expect(chat({ format: '' }).options).toEqual({});
  const schema = { type: 'object' };
  expect(chat({ format: schema }).options).toEqual({ responseFormat: { type: 'schema', schema } });
  expect(chat({ keep_alive: '5m' }).keepAliveMs).toBe(300_000);
  expect(chat({ logprobs: true, top_logprobs: 3 }).options.logprobs).toBe(3);
});

test.each([
  [undefined, undefined],
  [0, 0],
  [-1, -1],
  [30, 30_000],
  ['0', 0],
  ['90', 90_000],
  ['-1s', -1],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['10ns', 1],
])('keep_alive %s is %s ms', (value, ms) => {
  expect(keepAliveMs(keepAliveField.parse(value))).toBe(ms);
});

test.each(['soon', '5 m', '5x', ''])('keep_alive %j is refused', (value) => {
  expect(keepAliveField.safeParse(value).success).toBe(false);
});

test('calls get ids, results find their calls by id, by name, or in order', () => {
  const call = (name: string, id?: string) => ({ id, function: { name, arguments: { a: 1 } } });
  const asked = chat({
    messages: [
      { role: 'user', content: '?' },
      {
        ...{ role: 'assistant', content: '', thinking: 'Hm.' },
        tool_calls: [call('add'), call('sub', 'x1'), call('mul')],
      },
      { role: 'tool', content: 'three', tool_name: 'mul' },
      { role: 'tool', content: 'two', tool_call_id: 'x1' },
      { role: 'tool', content: 'one' },
      { role: 'tool', content: 'of nobody', tool_name: 'div' },
    ],
  });
  const asSent = (name: string, id: string) => ({
    ...{ id, type: 'function', function: { name, arguments: '{"a":1}' } },
  });
  expect(asked.messages.slice(1)).toEqual([
    {
      ...{ role: 'assistant', content: null, reasoning_content: 'Hm.' },
      tool_calls: [asSent('add', 'call_1_0'), asSent('sub', 'x1'), asSent('mul', 'call_1_2')],
    },
    { role: 'tool', content: 'three', tool_call_id: 'call_1_2', name: 'mul' },
    { role: 'tool', content: 'two', tool_call_id: 'x1', name: 'sub' },
    { role: 'tool', content: 'one', tool_call_id: 'call_1_0', name: 'add' },
    { role: 'tool', content: 'of nobody', name: 'div' },
  ]);
});

test('tools, and the tool_choice that users of Ollama miss', () => {
  const parameters = { type: 'object', properties: {} };
  const tools = [{ type: 'function', function: { name: 'add', parameters } }];
  expect(chat({ tools }).options).toEqual({ tools: [{ name: 'add', parameters }] });
  expect(chat({ tools, tool_choice: 'required' }).options.toolChoice).toBe('required');
  const named = { type: 'function', function: { name: 'add' } };
  expect(chat({ tools, tool_choice: named }).options.toolChoice).toEqual({ name: 'add' });
});

test('a last message of the assistant is continued; nothing is cut unless that is asked for', () => {
  const messages = [...hello.messages, { role: 'assistant', content: 'Hello,' }];
  expect(chat({ messages }).options).toEqual({ prefix: true });
  expect(chat({}).mayTruncate).toBe(false);
  expect(chat({ truncate: true }).mayTruncate).toBe(true);
});

test('pictures and templates are refused by name', () => {
  const messages = [{ role: 'user', content: '?', images: ['iVBORw0KGgo='] }];
  expect(() => chat({ messages })).toThrow('messages[0].images: found 1 of them');
  expect(() => generate({ prompt: '?', images: ['x'] })).toThrow('images');
  expect(() => generate({ prompt: '?', template: '{{ .Prompt }}' })).toThrow('template');
  expect(() => generate({ prompt: '?', raw: true, system: 'x' })).toThrow('raw: found it with');
});

test('what generate is given: a turn, a raw text, a gap, or nothing', () => {
  expect(generate({ prompt: 'Hi', system: 'Be brief.', context: [1, 2] }).prompt).toEqual({
    kind: 'chat',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ],
    context: [1, 2],
  });
  expect(generate({ prompt: 'Hi', raw: true }).prompt).toEqual({ kind: 'raw', text: 'Hi' });
  expect(generate({ prompt: 'a', suffix: 'c' }).prompt).toEqual({
    ...{ kind: 'infill', text: 'a', suffix: 'c' },
  });
  expect(generate({}).prompt).toEqual({ kind: 'none' });
  expect(generate({ prompt: '' }).prompt).toEqual({ kind: 'none' });
});

test('context is the conversation, and a new system text replaces the old', () => {
  const bytes = {
    tokenize: (text: string) => [...Buffer.from(text)],
    detokenize: (tokens: readonly number[]) => Buffer.from(tokens).toString(),
  };
  const history = [
    { role: 'system' as const, content: 'Old.' },
    { role: 'user' as const, content: '1 + 2?' },
    { role: 'assistant' as const, content: '3', reasoning_content: 'I add.' },
  ];
  const back = decodeContext(bytes, encodeContext(bytes, history));
  expect(back).toEqual(history);
  const turn = { role: 'user' as const, content: 'Sure?' };
  const system = { role: 'system' as const, content: 'New.' };
  expect(continued(back, [turn])).toEqual([...history, turn]);
  expect(continued(back, [system, turn])).toEqual([system, ...history.slice(1), turn]);
  expect(() => decodeContext(bytes, [1, 2, 3])).toThrow('context: found 3 numbers');
});

test('names with and without a tag, and of Hugging Face', () => {
  expect(taggedName('nano')).toBe('nano:latest');
  expect(taggedName('deepseek-r1:1.5b')).toBe('deepseek-r1:1.5b');
  expect(taggedName('C:/models/x')).toBe('C:/models/x:latest');
  const served = ['nano', 'r1:latest', 'deepseek-r1:1.5b'];
  expect(servedName('nano:latest', served)).toBe('nano');
  expect(servedName('r1', served)).toBe('r1:latest');
  expect(servedName('deepseek-r1:1.5b', served)).toBe('deepseek-r1:1.5b');
  expect(servedName('other:latest', served)).toBe('other');
  expect(hubName('hf.co/owner/repo:Q4_K_M')).toBe('owner/repo:Q4_K_M');
  expect(hubName('https://huggingface.co/owner/repo')).toBe('owner/repo');
  expect(hubName('deepseek-r1:latest')).toBe('deepseek-r1');
});
