/** Holds each key to its limits; only what makes a model work counts. */
import type { MiddlewareHandler } from 'hono';
import { RateLimits } from '../rate-limits.ts';
import type { ServerEnv } from '../server-context.ts';

export function rateLimit(): MiddlewareHandler<ServerEnv> {
  const limits = new RateLimits();
  return async (c, next) => {
    const key = c.get('apiKey');
    if (key !== undefined && c.req.method === 'POST') {
      const usage = limits.begin(key);
      const record = c.get('record');
      record.onEnd(() => usage.end(record.promptTokens + record.completionTokens));
    }
    await next();
  };
}
