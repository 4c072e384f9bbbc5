/**
 * Pages of other sites: none may post here or read replies, but those that were allowed by name.
 * What is no browser sends no Origin and is not concerned. Never credentials: keys are headers.
 */
import type { MiddlewareHandler } from 'hono';
import { error } from '../../base/errors.ts';
import type { ServerEnv, ServerRequest } from '../server-context.ts';

const preflightSeconds = '600';

export function originCheck(corsOrigins: readonly string[]): MiddlewareHandler<ServerEnv> {
  const allowed = new Set(corsOrigins);
  return async (c, next) => {
    const origin = c.req.header('origin');
    const isAllowed = origin !== undefined && allowed.has(origin);
    const isForeign = origin === undefined ? isCrossSite(c) : !isAllowed && !isOwn(c, origin);
    const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
    if (isForeign && !isRead)
      throw error('origin_not_allowed', { origin: origin ?? 'another site' });
    if (isAllowed && isPreflight(c)) return c.body(null, 204, preflightHeaders(c, origin));
    await next();
    if (!isAllowed) return;
    c.header('access-control-allow-origin', origin);
    c.header('access-control-expose-headers', 'x-request-id, retry-after');
    c.header('vary', 'origin', { append: true });
  };
}

/** The server's own page; its scheme may differ behind a proxy that adds TLS. */
function isOwn(c: ServerRequest, origin: string): boolean {
  const host = c.req.header('host') ?? new URL(c.req.url).host;
  return origin === `http://${host}` || origin === `https://${host}`;
}

/** Browsers send no Origin with some posts of old forms, but say this. */
function isCrossSite(c: ServerRequest): boolean {
  return c.req.header('sec-fetch-site') === 'cross-site';
}

function isPreflight(c: ServerRequest): boolean {
  return c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') !== undefined;
}

function preflightHeaders(c: ServerRequest, origin: string): Record<string, string> {
  const asked = c.req.header('access-control-request-headers');
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-max-age': preflightSeconds,
    vary: 'origin',
    ...(asked !== undefined && { 'access-control-allow-headers': asked }),
  };
}
