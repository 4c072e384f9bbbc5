/**
 * The chat page at / and the plan page at /plan: the files that Vite built, from memory. Names with a
 * hash in them never change and are kept by browsers for good. The pages may load nothing from
 * elsewhere, and no other page may frame them. Where they were not built, a page says so.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ServerApp, ServerContext, ServerRequest } from './server-context.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Scripts and styles are files of ours. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** Who may make HTML or scripts of text: on the chat page DOMPurify, on the plan page its worker. */
const trustedTypes: Readonly<Record<string, string>> = {
  '/': 'dompurify',
  '/plan': 'sampan-worker',
};

const safety = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

export function registerPage(
  app: ServerApp,
  _context: ServerContext,
  folder = pageFolder(import.meta.dirname),
): void {
  const files = existsSync(path.join(folder, 'index.html')) ? readPage(folder) : notBuilt();
  for (const [url, file] of files) {
    app.publicPaths.push(url);
    app.get(url, (c) => send(c, url, file));
  }
}

/** dist/web in the package, web/dist in a clone. */
function pageFolder(here: string): string {
  const packed = [path.join(here, 'web'), path.join(here, '..', 'web')];
  const isThere = (place: string) => existsSync(path.join(place, 'index.html'));
  return packed.find(isThere) ?? path.join(here, '..', '..', 'web', 'dist');
}

function send(c: ServerRequest, url: string, { body, headers }: PageFile): Response {
  c.set('route', url);
  if (c.req.header('if-none-match') === headers.etag) return c.body(null, 304, { ...headers });
  return c.body(body, 200, { ...headers });
}

/** By the path that each is asked for: index.html is / itself, plan.html is /plan. */
function readPage(folder: string): Map<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = contentTypes[path.extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file).replaceAll(path.sep, '/');
    const isHashed = name.startsWith('assets/');
    const cache = isHashed ? 'public, max-age=31536000, immutable' : 'no-cache';
    const url = name === 'index.html' ? '/' : `/${name.replace(/\.html$/, '')}`;
    files.set(url, pageFile(url, readFileSync(file), type, cache));
  }
  return files;
}

function pageFile(url: string, content: Uint8Array, type: string, cache: string): PageFile {
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
  return {
    body: new Uint8Array(content),
    headers: {
      ...{ 'content-type': type, 'cache-control': cache, etag },
      'content-security-policy': `${policy}; trusted-types ${trustedTypes[url] ?? "'none'"}`,
      ...safety,
    },
  };
}

function notBuilt(): Map<string, PageFile> {
  const text = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sampan</title>
<h1>Sampan is running</h1>
<p>The APIs are served, but the pages were not built. In a clone of the repository:</p>
<pre>npm run build:web</pre>
<p>What the APIs are is in <a href="/openapi.json">/openapi.json</a>.</p>
</html>
`;
  const content = new TextEncoder().encode(text);
  const file = (url: string) => pageFile(url, content, contentTypes['.html'] as string, 'no-store');
  return new Map(['/', '/plan'].map((url) => [url, file(url)]));
}
