import { afterEach, expect, test } from 'vitest';
import { FakeModel, type FakeModelOptions } from '../../test/fakes/fake-model.ts';
import { FakeTokenizer } from '../../test/fakes/fake-tokenizer.ts';
import { r1, v31 } from '../formats/chat/fixtures/templates.ts';
import { tokenizerConfig, tokenizerJson } from '../formats/tokenizer/fixtures/fixture.ts';
import type { Tokenizer } from '../formats/tokenizer/tokenizer.ts';
import { tokenizerFromJson } from '../formats/tokenizer/tokenizer-json.ts';
import { Chat } from './chat.ts';
import { Engine } from './engine.ts';
import { type ChatOptions, LoadedModel } from './loaded-model.ts';
import type { ModelInfo } from './model-info.ts';
import type { ChatPiece } from './reply-writer.ts';

const opened: LoadedModel[] = [];
afterEach(async () => {
  for (const model of opened.splice(0)) await model.close();
});

const template =
  "{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}{% endfor %}[a]<think>\n";

/** A model that writes exactly this after any prompt, as far as it is let. */
function open(text: string, chatTemplate = template, tokenizer: Tokenizer = new FakeTokenizer()) {
  const end = [...tokenizer.eosTokenIds][0] as number;
  const reply = [...tokenizer.encode(text, { special: true }), end];
  let promptTokens: number | undefined;
  const prompts: string[] = [];
  const options: FakeModelOptions = {
    onLogits(row, context) {
      promptTokens ??= context.length;
      if (context.length === promptTokens) prompts.push(tokenizer.decode(context));
      row.fill(-10);
      row[reply[context.length - promptTokens] ?? end] = 10;
    },
  };
  const { vocabSize } = tokenizer;
  const fake = new FakeModel({ ...options, vocabSize });
  const limits = { contextTokens: 1000, numBlocks: 800, blockTokens: 4, maxPrefillTokens: 64 };
  const engine = new Engine(fake, { ...limits, maxSequences: 4, vocabSize });
  const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, source: 'plain' } as const;
  const chat = new Chat({ chatTemplate }, tokenizer);
  const info = { name: 'Fake', vocabSize, sampling } as ModelInfo;
  const close = async () => fake.close();
  const model = new LoadedModel({ tokenizer, chat, engine, info, close });
  opened.push(model);
  return { model, prompts, forgetPrompt: () => (promptTokens = undefined) };
}

const messages = [{ role: 'user', content: 'Weather?' }] as const;
const tools = [
  { name: 'get', parameters: { type: 'object' } },
  { name: 'put', parameters: { type: 'object' } },
];

async function read(model: LoadedModel, options: ChatOptions = {}, chat: unknown = messages) {
  const reply = model.chat(chat as typeof messages, { tools, ...options });
  const pieces: ChatPiece[] = [];
  for await (const piece of reply) pieces.push(piece);
  const join = (type: 'reasoning' | 'text') =>
    pieces.map((piece) => (piece.type === type ? piece.text : '')).join('');
  const calls = pieces
    .filter((piece) => piece.type === 'toolCall')
    .map(({ index, id, name }) => ({
      ...{ id, name },
      arguments: pieces
        .map((p) => (p.type === 'toolArguments' && p.index === index ? p.text : ''))
        .join(''),
    }));
  const { finishReason } = await reply.summary;
  return { reasoning: join('reasoning'), text: join('text'), calls, finishReason, pieces };
}

test('text, then calls: names and arguments as they come, and the reason of the end', async () => {
  const { model } = open(
    'Hm.</think>Let me see.\n<function=get>{"c": [1, {"d": "x"}]}</function>\n<function=put>{}</function>',
  );
  const { reasoning, text, calls, finishReason, pieces } = await read(model);
  expect([reasoning, text, finishReason]).toEqual(['Hm.', 'Let me see.', 'toolCalls']);
  expect(calls.map((call) => [call.name, call.arguments])).toEqual([
    ['get', '{"c": [1, {"d": "x"}]}'],
    ['put', '{}'],
  ]);
  expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
  const numArguments = pieces.filter(({ type }) => type === 'toolArguments').length;
  expect(numArguments).toBeGreaterThan(10);
});

test('what looks like a call in the thinking is thinking', async () => {
  const thought = 'I could write <function=get>{"a": 1}</function> now.';
  const { model } = open(`${thought}</think>No.`);
  expect(await read(model)).toMatchObject({
    ...{ reasoning: thought, text: 'No.', calls: [], finishReason: 'stop' },
  });
});

test('without tools it is text, and nothing is said of tools', async () => {
  const call = '<function=get>{"a": 1}</function>';
  const { model, prompts } = open(`</think>${call}`);
  expect(await read(model, { tools: [] })).toMatchObject({ text: call, calls: [] });
  expect(prompts[0]).toBe('[user]Weather?[a]<think>');
});

test('none: the tools are not shown, and the reply cannot begin a call', async () => {
  const { model, prompts } = open('</think>So: <function=get>{"a": 1}</function>');
  const { text, calls, finishReason } = await read(model, { toolChoice: 'none' });
  expect([calls, finishReason]).toEqual([[], 'stop']);
  expect(text).toMatch(/^So: <function[^=]get>/);
  expect(prompts[0]).toBe('[user]Weather?[a]<think>');
});

test('stop strings are about the answer, not about calls', async () => {
  const { model } = open('</think>ab ST <function=get>{"a": "STOP"}</function>');
  const { text, calls, finishReason } = await read(model, { stop: ['STOP', 'b ST <'] });
  expect([text, calls[0]?.arguments, finishReason]).toEqual([
    'ab ST',
    '{"a": "STOP"}',
    'toolCalls',
  ]);
  const { model: other } = open('</think>ab STOP <function=get>{}</function>');
  const stopped = await read(other, { stop: 'STOP' });
  expect([stopped.text, stopped.calls, stopped.finishReason]).toEqual(['ab ', [], 'stop']);
});

