import { expect, test } from 'vitest';
import { fakeServerContext } from '../../../test/fakes/fake-server-context.ts';
import { error } from '../../base/errors.ts';
import type { ChatOptions, LoadedModel } from '../../engine/loaded-model.ts';
import { Reply } from '../../engine/reply.ts';
import type { ChatPiece } from '../../engine/reply-writer.ts';
import { createApp } from '../app.ts';

/** Writes what the test says, and keeps what it was asked. */
function fakeModel(write: (reply: Reply<ChatPiece>) => void) {
  const asked: ChatOptions[] = [];
  const model = {
    info: { name: 'fake', contextTokens: 100, canThink: true, device: { kind: 'native' } },
    chat(_: unknown, options: ChatOptions) {
      asked.push(options);
      const reply = new Reply<ChatPiece>(() => {});
      reply.promptTokens = 7;
      write(reply);
      return reply;
    },
  } as unknown as LoadedModel;
  const context = fakeServerContext({ fake: model });
  const app = createApp(context);
  const post = (path: string, body: object) =>
    app.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'req-1' },
      body: JSON.stringify({
        ...{ model: 'fake', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] },
        ...body,
      }),
    });
  return { asked, context, post };
}

/** Under load, when its deadline passes or the server drains: what was given out stays given out. */
const failing = (reply: Reply<ChatPiece>) => {
  reply.push({ type: 'text', text: 'Hel' });
  setImmediate(() => setImmediate(() => reply.fail(error('model_draining'))));
};

test('a stream that fails ends with an error event of the API, the id of the request in it', async () => {
  const { post, context } = fakeModel(failing);
  const text = await (await post('/v1/messages', { stream: true })).text();
  const frames = text.trim().split('\n\n');
  expect(frames[0]).toContain('event: message_start');
  expect(frames[0]).toContain('"input_tokens":7');
  expect(frames.some((frame) => frame.includes('"text":"Hel"'))).toBe(true);
  const [event, data] = (frames.at(-1) as string).split('\n');
  expect(event).toBe('event: error');
  expect(JSON.parse((data as string).slice(6))).toMatchObject({
    ...{ type: 'error', request_id: 'req-1', error: { type: expect.any(String) } },
  });
  await expect.poll(() => context.numLeases()).toBe(0);
});

test('a whole message that fails is an error with its status', async () => {
  const { post } = fakeModel(failing);
  const reply = await post('/v1/messages', {});
  expect(reply.status).toBe(503);
  expect(reply.headers.get('request-id')).toBe('req-1');
  expect(await reply.json()).toMatchObject({ type: 'error', request_id: 'req-1' });
});

test('effort and budget bound the thinking, off closes it, silence leaves it', async () => {
  const { asked, post } = fakeModel((reply) => reply.fail(error('model_draining')));
  const thinkTokens = async (body: object) => {
    await post('/v1/messages', body);
    return asked.pop()?.thinkTokens;
  };
  expect(await thinkTokens({})).toBeUndefined();
  expect(await thinkTokens({ thinking: { type: 'disabled' } })).toBe(0);
  expect(await thinkTokens({ thinking: { type: 'enabled', budget_tokens: 33 } })).toBe(33);
  expect(await thinkTokens({ output_config: { effort: 'low' } })).toBeLessThan(33);
});

test("a user's cache is kept apart where DeepSeek's server does so, and not where Anthropic's does not", async () => {
  const { asked, post } = fakeModel((reply) => reply.fail(error('model_draining')));
  const salt = async (path: string) => {
    await post(path, { metadata: { user_id: 'u1' } });
    return asked.pop()?.cacheSalt;
  };
  expect(await salt('/anthropic/v1/messages')).toContain('u1');
  expect(await salt('/v1/messages')).toBeUndefined();
});
