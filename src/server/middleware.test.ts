/** What every request passes, through the app, without a model. */

import { expect, test } from 'vitest';
import { z } from 'zod';
import { fakeServerContext } from '../../test/fakes/fake-server-context.ts';
import { addRoute } from './add-route.ts';
import { createApp } from './app.ts';
import type { ServerSettings } from './settings.ts';

type Options = Partial<ServerSettings> & { keys?: string[] };

/** An app with a route that gives back what it was sent, and one that fails. */
function echoApp(options: Options = {}) {
  const context = fakeServerContext({}, options);
  const app = createApp(context);
  const reply = z.unknown();
  for (const path of ['/v1/echo', '/api/echo', '/beta/echo', '/v1/messages/echo']) {
    const body = z.looseObject({ n: z.number().optional() });
    addRoute(app, { method: 'POST', path, summary: '', body, reply }, (c, body) => c.json(body));
  }
  addRoute(app, { method: 'GET', path: '/v1/bug/:id', summary: '', reply }, () => {
    throw new Error('secret words of a prompt');
  });
  return { app, context };
}

function post(path: string, body: string, headers: Record<string, string> = {}) {
  return [
    path,
    { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } },
  ] as const;
}

const codeOf = async (reply: Response) =>
  ((await reply.json()) as { error: { code: string } }).error.code;

test('a body comes through its schema', async () => {
  const { app } = echoApp();
  const reply = await app.request(...post('/v1/echo', '{"n":1,"é":"ü"}'));
  expect(await reply.json()).toEqual({ n: 1, é: 'ü' });
});

test.each([
  ['{', 400, 'request_not_json'],
  ['{"n":"x"}', 400, 'request_invalid'],
  ['[]', 400, 'request_invalid'],
  ['null', 400, 'request_invalid'],
  [`{"a":${'['.repeat(64)}${']'.repeat(64)}}`, 400, 'request_too_deep'],
  [`{"a":"${'x'.repeat(2000)}"}`, 413, 'request_too_large'],
])('a wrong body is refused: %.20s', async (body, status, code) => {
  const { app } = echoApp({ maxBodyBytes: 1000 });
  const reply = await app.request(...post('/v1/echo', body));
  expect(reply.status).toBe(status);
  expect(await codeOf(reply)).toBe(code);
});

test('brackets inside strings are no depth', async () => {
  const { app } = echoApp();
  const text = `${'[{'.repeat(100)}\\"[`;
  expect((await app.request(...post('/v1/echo', `{"a":"${text}"}`))).status).toBe(200);
});

test('a body without a length is cut where it is too long', async () => {
  const { app } = echoApp({ maxBodyBytes: 1000 });
  let sent = 0;
  const body = new ReadableStream({
    pull(controller) {
      sent += 400;
      controller.enqueue(new Uint8Array(400).fill(0x20));
    },
  });
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', body, headers, duplex: 'half' } as RequestInit;
  const reply = await app.request('/v1/echo', init);
  expect(reply.status).toBe(413);
  expect(sent).toBeLessThan(4000);
});

test('JSON only; for Ollama any type, as its own server', async () => {
  const { app } = echoApp();
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const refused = await app.request(...post('/v1/echo', '{}', form));
  expect([refused.status, await codeOf(refused)]).toEqual([415, 'content_type_unsupported']);
  expect((await app.request(...post('/api/echo', '{}', form))).status).toBe(200);
});

test('what is not UTF-8 is no JSON', async () => {
  const { app } = echoApp();
  const headers = { 'content-type': 'application/json' };
  const reply = await app.request('/v1/echo', {
    method: 'POST',
    body: new Uint8Array([0xff]),
    headers,
  });
  expect(await codeOf(reply)).toBe('request_not_json');
});

