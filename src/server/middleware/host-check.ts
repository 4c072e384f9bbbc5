/**
 * Against DNS rebinding: a page whose own name is made to point at this machine sends that name as
 * Host. Names must be known; an address is nobody's name and cannot be rebound.
 */
import type { MiddlewareHandler } from 'hono';
import { error } from '../../base/errors.ts';
import { hostNameOf, isAddress, isLoopback } from '../host-names.ts';
import type { ServerEnv } from '../server-context.ts';

export function hostCheck(allowedHosts: readonly string[]): MiddlewareHandler<ServerEnv> {
  const allowed = new Set(allowedHosts.map((name) => name.toLowerCase()));
  return async (c, next) => {
    const name = hostNameOf(c.req.header('host') ?? new URL(c.req.url).host);
    if (!isLoopback(name) && !isAddress(name) && !allowed.has(name)) {
      throw error('host_not_allowed', { host: name });
    }
    await next();
  };
}
