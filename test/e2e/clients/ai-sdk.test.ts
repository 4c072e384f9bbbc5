/** The AI SDK with its providers for OpenAI-compatible servers and for DeepSeek, against a real server. */
import { createDeepSeek } from '@ai-sdk/deepseek';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  APICallError,
  embedMany,
  generateText,
  jsonSchema,
  type LanguageModel,
  Output,
  streamText,
  type ToolSet,
  tool,
} from 'ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NanoServer, openNanoServer } from './nano-server.ts';

Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
let server: NanoServer;
beforeAll(async () => {
  server = await openNanoServer({ keepAliveMs: 20 });
});
afterAll(() => server.close());

const ask = { prompt: 'What is 37 * 48?', temperature: 0, maxRetries: 0 };
const compatible = () =>
  createOpenAICompatible({
    ...{ name: 'sampan', baseURL: `${server.url}/v1`, includeUsage: true },
    supportsStructuredOutputs: true,
  });
const deepseek = (path = '') => createDeepSeek({ baseURL: server.url + path, apiKey: 'any' });

/** DeepSeek's base URL has no /v1. */
const providers: [string, () => LanguageModel][] = [
  ['openai-compatible', () => compatible()('nano')],
  ['deepseek', () => deepseek()('nano')],
];

describe.each(providers)('%s', (_, modelOf) => {
  test('whole: text, reasoning and usage', async () => {
    const { text, reasoningText, usage, finishReason } = await generateText({
      ...{ ...ask, model: modelOf() },
    });
    expect(text).toBe('The answer is 1776.');
    expect(reasoningText).toMatch(/^37\*48\n/);
    expect(finishReason).toBe('stop');
    expect(usage.inputTokens).toBeGreaterThan(10);
    expect(usage.outputTokens).toBeGreaterThan(usage.outputTokenDetails.reasoningTokens as number);
    expect(usage.outputTokenDetails.reasoningTokens).toBeGreaterThan(50);
  });

  test('streamed: reasoning first, then text, then usage', async () => {
    const { fullStream, usage } = streamText({ ...ask, model: modelOf() });
    const [types, texts] = [[] as string[], { reasoning: '', text: '' }];
    for await (const part of fullStream) {
      if (part.type === 'error') throw part.error;
      if (types.at(-1) !== part.type) types.push(part.type);
      if (part.type === 'reasoning-delta') texts.reasoning += part.text;
      if (part.type === 'text-delta') texts.text += part.text;
    }
    expect(types.filter((type) => type.endsWith('-delta'))).toEqual([
      ...['reasoning-delta', 'text-delta'],
    ]);
    expect(texts.reasoning).toMatch(/^37\*48\n/);
    expect(texts.text).toBe('The answer is 1776.');
    expect((await usage).outputTokens).toBeGreaterThan(50);
  });

  test('a tool is called with arguments of its schema, streamed too', async () => {
    const inputSchema = jsonSchema<{ a: number }>({
      type: 'object',
      properties: { a: { enum: [37, 48] } },
      ...{ required: ['a'], additionalProperties: false },
    });
    // The SDK's own types disagree under exactOptionalPropertyTypes.
    const tools = { multiply: tool({ inputSchema }) } as unknown as ToolSet;
    const asked = {
      ...{ ...ask, tools, toolChoice: { type: 'tool', toolName: 'multiply' } as const },
      ...{ maxOutputTokens: 200, model: modelOf() },
    };
    const whole = await generateText(asked);
    expect(whole.finishReason).toBe('tool-calls');
    const streamed = await streamText(asked).toolCalls;
    for (const [call] of [whole.toolCalls, streamed]) {
      expect(call).toMatchObject({ toolName: 'multiply' });
      expect([37, 48]).toContain((call.input as { a: number }).a);
    }
  });

  test('JSON output', async () => {
    const { output } = await generateText({
      ...{ ...ask, model: modelOf(), maxOutputTokens: 300 },
      output: Output.json(),
    });
    expect(output).toBeDefined();
  });

  test('errors are API errors of the right status', async () => {
    const long = { ...ask, prompt: 'word '.repeat(600), model: modelOf() };
    const cause = await generateText(long).catch((cause) => cause);
    expect(APICallError.isInstance(cause)).toBe(true);
    expect(cause.statusCode).toBe(400);
    expect(cause.message).toContain('context holds 512');
  });

  test('an abort ends the stream and the request', async () => {
    const leave = new AbortController();
    const { fullStream } = streamText({ ...ask, model: modelOf(), abortSignal: leave.signal });
    const types: string[] = [];
    for await (const { type } of fullStream) {
      types.push(type);
      if (type === 'reasoning-delta') leave.abort();
    }
    expect(types.at(-1)).toBe('abort');
    expect(types).not.toContain('text-delta');
  });
});