test('required: the answer is a call whatever the model would write; thinking is free', async () => {
  const { model } = open('Nobody makes me.</think>No!');
  const { reasoning, text, calls, finishReason } = await read(model, {
    ...{ toolChoice: 'required', maxTokens: 200 },
  });
  expect([reasoning, text, calls.length]).toEqual(['Nobody makes me.', '', 1]);
  expect(['toolCalls', 'length']).toContain(finishReason);
});

test('a chosen tool is the only one that can be called', async () => {
  const { model } = open('</think><function=get>{}</function>');
  const { calls } = await read(model, { toolChoice: { name: 'put' }, maxTokens: 200 });
  expect(calls.map(({ name }) => name)).toEqual(['put']);
});

test('no tool but those offered can be called', async () => {
  const { model } = open('</think><function=rm>{}</function>');
  const { calls } = await read(model, { maxTokens: 200 });
  expect(['get', 'put']).toContain(calls[0]?.name);
});

test('parallelToolCalls false: one call and no more', async () => {
  const { model } = open('</think><function=get>{}</function>\n<function=put>{}</function>');
  const { calls, finishReason } = await read(model, { parallelToolCalls: false });
  expect([calls.map(({ name }) => name), finishReason]).toEqual([['get'], 'toolCalls']);
});

test('a reply that is cut within a call says length', async () => {
  const { model } = open('</think><function=get>{"a": "a long text"}</function>');
  const { calls, finishReason } = await read(model, { maxTokens: 30 });
  expect(finishReason).toBe('length');
  expect(calls[0]?.arguments).toBe('{"a": "a long t');
});

test('a model that may think by itself may do so before a call', async () => {
  const plain = template.replace('<think>\n', '');
  const { model } = open('<think>Hm.</think>\n\n<function=get>{}</function>', plain);
  const { reasoning, calls } = await read(model, { toolChoice: 'required' });
  expect([reasoning, calls.map(({ name }) => name)]).toEqual(['Hm.', ['get']]);
});

test('a form of the answer holds where the model does not call', async () => {
  const json = '{"a": 1}';
  const responseFormat = { type: 'json' } as const;
  const { model } = open(`</think>${json}`);
  expect(await read(model, { responseFormat })).toMatchObject({ text: json, calls: [] });
  const { model: caller } = open(`</think><function=get>${json}</function>`);
  const { text, calls } = await read(caller, { responseFormat });
  expect([text, calls[0]?.arguments]).toEqual(['', json]);
});

test('a call that comes back is in the prompt as it was written', async () => {
  const written = '{"a":  1,"b": [ 2 ]}'.replace('  ', ' ');
  const { model, prompts, forgetPrompt } = open(`</think><function=get>${written}</function>`);
  const { calls } = await read(model);
  forgetPrompt();
  const call = calls[0] as (typeof calls)[number];
  const args = JSON.stringify(JSON.parse(call.arguments));
  expect(args).not.toBe(written);
  await read(model, {}, [
    ...messages,
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: call.id, type: 'function', function: { name: 'get', arguments: args } }],
    },
    { role: 'tool', content: 'sun', tool_call_id: call.id },
  ]);
  expect(prompts[1]).toContain(
    `[assistant]<function=get>${written}</function>[user]<function_result>sun</function_result>`,
  );
});

const deepseek = tokenizerFromJson(tokenizerJson('deepseek-v3'), tokenizerConfig);
const written = {
  v31:
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get<｜tool▁sep｜>{"c": [1]}<｜tool▁call▁end｜>' +
    '<｜tool▁call▁begin｜>put<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  r1:
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get\n```json\n{"c": [1]}\n```' +
    '<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>put\n```json\n{}\n```' +
    '<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
};

test('tokens that have no text of their own make calls, and never reach the reader', async () => {
  for (const [own, calling] of [
    [v31, written.v31],
    [r1, `</think>\n\n${written.r1}`],
  ] as const) {
    const start = calling.indexOf('<｜tool');
    const text = `${calling.slice(0, start)}So: ${calling.slice(start)}`;
    const { model } = open(text, own, deepseek);
    const read1 = await read(model);
    expect([read1.text, read1.finishReason]).toEqual(['So:', 'toolCalls']);
    expect(read1.calls.map((call) => [call.name, call.arguments])).toEqual([
      ['get', '{"c": [1]}'],
      ['put', '{}'],
    ]);
  }
});

test('a model that has to call writes its own tokens, not their letters', async () => {
  const { model, prompts, forgetPrompt } = open(written.v31, v31, deepseek);
  const { calls } = await read(model, { toolChoice: { name: 'put' }, maxTokens: 200 });
  expect(calls[0]?.name).toBe('put');
  forgetPrompt();
  await read(model, {}, [
    ...messages,
    {
      role: 'assistant',
      content: null,
      tool_calls: calls.map(({ id, ...call }) => ({ id, type: 'function', function: call })),
    },
    { role: 'tool', content: 'ok', tool_call_id: calls[0]?.id },
  ]);
  expect(prompts[1]).toContain('put<｜tool▁sep｜>{');
});

test('tools that cannot be are refused where the request is made', () => {
  const { model } = open('');
  expect(() => model.chat(messages, { tools: [{ name: 'a b' }] })).toThrow(/tools\[0\].name/);
  expect(() => model.chat(messages, { toolChoice: 'required' })).toThrow(/toolChoice/);
  expect(() => model.chat(messages, { tools, parallelToolCalls: 1 as never })).toThrow(
    /parallelToolCalls/,
  );
});
