import { describe, expect, test } from 'vitest';
import { invalidField } from '../invalid-field.ts';
import { chatAsk, chatRequestSchema } from './chat-request.ts';

const messages = [{ role: 'user', content: 'Hi' }];
const ask = (fields: object = {}) => chatAsk(chatRequestSchema.parse({ messages, ...fields }));
const optionsOf = (fields: object) => ask(fields).options;
/** As the client reads it. */
const refusal = (fields: object) => {
  const parsed = chatRequestSchema.safeParse({ messages, ...fields });
  if (!parsed.success) {
    const { param, reason } = invalidField(parsed.error);
    return `${param}: ${reason}`;
  }
  try {
    chatAsk(parsed.data);
  } catch (cause) {
    return (cause as Error).message;
  }
  return 'accepted';
};
const tool = (name: string) => ({
  type: 'function',
  function: { name, description: 'd', parameters: { type: 'object' } },
});

test('a bare request asks for nothing but the model and its defaults', () => {
  expect(ask()).toEqual({
    ...{ model: undefined, messages, options: {}, reasoning: {}, numChoices: 1 },
    ...{ stream: undefined, reasoningName: 'reasoning_content', samples: undefined },
  });
});

test('null is as if left out, unknown fields are ignored', () => {
  const names = Object.keys(chatRequestSchema.shape).filter((name) => name !== 'messages');
  const nulls = Object.fromEntries(names.map((name) => [name, null]));
  expect(ask({ ...nulls, service_tier: 'auto', modalities: ['text'], store: true })).toEqual(ask());
});

test('sampling fields have the engine’s names', () => {
  expect(
    optionsOf({
      ...{ temperature: 0.5, top_p: 0.9, top_k: 5, min_p: 0.1, repetition_penalty: 1.1 },
      ...{ presence_penalty: 1, frequency_penalty: -1, seed: 7, stop: ['a', 'b'] },
      ...{ logit_bias: { 5: -100 }, logprobs: true, top_logprobs: 3, user_id: 'u-1' },
    }),
  ).toEqual({
    ...{ temperature: 0.5, topP: 0.9, topK: 5, minP: 0.1, repetitionPenalty: 1.1 },
    ...{ presencePenalty: 1, frequencyPenalty: -1, seed: 7, stop: ['a', 'b'] },
    ...{ logitBias: { 5: -100 }, logprobs: 3, cacheSalt: 'u-1' },
  });
});

test('max_completion_tokens wins over max_tokens (vllm-ascend #16116 asks which)', () => {
  expect(optionsOf({ max_tokens: 5, max_completion_tokens: 9 }).maxTokens).toBe(9);
  expect(optionsOf({ max_tokens: 5 }).maxTokens).toBe(5);
});

describe('messages', () => {
  const messagesOf = (...list: object[]) => ask({ messages: list }).messages;

  test('developer is system, text parts become text', () => {
    const parts = [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ];
    expect(
      messagesOf({ role: 'developer', content: 'Be.' }, { role: 'user', content: parts }),
    ).toEqual([
      { role: 'system', content: 'Be.' },
      { role: 'user', content: 'a\nb' },
    ]);
  });

  test('tool calls, their results and reasoning are taken back, and nobody has to send reasoning (langchain docs #3765, opencode #25058)', () => {
    const calls = [{ id: 'c1', type: 'function', function: { name: 'get', arguments: '{"a":1}' } }];
    const turn = { role: 'assistant', content: null, tool_calls: calls };
    const result = { role: 'tool', content: 'sun', tool_call_id: 'c1' };
    expect(messagesOf({ ...turn, reasoning_content: 'Hm.' }, result)).toEqual([
      { ...turn, reasoning_content: 'Hm.' },
      result,
    ]);
    expect(messagesOf({ ...turn, reasoning: 'Hm.' })[0]).toMatchObject({
      reasoning_content: 'Hm.',
    });
    expect(messagesOf({ ...turn, reasoning_content: '' })).toEqual([turn]);
  });

  test('pictures, sound and files are refused by name, not dropped', () => {
    const image = { type: 'image_url', image_url: { url: 'data:' } };
    const found = refusal({ messages: [{ role: 'user', content: [image] }] });
    expect(found).toContain('messages[0].content[0]: found a part of type image_url');
  });

  test('an assistant’s message has something in it', () => {
    expect(refusal({ messages: [{ role: 'assistant' }] })).toContain('messages[0].content');
  });

  test('a prefix is the last message', () => {
    const begun = { role: 'assistant', content: 'Sure', prefix: true };
    expect(optionsOf({ messages: [...messages, begun] })).toEqual({ prefix: true });
    expect(refusal({ messages: [begun, ...messages] })).toContain('messages[0].prefix');
    const held = { response_format: { type: 'json_object' } };
    expect(refusal({ messages: [...messages, begun], ...held })).toContain('response_format');
  });
});

