import { expect, test } from 'vitest';
import type { ReplyPiece } from '../openai/reply-pieces.ts';
import { collectMessage } from './collect-message.ts';
import type { MessageSummary } from './message.ts';
import { type MessageEvent, MessageWriter } from './message-events.ts';
import { signatureWithThinking, signThinking } from './thinking-signature.ts';

const summary: MessageSummary = {
  ...{ finishReason: 'stop', promptTokens: 20, cachedTokens: 16 },
  ...{ completionTokens: 9, reasoningTokens: 3 },
};

function eventsOf(
  pieces: readonly ReplyPiece[],
  end: Partial<MessageSummary> = {},
  showsThinking = true,
): MessageEvent[] {
  const writer = new MessageWriter({ id: 'msg_1', model: 'nano', showsThinking });
  return [
    ...writer.start(20),
    ...pieces.flatMap((piece) => writer.push(piece)),
    ...writer.end({ ...summary, ...end }),
  ];
}

const thought: ReplyPiece[] = [
  { type: 'reasoning', text: '1 + ' },
  { type: 'reasoning', text: '2' },
];
const calls: ReplyPiece[] = [
  { type: 'toolCall', index: 0, id: 'call_a', name: 'add' },
  { type: 'toolArguments', index: 0, text: '{"a":' },
  { type: 'toolArguments', index: 0, text: '1}' },
  { type: 'toolCall', index: 1, id: 'call_b', name: 'now' },
];
const usage = {
  ...{ input_tokens: 4, cache_creation_input_tokens: 0, cache_read_input_tokens: 16 },
  ...{ output_tokens: 9, output_tokens_details: { thinking_tokens: 3 }, server_tool_use: null },
};

test('thinking, text and two calls: every event in its order', () => {
  const pieces: ReplyPiece[] = [...thought, { type: 'text', text: 'I add.' }, ...calls];
  const caller = { type: 'direct' };
  expect(eventsOf(pieces, { finishReason: 'toolCalls' })).toEqual([
    {
      type: 'message_start',
      message: {
        ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'nano', content: [] },
        ...{ stop_reason: null, stop_sequence: null, stop_details: null, container: null },
        usage: {
          ...usage,
          ...{ input_tokens: 20, cache_read_input_tokens: 0, output_tokens: 0 },
          output_tokens_details: { thinking_tokens: 0 },
        },
      },
    },
    { type: 'ping' },
    start(0, { type: 'thinking', thinking: '', signature: '' }),
    delta(0, { type: 'thinking_delta', thinking: '1 + ' }),
    delta(0, { type: 'thinking_delta', thinking: '2' }),
    delta(0, { type: 'signature_delta', signature: signThinking('1 + 2') }),
    stop(0),
    start(1, { type: 'text', text: '', citations: null }),
    delta(1, { type: 'text_delta', text: 'I add.' }),
    stop(1),
    start(2, { type: 'tool_use', id: 'call_a', name: 'add', input: {}, caller }),
    delta(2, { type: 'input_json_delta', partial_json: '{"a":' }),
    delta(2, { type: 'input_json_delta', partial_json: '1}' }),
    stop(2),
    start(3, { type: 'tool_use', id: 'call_b', name: 'now', input: {}, caller }),
    stop(3),
    {
      type: 'message_delta',
      delta: {
        ...{ stop_reason: 'tool_use', stop_sequence: null },
        ...{ stop_details: null, container: null },
      },
      usage,
    },
    { type: 'message_stop' },
  ]);
});

test('a whole message is what its events add up to', () => {
  const pieces: ReplyPiece[] = [...thought, { type: 'text', text: 'I ' }, ...calls];
  pieces.splice(3, 0, { type: 'text', text: 'add.' });
  const message = collectMessage(eventsOf(pieces, { finishReason: 'toolCalls' }));
  expect(message).toMatchObject({ stop_reason: 'tool_use', usage });
  expect(message.content).toEqual([
    { type: 'thinking', thinking: '1 + 2', signature: signThinking('1 + 2') },
    { type: 'text', text: 'I add.', citations: null },
    { type: 'tool_use', id: 'call_a', name: 'add', input: { a: 1 }, caller: { type: 'direct' } },
    { type: 'tool_use', id: 'call_b', name: 'now', input: {}, caller: { type: 'direct' } },
  ]);
});

test('thinking that is not to be shown is told by its signature alone', () => {
  const message = collectMessage(eventsOf([...thought, { type: 'text', text: '3' }], {}, false));
  expect(message.content[0]).toEqual({
    ...{ type: 'thinking', thinking: '', signature: signatureWithThinking('1 + 2') },
  });
});

test('a call that was cut off is in the stream, but not in the whole message', () => {
  const cut = { finishReason: 'length', lengthCause: 'maxTokens' };
  const events = eventsOf(calls.slice(0, 2), cut);
  expect(events.map(({ type }) => type)).toContain('content_block_start');
  expect(collectMessage(events)).toMatchObject({ content: [], stop_reason: 'max_tokens' });
});

test('a reply of nothing is a message of nothing', () => {
  expect(eventsOf([]).map(({ type }) => type)).toEqual([
    ...['message_start', 'ping', 'message_delta', 'message_stop'],
  ]);
});

test.each([
  [{ finishReason: 'stop' }, 'end_turn', null],
  [{ finishReason: 'stop', stopString: 'END' }, 'stop_sequence', 'END'],
  [{ finishReason: 'length', lengthCause: 'maxTokens' }, 'max_tokens', null],
  [{ finishReason: 'length', lengthCause: 'loop' }, 'max_tokens', null],
  [{ finishReason: 'length', lengthCause: 'context' }, 'model_context_window_exceeded', null],
  [{ finishReason: 'toolCalls' }, 'tool_use', null],
])('%o is %s', (end, reason, sequence) => {
  expect(collectMessage(eventsOf([], end))).toMatchObject({
    ...{ stop_reason: reason, stop_sequence: sequence },
  });
});

function start(index: number, content_block: object) {
  return { type: 'content_block_start', index, content_block };
}
function delta(index: number, change: object) {
  return { type: 'content_block_delta', index, delta: change };
}
function stop(index: number) {
  return { type: 'content_block_stop', index };
}
