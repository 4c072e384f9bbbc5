import { expect, test } from 'vitest';
import { fakeServerContext } from '../../test/fakes/fake-server-context.ts';
import { createApp } from './app.ts';

test('GET /v1/models lists what is served', async () => {
  const app = createApp(fakeServerContext({ nano: {} as never }));
  const reply = await app.request('/v1/models');
  expect(reply.status).toBe(200);
  expect(await reply.json()).toMatchObject({ data: [{ id: 'nano', object: 'model' }] });
});

test('a path that is not there is 404 in the form of its API', async () => {
  const app = createApp(fakeServerContext({}));
  const bodyOf = async (path: string) => (await app.request(path)).json();
  expect(await bodyOf('/v1/nothing')).toMatchObject({ error: { code: 'route_unknown' } });
  expect(await bodyOf('/v1/messages/x')).toMatchObject({ error: { type: 'not_found_error' } });
  expect(await bodyOf('/api/nothing')).toMatchObject({ error: expect.stringContaining('/api/') });
});
