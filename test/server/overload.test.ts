/** More than the server can do: who comes too late is told when to come again, the others are served. */
import { expect, test } from 'vitest';
import { openServer } from './open-server.ts';

test('past its queue it is 429 with Retry-After, in the form of each API', async () => {
  await using server = await openServer({ maxSequences: 1, maxWaiting: 1, contextTokens: 256 });
  const post = (path: string, body: object) =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'nano', ...body }),
    });
  const messages = [{ role: 'user', content: 'What is 37 * 48?' }];
  const stream = { messages, stream: true, temperature: 0 };
  const [running, waiting] = await Promise.all([
    post('/v1/chat/completions', stream),
    post('/v1/chat/completions', stream),
  ]);
  const refused = await Promise.all([
    post('/v1/chat/completions', { messages }),
    post('/v1/messages', { messages, max_tokens: 10 }),
    post('/api/chat', { messages }),
  ]);
  expect(refused.map(({ status }) => status)).toEqual([429, 529, 429]);
  for (const { headers } of refused) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  const [openai, anthropic, ollama] = await Promise.all(refused.map((reply) => reply.json()));
  expect(openai).toMatchObject({ error: { message: expect.any(String) } });
  expect(anthropic).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } });
  expect(ollama).toMatchObject({ error: expect.any(String) });
  for (const reply of [running, waiting]) expect(await reply.text()).toMatch(/\[DONE\]\s*$/);
});
