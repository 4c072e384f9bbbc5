import { describe, expect, test } from 'vitest';
import { chatBody } from './chat-body.ts';
import { ChatChunks } from './chat-chunks.ts';
import type { TokenLogprobs } from './logprobs.ts';
import { CollectedReply, type ReplyPiece } from './reply-pieces.ts';
import type { ReplySummary } from './usage.ts';

const head = { id: 'chatcmpl-1', created: 5, model: 'nano', system_fingerprint: 'fp_1' };
const summary: ReplySummary = {
  ...{ finishReason: 'stop', promptTokens: 12, cachedTokens: 8, completionTokens: 40 },
  ...{ reasoningTokens: 30, ttftMs: 100, totalMs: 1100, prefillTokensPerSecond: 300 },
  ...{ decodeTokensPerSecond: 39, draftedTokens: 4, acceptedTokens: 3 },
};
const thinking: ReplyPiece[] = [
  { type: 'reasoning', text: 'Hm.' },
  { type: 'text', text: 'Yes' },
];
const logprob = (text: string, isReasoning: boolean): TokenLogprobs => {
  const token = { id: 1, text, bytes: Buffer.from(text), logprob: -1 };
  return { ...token, top: [token], isReasoning };
};

function chunksOf(
  pieces: readonly ReplyPiece[],
  options: Partial<ConstructorParameters<typeof ChatChunks>[1]> = {},
  end = summary,
) {
  const all = { includeUsage: false, reasoningName: 'reasoning_content' as const, ...options };
  const encoder = new ChatChunks(head, all);
  const chunks: string[] = [];
  for (const piece of pieces) encoder.piece(0, piece, chunks);
  encoder.finish(0, end, chunks);
  encoder.usage([end], chunks);
  return chunks.map((chunk) => JSON.parse(chunk));
}
const deltasOf = (chunks: ReturnType<typeof chunksOf>) =>
  chunks.flatMap((chunk) => chunk.choices.map((choice: { delta: object }) => choice.delta));

