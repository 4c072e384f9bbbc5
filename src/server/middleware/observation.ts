/** What a request did, when it is over: a line in the log, metrics, a span. */
import type { MiddlewareHandler } from 'hono';
import { RequestRecord } from '../request-record.ts';
import type { ServerContext, ServerEnv, ServerRequest } from '../server-context.ts';

/** Asked every few seconds by machines: of no interest in a log. */
const quietPaths = new Set(['/healthz', '/readyz', '/metrics', '/sampan/status']);

export function observation(context: ServerContext): MiddlewareHandler<ServerEnv> {
  const { log, metrics, traces } = context;
  return async (c, next) => {
    const record = new RequestRecord();
    c.set('record', record);
    const span = traces?.begin(c.req.header('traceparent'));
    record.onEnd(() => {
      const { method, path } = c.req;
      const route = routeOf(c);
      metrics.onRequest(record, method, route);
      span?.end({ record, method, route, requestId: c.get('requestId') });
      log[quietPaths.has(path) ? 'debug' : 'info']('request', {
        ...{ method, path, status: record.status, ms: Math.round(record.durationMs) },
        ...{ client: c.get('client'), requestId: c.get('requestId') },
        ...(record.model !== undefined && {
          ...{ model: record.model, finish: record.finishReasons.join(',') },
          ...{ promptTokens: record.promptTokens, completionTokens: record.completionTokens },
        }),
      });
    });
    await next();
    record.responded(c.res.status);
  };
}

/** The declared path, of which there are few; '' where no route was found. */
function routeOf(c: ServerRequest): string {
  const last = c.get('route');
  return last ?? '';
}
