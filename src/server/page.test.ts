import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fakeServerContext } from '../../test/fakes/fake-server-context.ts';
import { registerPage } from './page.ts';
import type { ServerApp, ServerEnv } from './server-context.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sampan-page-'));

beforeAll(() => {
  mkdirSync(path.join(folder, 'assets'));
  writeFileSync(path.join(folder, 'index.html'), '<title>page</title>');
  writeFileSync(path.join(folder, 'plan.html'), '<title>plan</title>');
  writeFileSync(path.join(folder, 'assets', 'index-a1b2.js'), 'let a;');
  writeFileSync(path.join(folder, '.stamp'), 'secret');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function appWith(pages: string): ServerApp {
  const context = fakeServerContext({}, { keys: ['a:key'] });
  const parts = { declared: [], publicPaths: [] as string[], settings: context.settings };
  const app: ServerApp = Object.assign(new Hono<ServerEnv>(), parts);
  registerPage(app, context, pages);
  return app;
}

test('the page and its files, with their types, without a key', async () => {
  const app = appWith(folder);
  const index = await app.request('/');
  expect(await index.text()).toBe('<title>page</title>');
  expect(index.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(index.headers.get('cache-control')).toBe('no-cache');
  const script = await app.request('/assets/index-a1b2.js');
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(script.headers.get('cache-control')).toContain('immutable');
  expect(app.publicPaths.sort()).toEqual(['/', '/assets/index-a1b2.js', '/plan']);
});

test('a strict policy on each: nothing from elsewhere, no inline script, no frame', async () => {
  for (const url of ['/', '/plan', '/assets/index-a1b2.js']) {
    const { headers } = await appWith(folder).request(url);
    const policy = headers.get('content-security-policy') as string;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|\*|http/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('the plan is at /plan, whatever its query, and each page trusts its own policy alone', async () => {
  const app = appWith(folder);
  const plan = await app.request('/plan?model=deepseek-r1&rate=20');
  expect(await plan.text()).toBe('<title>plan</title>');
  expect(plan.headers.get('cache-control')).toBe('no-cache');
  const trusted = async (url: string) => {
    const policy = (await app.request(url)).headers.get('content-security-policy') as string;
    return /trusted-types ([^;]+)$/.exec(policy)?.[1];
  };
  expect(await trusted('/')).toBe('dompurify');
  expect(await trusted('/plan')).toBe('sampan-worker');
  expect(await trusted('/assets/index-a1b2.js')).toBe("'none'");
});

test('what the browser has is not sent again', async () => {
  const app = appWith(folder);
  const etag = (await app.request('/')).headers.get('etag') as string;
  const again = await app.request('/', { headers: { 'if-none-match': etag } });
  expect([again.status, await again.text()]).toEqual([304, '']);
});

test('no other file is within reach', async () => {
  const app = appWith(folder);
  for (const url of ['/.stamp', '/assets/../.stamp', '/assets/', '/%2e%2e/x', '/plan.html']) {
    expect((await app.request(url)).status, url).toBe(404);
  }
});

test('a page that was not built says so', async () => {
  for (const url of ['/', '/plan']) {
    const page = await appWith(path.join(folder, 'nothing')).request(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('npm run build:web');
  }
});
