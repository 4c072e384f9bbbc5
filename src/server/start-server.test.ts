import { afterEach, expect, test } from 'vitest';
import { ModelPool } from '../engine/model-pool.ts';
import { ApiKeys } from './api-keys.ts';
import { Log } from './log.ts';
import { defaultSettings } from './settings.ts';
import { type RunningServer, startServer } from './start-server.ts';

const running: RunningServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close(0);
});

async function start(host: string, keyLines: readonly string[] = []) {
  const models = new ModelPool([{ name: 'nano' }]);
  const server = await startServer({
    ...{ models, address: { host, port: 0 }, keys: new ApiKeys(keyLines, 'test'), env: {} },
    settings: { ...defaultSettings, version: '0.0.0' },
    log: new Log('text', 'error', () => {}),
  });
  running.push(server);
  return server;
}

test.each(['0.0.0.0', '::', '192.0.2.1', 'example.com'])(
  'on %s it does not begin without a key, and says how',
  async (host) => {
    await expect(start(host)).rejects.toMatchObject({
      ...{ code: 'bind_without_key', remedy: expect.stringContaining('--api-key') },
    });
  },
);

test('on all addresses with a key: asked for the key, whatever address is named', async () => {
  const server = await start('0.0.0.0', ['me:sk-1']);
  const url = `http://127.0.0.1:${server.port}/v1/models`;
  expect((await fetch(url)).status).toBe(401);
  expect((await fetch(url, { headers: { authorization: 'Bearer sk-1' } })).status).toBe(200);
});

test('it says whether it is ready, and closes once', async () => {
  const server = await start('127.0.0.1');
  const statusOf = async () => (await fetch(`${server.url}/readyz`)).status;
  expect(await statusOf()).toBe(503);
  server.ready();
  expect(await statusOf()).toBe(200);
  await server.close(1000);
  await expect(statusOf()).rejects.toThrow();
});