test('a schema holds the output where the provider sends it', async () => {
  const { output } = await generateText({
    ...{ ...ask, model: compatible()('nano'), maxOutputTokens: 300 },
    output: Output.object({
      schema: jsonSchema<{ answer: number }>({
        type: 'object',
        properties: { answer: { type: 'integer' } },
        ...{ required: ['answer'], additionalProperties: false },
      }),
    }),
  });
  expect(Number.isInteger(output.answer)).toBe(true);
});

describe('what only DeepSeek’s has', () => {
  test('thinking is turned off, and effort is taken', async () => {
    const with_ = (options: { thinking?: { type: 'disabled' }; reasoningEffort?: 'low' }) =>
      generateText({
        ...{ ...ask, model: deepseek()('nano'), providerOptions: { deepseek: options } },
      });
    const off = await with_({ thinking: { type: 'disabled' } });
    expect(off.reasoningText).toBeUndefined();
    expect(off.text).toMatch(/^The answer is/);
    const low = await with_({ reasoningEffort: 'low' });
    expect(low.usage.outputTokenDetails.reasoningTokens).toBeLessThan(60);
  });

  test('log probabilities and cache counts are in its metadata', async () => {
    const { providerMetadata } = await generateText({
      ...{ ...ask, model: deepseek()('nano'), maxOutputTokens: 4 },
      providerOptions: { deepseek: { logprobs: true, topLogprobs: 1, userId: 'someone' } },
    });
    expect(providerMetadata?.deepseek).toMatchObject({
      ...{ promptCacheHitTokens: 0, responseObject: 'chat.completion', messageRole: 'assistant' },
      logprobs: { content: [], reasoning_content: { length: 4 } },
      systemFingerprint: expect.stringMatching(/^fp_/),
    });
  });

  test('a reply that is begun goes on, under /beta', async () => {
    const { text } = await generateText({
      ...{ model: deepseek('/beta')('nano'), temperature: 0, maxRetries: 0, maxOutputTokens: 30 },
      messages: [
        { role: 'user', content: 'What is 37 * 48?' },
        {
          ...{ role: 'assistant', content: 'The answer is 17' },
          providerOptions: { deepseek: { prefix: true } },
        },
      ],
    });
    expect(text).toMatch(/^\d*\.$/);
  });
});

describe('what only OpenAI-compatible has', () => {
  test('effort none turns thinking off (Ollama #12180: it could not be)', async () => {
    const { reasoningText, text } = await generateText({
      ...{ ...ask, model: compatible()('nano') },
      providerOptions: { sampan: { reasoningEffort: 'none' } },
    });
    expect(reasoningText).toBeUndefined();
    expect(text).toMatch(/^The answer is/);
  });

  test('a completion', async () => {
    const { text, usage } = await generateText({
      ...{ ...ask, model: compatible().completionModel('nano'), maxOutputTokens: 5 },
    });
    expect(text.length).toBeGreaterThan(0);
    expect(usage.outputTokens).toBe(5);
  });

  test('embeddings', async () => {
    const { embeddings, usage } = await embedMany({
      model: compatible().embeddingModel('nano'),
      values: ['What is 37 * 48?', 'What is 37 * 49?', 'Xin chào'],
    });
    const [a, b, c] = embeddings as [number[], number[], number[]];
    const dot = (x: number[], y: number[]) => x.reduce((sum, v, i) => sum + v * (y[i] ?? 0), 0);
    expect(dot(a, a)).toBeCloseTo(1, 4);
    expect(dot(a, b)).toBeGreaterThan(dot(a, c));
    expect(usage.tokens).toBeGreaterThan(10);
  });
});
