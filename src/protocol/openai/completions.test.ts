import { expect, test } from 'vitest';
import { CompletionChunks, completionBody } from './completion-chunks.ts';
import { completionAsk, completionRequestSchema } from './completion-request.ts';
import { embeddingsAsk, embeddingsBody, embeddingsRequestSchema } from './embeddings.ts';
import type { TokenLogprobs } from './logprobs.ts';
import type { ReplySummary } from './usage.ts';

const ask = (fields: object) => completionAsk(completionRequestSchema.parse(fields));
const head = { id: 'cmpl-1', created: 5, model: 'nano', system_fingerprint: 'fp_1' };
const summary: ReplySummary = {
  ...{ finishReason: 'length', promptTokens: 3, completionTokens: 2, reasoningTokens: 0 },
  ...{ ttftMs: 1, totalMs: 2, prefillTokensPerSecond: 1, decodeTokensPerSecond: 1 },
  ...{ draftedTokens: 0, acceptedTokens: 0 },
};
const logprob = (text: string, logprob: number): TokenLogprobs => {
  const token = { id: 1, text, bytes: Buffer.from(text), logprob };
  return { ...token, top: [token], isReasoning: false };
};

test('a prompt is a text, tokens, or a list of either', () => {
  const promptsOf = (prompt: unknown) => ask({ prompt }).prompts;
  expect(promptsOf('a')).toEqual(['a']);
  expect(promptsOf(['a', 'b'])).toEqual(['a', 'b']);
  expect(promptsOf([1, 2])).toEqual([[1, 2]]);
  expect(promptsOf([[1], [2, 3]])).toEqual([[1], [2, 3]]);
});

test('the reply has 16 tokens where nothing is said, unless it fills a gap', () => {
  expect(ask({ prompt: 'a' }).options.maxTokens).toBe(16);
  expect(ask({ prompt: 'a', suffix: 'b' }).options.maxTokens).toBeUndefined();
  expect(ask({ prompt: 'a', suffix: '' }).suffix).toBeUndefined();
});

test('what is not done here is refused', () => {
  expect(() => ask({ prompt: 'a', best_of: 3 })).toThrow('best_of: found 3, expected 1');
  expect(ask({ prompt: 'a', best_of: 2, n: 2 }).numChoices).toBe(2);
  expect(() => ask({ prompt: 'a', max_tokens: 0 })).toThrow('max_tokens');
  expect(() => ask({ prompt: 'a', echo: true, logprobs: 1 })).toThrow('logprobs');
  expect(() => ask({ prompt: [1], suffix: 'b' })).toThrow('prompt: found tokens');
});

test('the legacy log probabilities have offsets in the text, echo included', () => {
  const logprobs = [logprob('ab', -1), logprob('c', Number.NEGATIVE_INFINITY)];
  const body = completionBody(head, [{ text: 'xyzabc', echoLength: 3, logprobs, summary }], 1);
  expect(body).toMatchObject({ ...head, object: 'text_completion' });
  expect(body.choices[0]).toEqual({
    ...{ index: 0, text: 'xyzabc', finish_reason: 'length' },
    logprobs: {
      ...{ tokens: ['ab', 'c'], token_logprobs: [-1, -9999], text_offset: [3, 5] },
      top_logprobs: [{ ab: -1 }, { c: -9999 }],
    },
  });
});

test('a stream goes on with the offsets, and counts each prompt once', () => {
  const encoder = new CompletionChunks(head, { includeUsage: true });
  const chunks: string[] = [];
  encoder.piece(0, { text: 'ab', logprobs: [logprob('ab', -1)] }, chunks);
  encoder.piece(0, { text: 'c', logprobs: [logprob('c', -2)] }, chunks);
  encoder.finish(0, summary, chunks);
  encoder.usage([summary, summary, summary, summary], 2, chunks);
  const parsed = chunks.map((chunk) => JSON.parse(chunk));
  expect(parsed[1].choices[0].logprobs.text_offset).toEqual([2]);
  expect(parsed[2].choices[0]).toMatchObject({ text: '', finish_reason: 'length' });
  expect(parsed[2].usage).toBeNull();
  expect(parsed[3]).toMatchObject({
    ...{ choices: [], usage: { prompt_tokens: 6, completion_tokens: 8, total_tokens: 14 } },
  });
});

test('embeddings: one input or many, floats or base64', () => {
  const asked = (fields: object) => embeddingsAsk(embeddingsRequestSchema.parse(fields));
  expect(asked({ input: [1, 2] })).toEqual({
    ...{ model: undefined, inputs: [[1, 2]], encoding: 'float' },
  });
  expect(asked({ input: ['a', 'b'], encoding_format: 'base64' }).inputs).toEqual(['a', 'b']);
  expect(() => asked({ input: 'a', dimensions: 3 })).toThrow('dimensions');
  expect(embeddingsRequestSchema.safeParse({ input: [] }).success).toBe(false);

  const vector = new Float32Array([0.5, -1]);
  const body = embeddingsBody('nano', [{ vector, promptTokens: 2 }], 'base64');
  const bytes = Buffer.from(body.data[0].embedding as string, 'base64');
  expect([bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([0.5, -1]);
  const floats = embeddingsBody('nano', [{ vector, promptTokens: 2 }], 'float');
  expect(floats).toMatchObject({
    ...{ object: 'list', model: 'nano', usage: { prompt_tokens: 2, total_tokens: 2 } },
    data: [{ object: 'embedding', index: 0, embedding: [0.5, -1] }],
  });
});
