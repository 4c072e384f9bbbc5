/** The app on a real socket: what a connection may take, and how it ends. */
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Hono } from 'hono';
import { afterEach, expect, test } from 'vitest';
import { type Listening, listen } from './listen.ts';
import type { ServerApp } from './server-context.ts';

const toClose: Listening[] = [];
afterEach(async () => {
  for (const listening of toClose.splice(0)) await listening.close(0);
});

async function opened(options: Parameters<typeof listen>[2] = {}) {
  const gate = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const app = new Hono();
  app.onError((_, c) => c.text('failed', 500));
  app.get('/slow', async (c) => {
    arrived.resolve();
    c.req.raw.signal.addEventListener('abort', () => aborted.resolve());
    await gate.promise;
    return c.text('done');
  });
  app.post('/echo', async (c) => c.text(await c.req.text()));
  const listening = await listen(
    app as unknown as ServerApp,
    { host: '127.0.0.1', port: 0 },
    options,
  );
  toClose.push(listening);
  const { promise: isAborted } = aborted;
  return { listening, release: gate.resolve, aborted: isAborted, arrived: arrived.promise };
}

/** Sends bytes as they are; resolves to all that came back when the server has closed. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8').on('data', (data) => {
      received += data;
    });
    socket.on('error', () => {}).on('close', () => resolve(received));
  });
}

test('a port that is taken is said with what to do', async () => {
  const { listening } = await opened();
  const again = listen({ fetch: () => new Response() } as unknown as ServerApp, {
    host: '127.0.0.1',
    port: listening.port,
  });
  await expect(again).rejects.toMatchObject({
    code: 'port_taken',
    remedy: expect.stringContaining(`--port ${listening.port + 1}`),
  });
});

test('an address that is not this machine’s is refused', async () => {
  const app = { fetch: () => new Response() } as unknown as ServerApp;
  const bound = listen(app, { host: '203.0.113.7', port: 0 });
  await expect(bound).rejects.toMatchObject({ code: 'address_refused' });
});

test('heads and bodies that come too slowly are cut', async () => {
  const limits = { headersTimeout: 50, requestTimeout: 50, connectionsCheckingInterval: 10 };
  const { listening } = await opened(limits);
  const head = raw(listening.port, 'GET /slow HTTP/1.1\r\nHost: x\r\n');
  const body = raw(
    listening.port,
    'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab',
  );
  expect(await head).toMatch(/^HTTP\/1\.1 408 /);
  expect(await body).toMatch(/^HTTP\/1\.1 408 /);
});

test('a head that is too long is refused', async () => {
  const { listening } = await opened();
  const long = `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`;
  expect(await raw(listening.port, long)).toMatch(/^HTTP\/1\.1 431 /);
});

test('what is no HTTP is refused, and others go on', async () => {
  const { listening } = await opened();
  expect(await raw(listening.port, '\x16\x03\x01\x02garbage\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  const reply = await fetch(`${listening.url}/echo`, { method: 'POST', body: 'still here' });
  expect(await reply.text()).toBe('still here');
});

test('a client that leaves aborts its request', async () => {
  const { listening, aborted, arrived, release } = await opened();
  const controller = new AbortController();
  const asked = fetch(`${listening.url}/slow`, { signal: controller.signal });
  arrived.then(() => controller.abort());
  await expect(asked).rejects.toThrow();
  await aborted;
  release();
});

test('closing lets a request end', async () => {
  const { listening, release, arrived } = await opened();
  const asked = fetch(`${listening.url}/slow`).then((reply) => reply.text());
  await arrived;
  const closed = listening.close(5000);
  await expect(fetch(listening.url)).rejects.toThrow();
  release();
  expect([await asked, await closed]).toEqual(['done', 'ended']);
});

test('closing does not wait for connections that ask nothing', async () => {
  const { listening } = await opened();
  await (await fetch(listening.url)).text(); // kept open for another request
  const silent = raw(listening.port, '');
  const half = raw(listening.port, 'GET / HTTP/1.1\r\nHost');
  await wait(20);
  expect(await listening.close(5000)).toBe('ended');
  expect(await Promise.all([silent, half])).toEqual(['', '']);
});

test('closing cuts what goes on for too long', async () => {
  const { listening, aborted, arrived, release } = await opened();
  const asked = fetch(`${listening.url}/slow`);
  await arrived;
  const closed = listening.close(20);
  await expect(asked).rejects.toThrow();
  expect(await closed).toBe('cut');
  await aborted;
  release();
});
