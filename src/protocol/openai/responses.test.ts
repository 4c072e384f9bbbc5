import { describe, expect, test } from 'vitest';
import { invalidField } from '../invalid-field.ts';
import type { ReplyPiece } from './reply-pieces.ts';
import { type ResponseEvent, ResponseEvents } from './response-events.ts';
import { responseAsk, responseRequestSchema } from './response-request.ts';
import type { ReplySummary } from './usage.ts';

const ask = (fields: object) =>
  responseAsk(responseRequestSchema.parse({ input: 'Hi', ...fields }));
const messagesOf = (input: unknown) => ask({ input }).messages;

describe('a request', () => {
  test('instructions come first, a text is a user’s', () => {
    expect(ask({ instructions: 'Be brief.' }).messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ]);
  });

  test('the items of one turn become one message', () => {
    const text = (type: string, text: string) => [{ type, text }];
    expect(
      messagesOf([
        { role: 'user', content: text('input_text', 'Weather?') },
        { type: 'reasoning', id: 'rs', summary: [], content: text('reasoning_text', 'Hm.') },
        { type: 'message', role: 'assistant', id: 'm', content: text('output_text', 'Wait.') },
        { type: 'function_call', id: 'fc', call_id: 'c1', name: 'get', arguments: '{}' },
        { type: 'function_call', id: 'fd', call_id: 'c2', name: 'put', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c1', output: 'sun' },
        { type: 'function_call_output', call_id: 'c2', output: text('input_text', 'ok') },
        { role: 'developer', content: 'Now.' },
      ]),
    ).toEqual([
      { role: 'user', content: 'Weather?' },
      {
        ...{ role: 'assistant', content: 'Wait.', reasoning_content: 'Hm.' },
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'get', arguments: '{}' } },
          { id: 'c2', type: 'function', function: { name: 'put', arguments: '{}' } },
        ],
      },
      { role: 'tool', content: 'sun', tool_call_id: 'c1' },
      { role: 'tool', content: 'ok', tool_call_id: 'c2' },
      { role: 'system', content: 'Now.' },
    ]);
  });

  test('tools, format, effort and limits', () => {
    const schema = { type: 'object' };
    const asked = ask({
      tools: [{ type: 'function', name: 'get', parameters: schema, strict: true }],
      tool_choice: { type: 'function', name: 'get' },
      text: { format: { type: 'json_schema', name: 'a', schema } },
      ...{ reasoning: { effort: 'low', summary: 'auto' }, max_output_tokens: 9, temperature: 0 },
      ...{ include: ['message.output_text.logprobs'], top_logprobs: 2 },
    });
    expect(asked.options).toEqual({
      ...{ temperature: 0, maxTokens: 9, logprobs: 2, responseFormat: { type: 'schema', schema } },
      tools: [{ name: 'get', parameters: schema, strict: true }],
      ...{ toolChoice: { name: 'get' }, parallelToolCalls: false },
    });
    expect(asked.reasoning).toEqual({ effort: 'low' });
    expect(ask({ reasoning: { effort: 'none' } }).reasoning).toEqual({ isOn: false });
  });

  test('what needs state, and what is not run here, is refused', () => {
    expect(() => ask({ previous_response_id: 'resp_1' })).toThrow(
      'previous_response_id: found resp_1, expected none: no response is stored here',
    );
    expect(() => ask({ conversation: 'conv_1' })).toThrow('conversation');
    expect(() => ask({ background: true })).toThrow('background');
    expect(() => ask({ tools: [{ type: 'web_search' }] })).toThrow(
      'tools[0]: found the tool type web_search',
    );
    expect(() => messagesOf([{ type: 'item_reference', id: 'a' }])).toThrow(
      'input[0]: found an item of type item_reference',
    );
    const image = [{ type: 'input_image', image_url: 'data:' }];
    expect(() => messagesOf([{ role: 'user', content: image }])).toThrow(
      'input[0].content[0]: found a part of type input_image',
    );
  });

  test('a wrong item names its field', () => {
    const input = [{ type: 'function_call_output', call_id: 'c', output: 5 }];
    const parsed = responseRequestSchema.safeParse({ input });
    expect(parsed.error && invalidField(parsed.error).param).toMatch(/^input/);
  });
});

