/** While the server drains it takes nothing new; health and metrics are still answered. */
import type { MiddlewareHandler } from 'hono';
import { error } from '../../base/errors.ts';
import type { ServerEnv } from '../server-context.ts';
import type { ServerState } from '../server-state.ts';

export function availability(state: ServerState): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    if (state.phase === 'draining') {
      c.header('connection', 'close');
      if (c.req.method === 'POST') throw error('server_draining', { retryAfterSeconds: 5 });
    }
    await next();
  };
}
