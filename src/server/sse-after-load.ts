/**
 * Events of a reply whose model may have to be loaded first. A load takes up to minutes: the stream
 * begins before it, and its keep-alives tell the client that the server lives. Where the model is
 * there already the reply is begun first, so that what is wrong with it is an HTTP status.
 */
import type { SseEvent } from '../protocol/wire-frames.ts';
import type { ServerContext, ServerRequest } from './server-context.ts';
import { sse } from './stream-events.ts';

export async function sseAfterLoad<Started>(
  c: ServerRequest,
  context: ServerContext,
  /** As the request names it. */
  model: string | undefined,
  start: () => Promise<Started>,
  events: (started: Started) => AsyncIterable<SseEvent>,
): Promise<Response> {
  const models = context.models.list();
  const entry = model === undefined ? models[0] : models.find(({ name }) => name === model);
  const mustLoad = entry !== undefined && entry.state !== 'ready';
  if (!mustLoad) return sse(c, context, events(await start()));
  async function* later(): AsyncGenerator<SseEvent, void, undefined> {
    yield* events(await start());
  }
  return sse(c, context, later());
}
