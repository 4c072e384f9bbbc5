/** Every request has an id: the client's where it is harmless, else a new one. Replies name it. */
import type { MiddlewareHandler } from 'hono';
import { type ApiKind, apiOfPath } from '../../protocol/api-kind.ts';
import type { ServerEnv } from '../server-context.ts';

/** Besides x-request-id, where an API's own client looks for it. */
const alias: Partial<Record<ApiKind, string>> = {
  anthropic: 'request-id',
  deepseek: 'x-deepseek-request-id',
};

export const requestId: MiddlewareHandler<ServerEnv> = async (c, next) => {
  const given = c.req.header('x-request-id');
  const id = given !== undefined && /^[\w.-]{1,128}$/.test(given) ? given : crypto.randomUUID();
  const api = apiOfPath(c.req.path);
  c.set('requestId', id);
  c.set('api', api);
  await next();
  c.header('x-request-id', id);
  const name = alias[api];
  if (name !== undefined) c.header(name, id);
};
