/** Replies to requests that cannot be served, in the form of their API. */
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { error } from '../base/errors.ts';
import { wireError } from '../protocol/error-bodies.ts';
import { failureOf } from './failure-of.ts';
import { logFailure } from './log-failure.ts';
import type { ServerApp, ServerContext, ServerRequest } from './server-context.ts';

/** nginx's: the client closed the connection, and nobody sees this. */
const clientClosed = 499;

export function failed(c: ServerRequest, context: ServerContext, cause: unknown): Response {
  const failure = failureOf(cause, c.get('signal'));
  if (failure === undefined) return new Response(null, { status: clientClosed });
  logFailure(c, context, failure, cause);
  const { retryAfterSeconds } = failure;
  if (retryAfterSeconds !== undefined) c.header('retry-after', String(retryAfterSeconds));
  const { status, body } = wireError(c.get('api'), failure, c.get('requestId'));
  return c.body(JSON.stringify(body), status as ContentfulStatusCode, {
    'content-type': 'application/json',
  });
}

/** No route: 404; another method would have one: 405, or for OPTIONS the list of them. */
export function notFound(app: ServerApp, c: ServerRequest, context: ServerContext): Response {
  const { path, method } = c.req;
  const methods = app.declared
    .filter((route) => patternOf(route.path).test(path))
    .flatMap((route) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
  if (methods.length === 0) return failed(c, context, error('route_unknown', { path }));
  const expected = [...new Set(methods)].join(', ');
  c.header('allow', `${expected}, OPTIONS`);
  if (method === 'OPTIONS') return c.body(null, 204);
  return failed(c, context, error('method_not_allowed', { path, expected, found: method }));
}

/** `:name` is one part of a path, `:name{.+}` as its pattern says. */
function patternOf(path: string): RegExp {
  const source = path.replace(/:\w+(?:\{([^}]*)\})?/g, (_, pattern) => `(?:${pattern ?? '[^/]+'})`);
  return new RegExp(`^${source}$`);
}
