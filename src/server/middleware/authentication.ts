/**
 * Who asks: the key in `Authorization: Bearer …` or `x-api-key`, where the server has keys. Only
 * what is declared public is answered without one. Where it has none, clients are told apart by
 * their address.
 */
import type { MiddlewareHandler } from 'hono';
import { error } from '../../base/errors.ts';
import type { ApiKeys } from '../api-keys.ts';
import type { ServerApp, ServerEnv, ServerRequest } from '../server-context.ts';

export function authentication(keys: ApiKeys, app: ServerApp): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    c.set('client', c.env?.incoming?.socket.remoteAddress ?? 'local');
    if (keys.size > 0 && !isPublic(app, c)) {
      const shown = keyOf(c);
      const key = shown === undefined ? undefined : keys.find(shown);
      if (key === undefined) {
        c.header('www-authenticate', 'Bearer');
        throw error(shown === undefined ? 'api_key_missing' : 'api_key_unknown');
      }
      c.set('apiKey', key);
      c.set('client', key.name);
    }
    await next();
  };
}

function keyOf(c: ServerRequest): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1];
  return bearer ?? c.req.header('x-api-key');
}

function isPublic({ publicPaths }: ServerApp, { req }: ServerRequest): boolean {
  if (req.method !== 'GET' && req.method !== 'HEAD') return false;
  return publicPaths.some((path) =>
    path.endsWith('/*') ? req.path.startsWith(path.slice(0, -1)) : req.path === path,
  );
}
