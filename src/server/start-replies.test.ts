import { expect, test } from 'vitest';
import { z } from 'zod';
import { fakeSummary } from '../../test/fakes/fake-answerer.ts';
import { fakeServerContext } from '../../test/fakes/fake-server-context.ts';
import type { LoadedModel } from '../engine/loaded-model.ts';
import { Reply } from '../engine/reply.ts';
import { addRoute } from './add-route.ts';
import { createApp } from './app.ts';
import { startReplies } from './start-replies.ts';

/** An app whose one route starts the replies that it is given. */
function appWith(start: () => readonly Reply<string>[]) {
  const context = fakeServerContext({ nano: {} as LoadedModel });
  const app = createApp(context);
  addRoute(app, { method: 'POST', path: '/v1/go', summary: '', reply: z.unknown() }, async (c) => {
    const asked = { model: 'nano', operation: 'chat' } as const;
    const { name, replies } = await startReplies(c, context, asked, start);
    return c.json({ name, summaries: await Promise.all(replies.map(({ summary }) => summary)) });
  });
  const ask = (init: RequestInit = {}) => app.request('/v1/go', { method: 'POST', ...init });
  return { context, ask };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

test('the model is held until the last reply has ended', async () => {
  const replies = [new Reply<string>(() => {}), new Reply<string>(() => {})];
  const { context, ask } = appWith(() => replies);
  const asked = ask();
  await tick();
  replies[0].finish(fakeSummary);
  await tick();
  expect(context.numLeases()).toBe(1);
  replies[1].finish({ ...fakeSummary, finishReason: 'length' });
  expect((await asked).status).toBe(200);
  await tick();
  expect(context.numLeases()).toBe(0);
  const line = JSON.parse(context.logLines.at(-1) as string);
  // Two replies to one prompt: it is read once.
  expect(line).toMatchObject({
    ...{ model: 'nano', finish: 'stop,length', promptTokens: 12, completionTokens: 80 },
  });
});

test('keys, and users of a key, have prompts of their own in the prefix cache', async () => {
  const salts: (string | undefined)[] = [];
  const salt = async (key: string | undefined, cacheUser?: string) => {
    const context = fakeServerContext(
      { nano: {} as LoadedModel },
      key === undefined ? {} : { keys: [`${key}:secret`] },
    );
    const app = createApp(context);
    const route = { method: 'POST', path: '/v1/go', summary: '', reply: z.unknown() } as const;
    addRoute(app, route, async (c) => {
      const asked = { model: 'nano', operation: 'chat', cacheUser } as const;
      await startReplies(c, context, asked, (_, options) => {
        salts.push(options.cacheSalt);
        return [];
      });
      return c.json({});
    });
    const headers = { authorization: 'Bearer secret' };
    expect((await app.request('/v1/go', { method: 'POST', headers })).status).toBe(200);
  };
  await salt(undefined);
  for (const key of [undefined, 'a', 'b']) for (const user of ['u', 'v']) await salt(key, user);
  for (const key of ['a', 'b']) await salt(key);
  expect(salts[0]).toBeUndefined();
  expect(new Set(salts).size).toBe(salts.length);
});

test('a request that is wrong holds nothing', async () => {
  const { context, ask } = appWith(() => {
    throw new Error('wrong');
  });
  expect((await ask()).status).toBe(500);
  expect(context.numLeases()).toBe(0);
});

test('a reply that fails gives the model back and is counted', async () => {
  const reply = new Reply<string>(() => {});
  const { context, ask } = appWith(() => [reply]);
  const asked = ask();
  await tick();
  reply.fail(new Error('broken'));
  expect((await asked).status).toBe(500);
  await tick();
  expect(context.numLeases()).toBe(0);
  const text = await context.metrics.registry.metrics();
  expect(text).toContain('finished_reason="error"} 1');
});

test('a client that has gone is told nothing, and it is no failure of ours', async () => {
  const reply = new Reply<string>(() => {});
  const { context, ask } = appWith(() => [reply]);
  const controller = new AbortController();
  const asked = ask({ signal: controller.signal });
  await tick();
  controller.abort();
  reply.fail(controller.signal.reason);
  expect((await asked).status).toBe(499);
  const text = await context.metrics.registry.metrics();
  expect(text).toContain('finished_reason="abort"} 1');
  expect(context.logLines.join('')).not.toContain('"error"');
});