describe('a stream', () => {
  test('has one id, the role first, then pieces, then why it ended', () => {
    const chunks = chunksOf([{ type: 'text', text: 'Yes' }]);
    for (const chunk of chunks) {
      expect(chunk).toMatchObject({ ...head, object: 'chat.completion.chunk' });
    }
    expect(deltasOf(chunks)).toEqual([{ role: 'assistant', content: '' }, { content: 'Yes' }, {}]);
    const reasons = chunks.map((chunk) => chunk.choices[0].finish_reason);
    expect(reasons).toEqual([null, null, 'stop']);
  });

  test('begins thinking with reasoning_content: "" (what dsh-llm-deepseek relies on)', () => {
    expect(deltasOf(chunksOf(thinking))).toEqual([
      { role: 'assistant', content: null, reasoning_content: '' },
      { reasoning_content: 'Hm.' },
      { content: 'Yes' },
      {},
    ]);
  });

  test('names reasoning as it is asked to', () => {
    expect(deltasOf(chunksOf(thinking, { reasoningName: 'reasoning' }))[1]).toEqual({
      reasoning: 'Hm.',
    });
    expect(deltasOf(chunksOf(thinking, { reasoningName: 'both' }))[1]).toEqual({
      ...{ reasoning: 'Hm.', reasoning_content: 'Hm.' },
    });
  });

  test('with include_usage: null in all chunks, then one more without choices', () => {
    const chunks = chunksOf(thinking, { includeUsage: true });
    const last = chunks.pop();
    expect(chunks.map((chunk) => chunk.usage)).toEqual([null, null, null, null]);
    expect(last.choices).toEqual([]);
    expect(last.usage).toEqual({
      ...{ prompt_tokens: 12, completion_tokens: 40, total_tokens: 52 },
      ...{ prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 4 },
      prompt_tokens_details: { cached_tokens: 8 },
      completion_tokens_details: { reasoning_tokens: 30 },
    });
    expect(chunksOf(thinking)[0]).not.toHaveProperty('usage');
  });

  test('a tool call has id and name once, then pieces of its arguments', () => {
    const call = (index: number): ReplyPiece[] => [
      { type: 'toolCall', index, id: `c${index}`, name: 'get' },
      { type: 'toolArguments', index, text: '{"a"' },
      { type: 'toolArguments', index, text: ':1}' },
    ];
    const end = { ...summary, finishReason: 'toolCalls' };
    const chunks = chunksOf([...call(0), ...call(1)], {}, end);
    const calls = deltasOf(chunks).flatMap(
      (delta: { tool_calls?: object[] }) => delta.tool_calls ?? [],
    );
    const first = { type: 'function', function: { name: 'get', arguments: '' } };
    expect(calls).toEqual([
      { index: 0, id: 'c0', ...first },
      { index: 0, function: { arguments: '{"a"' } },
      { index: 0, function: { arguments: ':1}' } },
      { index: 1, id: 'c1', ...first },
      { index: 1, function: { arguments: '{"a"' } },
      { index: 1, function: { arguments: ':1}' } },
    ]);
    expect(chunks.at(-1).choices[0].finish_reason).toBe('tool_calls');
  });

  test('an empty reply has its role all the same', () => {
    expect(deltasOf(chunksOf([]))).toEqual([{ role: 'assistant', content: '' }, {}]);
  });

  test('log probabilities go with their piece, those of the thinking apart', () => {
    const pieces: ReplyPiece[] = [
      { type: 'reasoning', text: 'Hm', logprobs: [logprob('Hm', true)] },
      { type: 'text', text: 'Ja', logprobs: [logprob('</think>', true), logprob('Ja', false)] },
    ];
    const [, first, second] = chunksOf(pieces).map((chunk) => chunk.choices[0].logprobs);
    const entry = (token: string) => ({
      ...{ token, logprob: -1, bytes: [...Buffer.from(token)] },
      top_logprobs: [{ token, logprob: -1, bytes: [...Buffer.from(token)] }],
    });
    expect(first).toEqual({ content: [], refusal: null, reasoning_content: [entry('Hm')] });
    expect(second).toEqual({
      ...{ content: [entry('Ja')], refusal: null, reasoning_content: [entry('</think>')] },
    });
  });

  test('says why a reply was cut, and how samples voted', () => {
    const cut = { ...summary, finishReason: 'length', lengthCause: 'maxTokens' };
    expect(chunksOf([], {}, cut).at(-1).choices[0]).toMatchObject({
      ...{ finish_reason: 'length', sampan: { length_cause: 'max_tokens' } },
    });
    const vote = { samples: 3, winner: 1, answers: [{ answer: '7', votes: 2, meanLogprob: -1 }] };
    expect(chunksOf([], {}, { ...summary, vote }).at(-1).choices[0].sampan).toEqual({
      vote: { samples: 3, winner: 1, answers: [{ answer: '7', votes: 2 }] },
    });
  });
});

describe('a whole reply', () => {
  const collected = (pieces: readonly ReplyPiece[]) => {
    const reply = new CollectedReply();
    for (const piece of pieces) reply.add(piece);
    return { reply, summary };
  };
  const options = { reasoningName: 'reasoning_content' as const, hasLogprobs: false };

  test('has the same content, and usage with the prompt counted once', () => {
    const body = chatBody(head, [collected(thinking), collected(thinking)], options);
    expect(body).toMatchObject({ ...head, object: 'chat.completion' });
    expect(body.choices.map(({ index }) => index)).toEqual([0, 1]);
    expect(body.choices[0]).toMatchObject({
      message: { role: 'assistant', content: 'Yes', reasoning_content: 'Hm.', refusal: null },
      ...{ logprobs: null, finish_reason: 'stop' },
    });
    expect(body.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 80 });
  });

  test('content is null beside tool calls alone', () => {
    const pieces: ReplyPiece[] = [
      { type: 'toolCall', index: 0, id: 'c', name: 'get' },
      { type: 'toolArguments', index: 0, text: '{}' },
    ];
    expect(chatBody(head, [collected(pieces)], options).choices[0].message).toEqual({
      ...{ role: 'assistant', content: null, refusal: null },
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'get', arguments: '{}' } }],
    });
    expect(chatBody(head, [collected([])], options).choices[0].message.content).toBe('');
  });
});
