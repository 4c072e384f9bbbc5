import { expect, test } from 'vitest';
import { fakeServerContext } from '../../test/fakes/fake-server-context.ts';
import { error } from '../base/errors.ts';
import type { LoadedModel } from '../engine/loaded-model.ts';
import { Reply } from '../engine/reply.ts';
import type { ChatPiece } from '../engine/reply-writer.ts';
import { createApp } from './app.ts';

function setup(info: object, write: (reply: Reply<ChatPiece>) => void = () => {}) {
  const model = {
    info: { name: 'fake', contextTokens: 100, canThink: true, ...info },
    chat() {
      const reply = new Reply<ChatPiece>(() => {});
      write(reply);
      return reply;
    },
  } as unknown as LoadedModel;
  const context = fakeServerContext({ fake: model });
  const app = createApp(context);
  const chat = (body: object) =>
    app.request('/api/chat', {
      method: 'POST',
      body: JSON.stringify({ model: 'fake', messages: [{ role: 'user', content: 'Hi' }], ...body }),
    });
  return { chat, context };
}

test('a stream that fails ends with a line that says why', async () => {
  const { chat, context } = setup({}, (reply) => {
    reply.push({ type: 'text', text: 'Hel' });
    setImmediate(() => setImmediate(() => reply.fail(error('model_draining'))));
  });
  const lines = (await (await chat({})).text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({ message: { content: 'Hel' }, done: false });
  expect(lines[1]).toEqual({ error: expect.stringContaining('closed') });
  await expect.poll(() => context.numLeases()).toBe(0);
});

test('thinking that a model cannot do is refused, not ignored; not to think is always granted', async () => {
  const { chat, context } = setup({ canThink: false }, (reply) => {
    reply.fail(error('model_draining'));
  });
  for (const think of [true, 'high']) {
    const reply = await chat({ think });
    expect(reply.status).toBe(400);
    expect(await reply.json()).toEqual({ error: expect.stringContaining('does not think') });
  }
  expect((await chat({ think: false, stream: false })).status).toBe(503);
  expect(context.numLeases()).toBe(0);
});

test('a context that was not reserved is refused, for a load too', async () => {
  const { chat, context } = setup({});
  for (const body of [{}, { messages: [] }]) {
    const reply = await chat({ ...body, options: { num_ctx: 101 } });
    expect(reply.status).toBe(400);
    expect(await reply.json()).toEqual({ error: expect.stringContaining('num_ctx is 101') });
  }
  expect((await chat({ messages: [], options: { num_ctx: 100 } })).status).toBe(200);
  expect(context.numLeases()).toBe(0);
});
