/** What the routes of OpenAI's and DeepSeek's APIs do where the real model of test/e2e cannot show it. */
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { fakeLoadedModel } from '../../../test/fakes/fake-loaded-model.ts';
import type { FakeModelOptions } from '../../../test/fakes/fake-model.ts';
import { fakeServerContext } from '../../../test/fakes/fake-server-context.ts';
import { FakeTokenizer, special } from '../../../test/fakes/fake-tokenizer.ts';
import { ModelPool } from '../../engine/model-pool.ts';
import { createApp } from '../app.ts';

const messages = [{ role: 'user', content: 'Hi' }];

/** The model writes this after any prompt, then ends. */
function writes(text: string, onStep?: FakeModelOptions['onStep']): FakeModelOptions {
  const reply = [...new FakeTokenizer().encode(text, { special: true }), special.end];
  return {
    ...(onStep && { onStep }),
    onLogits(row, context) {
      const start = context.lastIndexOf(special.think) + 2; // <think>, a line break
      row[reply[context.length - start] ?? special.end] = 100;
    },
  };
}

function serve(options: FakeModelOptions, tokenizer = new FakeTokenizer(), keepAliveMs = 10_000) {
  const model = fakeLoadedModel(options, { contextTokens: 400, tokenizer });
  const context = fakeServerContext({ fake: model }, { keepAliveMs });
  const app = createApp(context);
  const post = (path: string, body: object, init: RequestInit = {}) =>
    app.request(path, {
      ...{ method: 'POST', body: JSON.stringify(body), ...init },
      headers: { 'content-type': 'application/json' },
    });
  return { post, context, model };
}

test('while a client waits it gets comments (DeepSeek: keep-alive)', async () => {
  const slow = () => setTimeout(30);
  const { post } = serve(writes('a</think>b', slow), undefined, 10);
  const reply = await post('/chat/completions', { messages, stream: true, temperature: 0 });
  const text = await reply.text();
  expect(text).toContain(': keep-alive\n\n');
  const data = text.split('\n\n').filter((event) => event.startsWith('data: '));
  expect(data.at(-1)).toBe('data: [DONE]');
  for (const event of data.slice(0, -1)) JSON.parse(event.slice('data: '.length));
});

test('a stream whose model has to be loaded begins before that, and says what went wrong in it', async () => {
  const loaded = () => fakeLoadedModel(writes('a</think>b'));
  const load = async (source: string) => {
    await setTimeout(40);
    if (source === 'broken') throw new Error('the secret of the file');
    return loaded();
  };
  const names = [{ name: 'slow' }, { name: 'broken' }];
  const models = new ModelPool(names, { load: (_, source) => load(source) });
  const context = { ...fakeServerContext({}, { keepAliveMs: 5 }), models };
  const app = createApp(context);
  const stream = (model: string) =>
    app.request('/v1/chat/completions', {
      ...{ method: 'POST', body: JSON.stringify({ model, messages, stream: true }) },
      headers: { 'content-type': 'application/json' },
    });
  const slow = await (await stream('slow')).text();
  expect(slow).toMatch(/^: keep-alive\n\n/);
  expect(slow).toMatch(/data: \[DONE\]\n\n$/);
  const broken = await (await stream('broken')).text();
  expect(broken).toContain('"code":"internal_error"');
  expect(broken).not.toContain('secret');
  expect((await stream('missing')).status).toBe(404);
  await models.close();
});

test('a failure in mid-stream is an error event, and no [DONE] pretends it went well', async () => {
  let steps = 0;
  const fails = () => {
    if (++steps > 3) throw new Error('the secret of the device');
  };
  const { post, context } = serve(writes('abcdef</think>b', fails));
  const asked = { messages, stream: true, temperature: 0 };
  const text = await (await post('/v1/chat/completions', asked)).text();
  expect(text).not.toContain('[DONE]');
  expect(text).not.toContain('secret');
  const last = text.trimEnd().split('\n\n').at(-1) as string;
  expect(JSON.parse(last.slice('data: '.length))).toMatchObject({
    error: { type: 'server_error', code: 'internal_error' },
  });
  expect(context.numLeases()).toBe(0);
  const events = await (await post('/v1/responses', { input: 'Hi', stream: true })).text();
  expect(events).toContain('event: response.failed\n');
  const whole = await post('/v1/chat/completions', { ...asked, stream: false });
  expect(whole.status).toBe(500);
});

test('who leaves a stream gives the model back', async () => {
  const endless = writes('a'.repeat(300));
  const { post, context } = serve(endless);
  const leave = new AbortController();
  const asked = { messages, stream: true, n: 3 };
  const reply = await post('/v1/chat/completions', asked, { signal: leave.signal });
  await reply.body?.getReader().read();
  expect(context.numLeases()).toBe(1);
  leave.abort();
  for (let i = 0; i < 100 && context.numLeases() > 0; i++) await setTimeout(5);
  expect(context.numLeases()).toBe(0);
});

test('a gap is filled between the tokens that the vocabulary has for it', async () => {
  const marks = ['<｜fim▁begin｜>', '<｜fim▁hole｜>', '<｜fim▁end｜>'];
  const tokenizer = new FakeTokenizer();
  const known = tokenizer.tokenId.bind(tokenizer);
  tokenizer.tokenId = (text) => (marks.includes(text) ? marks.indexOf(text) + 1 : known(text));
  let prompt: number[] = [];
  const { post } = serve(
    {
      onStep({ tokens }) {
        if (prompt.length === 0) prompt = [...tokens];
      },
      onLogits(row) {
        row[special.end] = 100;
      },
    },
    tokenizer,
  );
  const asked = { prompt: 'ab', suffix: 'c', temperature: 0 };
  const reply = await post('/beta/completions', asked);
  expect(reply.status).toBe(200);
  expect(prompt).toEqual([1, ...Buffer.from('ab'), 2, ...Buffer.from('c'), 3]);
});

test('every error has the form of the API that was asked', async () => {
  const { post } = serve({});
  const wrong = { messages, temperature: 9 };
  expect((await post('/v1/chat/completions', wrong)).status).toBe(400);
  // DeepSeek's error_codes: 422 where a parameter is wrong.
  expect((await post('/chat/completions', wrong)).status).toBe(422);
  const long = [{ role: 'user', content: 'x'.repeat(500) }];
  const cut = await post('/chat/completions', { messages: long });
  expect(cut.status).toBe(400);
  expect(await cut.json()).toMatchObject({
    error: { code: 'context_length_exceeded', message: expect.stringContaining('context') },
  });
});
