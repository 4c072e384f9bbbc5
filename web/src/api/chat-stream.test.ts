import { afterEach, expect, test, vi } from 'vitest';
import { type ChatEvent, streamChat } from './chat-stream.ts';
import { ServerProblem } from './problem.ts';

afterEach(() => vi.unstubAllGlobals());

const request = { model: 'nano', messages: [], options: { temperature: 0 } };
const chunk = (choice: object, rest: object = {}) =>
  `data: ${JSON.stringify({ id: 'c1', choices: [{ index: 0, ...choice }], ...rest })}\n\n`;

function serve(text: string, status = 200) {
  const fetch = vi.fn(async () => new Response(text, { status }));
  vi.stubGlobal('fetch', fetch);
  return fetch as unknown as { mock: { calls: [string, RequestInit][] } };
}

function ask(apiKey = ''): Promise<ChatEvent[]> {
  const access = { apiKey: () => apiKey };
  return Array.fromAsync(streamChat(access, request, new AbortController().signal));
}

test('thinking, text, ending and usage', async () => {
  const usage = {
    prompt_tokens: 9,
    completion_tokens: 5,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 2 },
  };
  const { mock } = serve(
    [
      chunk({ delta: { role: 'assistant', content: '', reasoning_content: '' } }),
      chunk({ delta: { reasoning_content: 'Hm.' } }),
      chunk({ delta: { content: '42' } }),
      chunk(
        { delta: {}, finish_reason: 'length', sampan: { length_cause: 'loop' } },
        { timings: { predicted_per_second: 321 } },
      ),
      `data: ${JSON.stringify({ choices: [], usage })}\n\n`,
      'data: [DONE]\n\n',
    ].join(''),
  );
  expect(await ask('secret')).toEqual([
    { type: 'id', id: 'c1' },
    { type: 'reasoning', text: 'Hm.' },
    { type: 'text', text: '42' },
    { type: 'finish', reason: 'length', cause: 'loop' },
    { type: 'speed', tokensPerSecond: 321 },
    {
      type: 'usage',
      usage: { promptTokens: 9, completionTokens: 5, reasoningTokens: 2, cachedTokens: 4 },
    },
  ]);
  const [path, { headers, body }] = mock.calls[0] as [string, RequestInit];
  expect(path).toBe('v1/chat/completions');
  expect(headers).toMatchObject({ authorization: 'Bearer secret' });
  const sent = { model: 'nano', stream: true, stream_options: { include_usage: true } };
  expect(JSON.parse(body as string)).toMatchObject({ ...sent, temperature: 0 });
});

test('a stream that ends without an ending was cut', async () => {
  serve(chunk({ delta: { content: 'half' } }));
  expect((await ask()).at(-1)).toEqual({ type: 'cut' });
});

test('what is no JSON cuts it too', async () => {
  serve(`${chunk({ delta: { content: 'half' } })}data: <html>\n\n`);
  expect((await ask()).map(({ type }) => type)).toEqual(['id', 'text', 'cut']);
});

test('an error, before and in the stream, is thrown with its words', async () => {
  serve(JSON.stringify({ error: { message: 'Too hot.', code: 'invalid' } }), 400);
  await expect(ask()).rejects.toMatchObject({ problem: { kind: 'refused', detail: 'Too hot.' } });
  serve(`${chunk({ delta: { content: 'a' } })}data: {"error":{"message":"Gone."}}\n\n`);
  await expect(ask()).rejects.toMatchObject({ problem: { kind: 'server', detail: 'Gone.' } });
});

test('nobody there', async () => {
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('fetch failed');
  });
  await expect(ask()).rejects.toThrow(ServerProblem);
});