test('a wrong field is told in the form of the API', async () => {
  const { app } = echoApp();
  const told = async (path: string) => {
    const reply = await app.request(...post(path, '{"n":"x"}'));
    return { status: reply.status, body: await reply.json() };
  };
  expect(await told('/v1/echo')).toMatchObject({ status: 400, body: { error: { param: 'n' } } });
  expect(await told('/beta/echo')).toMatchObject({ status: 422, body: { error: { param: 'n' } } });
  const anthropic = { type: 'error', error: { type: 'invalid_request_error' } };
  expect(await told('/v1/messages/echo')).toMatchObject({ status: 400, body: anthropic });
  const ollama = { error: expect.stringMatching(/^n: /) };
  expect(await told('/api/echo')).toMatchObject({ status: 400, body: ollama });
});

test('another method is 405 with what is allowed; OPTIONS says it', async () => {
  const { app } = echoApp();
  const wrong = await app.request('/v1/echo');
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  expect(await codeOf(wrong)).toBe('method_not_allowed');
  const asked = await app.request('/v1/bug/7', { method: 'OPTIONS' });
  expect([asked.status, asked.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
  const head = await app.request('/healthz', { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('a bug is 500 without a word of what was sent; the log has its stack', async () => {
  const { app, context } = echoApp();
  const reply = await app.request('/v1/bug/7', { headers: { 'x-request-id': 'r-7' } });
  expect(reply.status).toBe(500);
  const all = `${await reply.text()}${context.logLines.join('')}`;
  expect(all).not.toContain('secret words');
  const logged = context.logLines.map((line) => JSON.parse(line));
  expect(logged).toContainEqual(
    expect.objectContaining({
      ...{ level: 'error', requestId: 'r-7', code: 'internal_error' },
      stack: expect.stringMatching(/middleware\.test\.ts/),
    }),
  );
});

test('request ids: the client’s where it is harmless, under the names each API looks for', async () => {
  const { app } = echoApp();
  const idOf = async (path: string, id: string, name = 'x-request-id') => {
    const reply = await app.request(path, { headers: { 'x-request-id': id } });
    return reply.headers.get(name);
  };
  expect(await idOf('/v1/models', 'abc-1')).toBe('abc-1');
  expect(await idOf('/v1/models', 'a b<')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await idOf('/v1/messages/x', 'abc-1', 'request-id')).toBe('abc-1');
  expect(await idOf('/beta/x', 'abc-1', 'x-deepseek-request-id')).toBe('abc-1');
});

test('keys: Bearer or x-api-key; health, and nothing else, without', async () => {
  const { app, context } = echoApp({ keys: ['me:sk-1'] });
  const statusOf = async (path: string, headers: Record<string, string> = {}) =>
    (await app.request(path, { headers })).status;
  expect(await statusOf('/v1/models')).toBe(401);
  expect(await statusOf('/metrics')).toBe(401);
  expect(await statusOf('/nothing')).toBe(401);
  expect(await statusOf('/v1/models', { authorization: 'Bearer sk-2' })).toBe(401);
  expect(await statusOf('/v1/models', { authorization: 'Basic sk-1' })).toBe(401);
  expect(await statusOf('/v1/models', { authorization: 'bearer sk-1' })).toBe(200);
  expect(await statusOf('/v1/models', { 'x-api-key': 'sk-1' })).toBe(200);
  for (const path of ['/healthz', '/readyz', '/openapi.json'])
    expect(await statusOf(path)).toBe(200);
  expect((await app.request(...post('/healthz', '{}'))).status).toBe(401);
  const wrong = await app.request('/v1/models', { headers: { 'x-api-key': 'sk-wrong' } });
  expect(wrong.headers.get('www-authenticate')).toBe('Bearer');
  expect(context.logLines.join('')).not.toMatch(/sk-/);
});

test('a key past its limit is 429, and told when to come again', async () => {
  const { app } = echoApp({ keys: ['me:sk-1 requests=1'] });
  const send = () => app.request(...post('/v1/echo', '{}', { 'x-api-key': 'sk-1' }));
  expect((await send()).status).toBe(200);
  const refused = await send();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
  expect(await codeOf(refused)).toBe('rate_limit_exceeded');
});

test.each([
  ['localhost:8080', 200],
  ['127.0.0.1:8080', 200],
  ['[::1]:8080', 200],
  ['a.localhost', 200],
  ['192.168.1.7', 200],
  ['box.lan:8080', 200],
  ['BOX.lan', 200],
  ['evil.example', 403],
  ['localhost.evil.example', 403],
  ['127.0.0.1.evil.example', 403],
  ['box.lan.evil.example:8080', 403],
])('Host %s is answered with %i', async (host, status) => {
  const { app } = echoApp({ allowedHosts: ['box.lan'] });
  const reply = await app.request('/v1/models', { headers: { host } });
  expect(reply.status).toBe(status);
});

test('pages of other sites cannot post, and read nothing', async () => {
  const { app } = echoApp({ corsOrigins: ['https://mine.example'] });
  const statusOf = async (headers: Record<string, string>) =>
    (await app.request(...post('/v1/echo', '{}', { host: 'localhost:8080', ...headers }))).status;
  expect(await statusOf({})).toBe(200);
  expect(await statusOf({ origin: 'http://localhost:8080' })).toBe(200);
  expect(await statusOf({ origin: 'https://mine.example' })).toBe(200);
  for (const origin of [
    'null',
    'http://localhost:9000',
    'https://evil.example',
    'http://mine.example',
  ]) {
    expect(await statusOf({ origin })).toBe(403);
  }
  expect(await statusOf({ 'sec-fetch-site': 'cross-site' })).toBe(403);
  const read = await app.request('/v1/models', { headers: { origin: 'https://evil.example' } });
  expect(read.headers.get('access-control-allow-origin')).toBeNull();
});

test('an allowed site: preflight and replies name it alone, without credentials', async () => {
  const { app } = echoApp({ corsOrigins: ['https://mine.example'], keys: ['me:sk-1'] });
  const origin = 'https://mine.example';
  const ask = (origin: string) =>
    app.request('/v1/echo', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
  const preflight = await ask(origin);
  expect(preflight.status).toBe(204);
  expect(Object.fromEntries(preflight.headers)).toMatchObject({
    'access-control-allow-origin': origin,
    'access-control-allow-headers': 'authorization',
  });
  expect((await ask('https://evil.example')).status).toBe(403);
  const reply = await app.request(...post('/v1/echo', '{}', { origin, 'x-api-key': 'sk-1' }));
  expect(reply.headers.get('access-control-allow-origin')).toBe(origin);
  expect(reply.headers.get('access-control-allow-credentials')).toBeNull();
  expect(reply.headers.get('vary')).toContain('origin');
});

test('while it drains nothing new is taken; health and metrics go on', async () => {
  const { app, context } = echoApp();
  context.state.phase = 'draining';
  const refused = await app.request(...post('/v1/echo', '{}'));
  expect([refused.status, await codeOf(refused)]).toEqual([503, 'server_draining']);
  expect(refused.headers.get('retry-after')).toBe('5');
  expect((await app.request('/readyz')).status).toBe(503);
  expect((await app.request('/healthz')).status).toBe(200);
  expect((await app.request('/metrics')).status).toBe(200);
});

test('each request is a line in the log: what, how long, whose; no query', async () => {
  const { app, context } = echoApp({ keys: ['me:sk-1'] });
  await app.request('/v1/models?api_key=sk-9', { headers: { 'x-api-key': 'sk-1' } });
  const [line] = context.logLines.map((line) => JSON.parse(line));
  expect(line).toMatchObject({
    ...{ event: 'request', method: 'GET', path: '/v1/models', status: 200, client: 'me' },
  });
  expect(JSON.stringify(line)).not.toContain('sk-');
});