describe('events', () => {
  const head = { id: 'resp_1', created: 5, model: 'nano', system_fingerprint: 'fp' };
  const summary: ReplySummary = {
    ...{ finishReason: 'stop', promptTokens: 12, cachedTokens: 8, completionTokens: 40 },
    ...{ reasoningTokens: 30, ttftMs: 100, totalMs: 1100, prefillTokensPerSecond: 300 },
    ...{ decodeTokensPerSecond: 39, draftedTokens: 0, acceptedTokens: 0 },
  };
  function eventsOf(pieces: readonly ReplyPiece[], end = summary) {
    const encoder = new ResponseEvents(head, { store: false });
    const events: ResponseEvent[] = [];
    encoder.start(events);
    for (const piece of pieces) encoder.piece(piece, events);
    const response = encoder.finish(end, events);
    return { events: events.map((event) => structuredClone(event)), response };
  }
  const pieces: ReplyPiece[] = [
    { type: 'reasoning', text: 'Hm' },
    { type: 'reasoning', text: '.' },
    { type: 'text', text: 'Wait' },
    { type: 'toolCall', index: 0, id: 'c1', name: 'get' },
    { type: 'toolArguments', index: 0, text: '{"a":' },
    { type: 'toolArguments', index: 0, text: '1}' },
    { type: 'toolCall', index: 1, id: 'c2', name: 'put' },
    { type: 'toolArguments', index: 1, text: '{}' },
  ];

  test('each item is opened, filled and closed before the next', () => {
    const { events } = eventsOf(pieces);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual([...events.keys()]);
    expect(events.map(({ type }) => type.replace('response.', ''))).toEqual([
      ...['created', 'in_progress'],
      ...['output_item.added', 'content_part.added', 'reasoning_text.delta'],
      ...['reasoning_text.delta', 'reasoning_text.done', 'content_part.done', 'output_item.done'],
      ...['output_item.added', 'content_part.added', 'output_text.delta'],
      ...['output_text.done', 'content_part.done', 'output_item.done'],
      ...['output_item.added', 'function_call_arguments.delta', 'function_call_arguments.delta'],
      ...['function_call_arguments.done', 'output_item.done'],
      ...['output_item.added', 'function_call_arguments.delta'],
      ...['function_call_arguments.done', 'output_item.done', 'completed'],
    ]);
  });

  test('the response has the items and the counts', () => {
    const { response, events } = eventsOf(pieces);
    expect(response).toMatchObject({
      ...{ id: 'resp_1', object: 'response', status: 'completed', store: false },
      output: [
        { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Wait' }] },
        { type: 'function_call', call_id: 'c1', name: 'get', arguments: '{"a":1}' },
        { type: 'function_call', call_id: 'c2', name: 'put', arguments: '{}' },
      ],
      usage: {
        ...{ input_tokens: 12, output_tokens: 40, total_tokens: 52 },
        input_tokens_details: { cached_tokens: 8 },
        output_tokens_details: { reasoning_tokens: 30 },
      },
    });
    expect(events.at(-1)).toMatchObject({ response: { output: response.output } });
    expect(new Set(response.output.map(({ id }) => id)).size).toBe(4);
  });

  test('a reply that was cut is incomplete, and so is its last item', () => {
    const { events, response } = eventsOf([{ type: 'text', text: 'Ye' }], {
      ...{ ...summary, finishReason: 'length' },
    });
    expect(events.at(-1)?.type).toBe('response.incomplete');
    expect(response).toMatchObject({
      ...{ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
      output: [{ status: 'incomplete' }],
    });
  });

  test('a failure ends them with its code', () => {
    const encoder = new ResponseEvents(head, {});
    const events: ResponseEvent[] = [];
    encoder.fail('internal_error', 'Broken.', events);
    expect(events[0]).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'internal_error', message: 'Broken.' } },
    });
  });
});