describe('reasoning', () => {
  const reasoningOf = (fields: object) => ask(fields).reasoning;

  test('off has many names and always wins (Ollama #12180, litellm #27608 and #37032)', () => {
    for (const fields of [
      { thinking: { type: 'disabled' } },
      { reasoning_effort: 'none' },
      { chat_template_kwargs: { enable_thinking: false } },
      { chat_template_kwargs: { thinking: false }, reasoning_effort: 'high' },
      { thinking: { type: 'enabled', budget_tokens: 0 } },
      { thinking: { type: 'enabled' }, reasoning_effort: 'none' },
    ]) {
      expect(reasoningOf(fields)).toEqual({ isOn: false });
    }
  });

  test('budget and effort', () => {
    expect(reasoningOf({ thinking: { type: 'enabled', budget_tokens: 99 } })).toEqual({
      ...{ isOn: true, budgetTokens: 99 },
    });
    expect(reasoningOf({ reasoning_effort: 'low' })).toEqual({ effort: 'low' });
    expect(reasoningOf({ reasoning_effort: 40 })).toEqual({ effort: 40 });
    expect(refusal({ reasoning_effort: 'huge' })).toContain('reasoning_effort');
  });
});

describe('tools and formats', () => {
  test('tools and the choice among them', () => {
    const asked = { tools: [tool('a'), tool('b')], parallel_tool_calls: false };
    const named = { type: 'function', function: { name: 'b' } };
    const tools = ['a', 'b'].map((name) => ({
      ...{ name, description: 'd', parameters: { type: 'object' } },
    }));
    expect(optionsOf({ ...asked, tool_choice: named })).toEqual({
      ...{ tools, toolChoice: { name: 'b' }, parallelToolCalls: false },
    });
    expect(optionsOf({ tools: [], tool_choice: 'none' })).toEqual({});
  });

  test('a choice of what is not there is refused', () => {
    const named = { type: 'function', function: { name: 'z' } };
    expect(refusal({ tools: [tool('a')], tool_choice: named })).toContain('found z, expected a');
    expect(refusal({ tool_choice: 'required' })).toContain('tools to choose from');
    expect(refusal({ tools: [tool('a'), tool('a')] })).toContain('two tools of one name');
    expect(refusal({ functions: [{ name: 'a' }] })).toContain('tools');
    expect(refusal({ tools: Array.from({ length: 129 }, (_, i) => tool(`t${i}`)) })).toContain(
      'tools',
    );
  });

  test('response formats', () => {
    const schema = { type: 'object' };
    const formatOf = (response_format: object) => optionsOf({ response_format }).responseFormat;
    expect(formatOf({ type: 'text' })).toBeUndefined();
    expect(formatOf({ type: 'json_object' })).toEqual({ type: 'json' });
    expect(formatOf({ type: 'json_schema', json_schema: { name: 'a', schema } })).toEqual({
      ...{ type: 'schema', schema },
    });
    expect(refusal({ response_format: { type: 'xml' } })).toContain('response_format.type');
  });
});

test('several samples vote; several replies do not', () => {
  expect(ask({ sampan: { samples: 5, vote: true } }).samples).toBe(5);
  expect(ask({ sampan: { vote: true } }).samples).toBe(8);
  expect(refusal({ sampan: { samples: 5 } })).toContain('sampan.vote');
  expect(refusal({ sampan: { vote: true }, n: 2 })).toContain('n: found 2');
});

test('each limit names its field', () => {
  const wrong: [object, string][] = [
    [{ messages: [] }, 'messages'],
    [{ n: 9 }, 'n: '],
    [{ temperature: 2.1 }, 'temperature'],
    [{ stop: Array(17).fill('a') }, 'stop'],
    [{ top_logprobs: 21, logprobs: true }, 'top_logprobs'],
    [{ top_logprobs: 2 }, 'top_logprobs: found 2 without logprobs'],
    [{ user_id: 'a b' }, 'user_id'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ logit_bias: { 1: 101 } }, 'logit_bias'],
    [{ logit_bias: Object.fromEntries(Array.from({ length: 1025 }, (_, i) => [i, 1])) }, '1025'],
    [{ stream: 'yes' }, 'stream'],
  ];
  for (const [fields, expected] of wrong) expect(refusal(fields)).toContain(expected);
});
