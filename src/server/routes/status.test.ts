import { expect, test } from 'vitest';
import { fakePoolEntry } from '../../../test/fakes/fake-pool-entry.ts';
import { fakeServerContext } from '../../../test/fakes/fake-server-context.ts';
import { createApp } from '../app.ts';

test('device, load and tokens of each model, and what can be asked', async () => {
  const context = fakeServerContext({});
  context.models.list = () => [fakePoolEntry()];
  const reply = await createApp(context).request('/sampan/status');
  expect(await reply.json()).toEqual({
    ...{ version: '0.0.0', phase: 'ready', features: ['answer_now'] },
    models: [
      {
        ...{ name: 'nano', state: 'ready', generatedTokens: 40 },
        device: { kind: 'reference', threads: 1 },
        load: { running: 1, waiting: 2, kvUsage: 0.25 },
      },
    ],
  });
});

test('where the server has keys it wants one', async () => {
  const app = createApp(fakeServerContext({}, { keys: ['a:key'] }));
  expect((await app.request('/sampan/status')).status).toBe(401);
  const headers = { authorization: 'Bearer key' };
  expect((await app.request('/sampan/status', { headers })).status).toBe(200);
});
