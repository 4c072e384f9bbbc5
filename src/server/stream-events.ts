/** Server-sent events and NDJSON lines as replies, with each API's own way to say what went wrong. */
import { wireError } from '../protocol/error-bodies.ts';
import { encodeNdjson, encodeSse, type SseEvent, sseKeepAlive } from '../protocol/wire-frames.ts';
import { failureOf } from './failure-of.ts';
import { logFailure } from './log-failure.ts';
import type { ServerContext, ServerRequest } from './server-context.ts';
import { type StreamOptions, streamResponse } from './stream-response.ts';

export function sse(
  c: ServerRequest,
  context: ServerContext,
  events: AsyncIterable<SseEvent>,
): Response {
  return streamResponse(map(events, encodeSse), {
    ...connection(c, context),
    contentType: 'text/event-stream; charset=utf-8',
    keepAlive: sseKeepAlive,
    onError(cause) {
      const data = errorBody(c, context, cause);
      const event = c.get('api') === 'anthropic' ? { event: 'error' } : {};
      return data && encodeSse({ ...event, data });
    },
  });
}

export function ndjson(
  c: ServerRequest,
  context: ServerContext,
  values: AsyncIterable<unknown>,
): Response {
  return streamResponse(map(values, encodeNdjson), {
    ...connection(c, context),
    contentType: 'application/x-ndjson',
    keepAlive: '',
    onError(cause) {
      const body = errorBody(c, context, cause);
      return body && encodeNdjson(body);
    },
  });
}

function connection(
  c: ServerRequest,
  { settings, log }: ServerContext,
): Pick<StreamOptions, 'signal' | 'settings' | 'onEnd' | 'onStall'> {
  return {
    signal: c.get('signal'),
    settings,
    onEnd: c.get('record').streams(),
    onStall() {
      log.warn('reader stalled', { requestId: c.get('requestId') });
      c.env?.outgoing?.destroy();
    },
  };
}

function errorBody(c: ServerRequest, context: ServerContext, cause: unknown): object | undefined {
  const failure = failureOf(cause, c.get('signal'));
  if (failure === undefined) return undefined;
  logFailure(c, context, failure, cause);
  return wireError(c.get('api'), failure, c.get('requestId')).body;
}

async function* map<T>(items: AsyncIterable<T>, encode: (item: T) => string) {
  for await (const item of items) yield encode(item);
}
