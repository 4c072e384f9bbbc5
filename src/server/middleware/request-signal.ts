/** `c.get('signal')`: the client has left, or the server waits no longer. */
import type { MiddlewareHandler } from 'hono';
import type { ServerEnv } from '../server-context.ts';
import type { ServerState } from '../server-state.ts';

export function requestSignal(state: ServerState): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    c.set('signal', AbortSignal.any([c.req.raw.signal, state.stopSignal]));
    await next();
  };
}
