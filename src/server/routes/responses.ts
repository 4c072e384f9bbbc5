/** POST /v1/responses, as in OpenAI's API reference, without state: nothing is stored. */
import type { ChatReply } from '../../engine/chat-reply.ts';
import { responseReplySchema } from '../../protocol/openai/chat-reply-schemas.ts';
import { type ResponseEvent, ResponseEvents } from '../../protocol/openai/response-events.ts';
import {
  type ResponseAsk,
  responseAsk,
  responseRequestSchema,
} from '../../protocol/openai/response-request.ts';
import type { SseEvent } from '../../protocol/wire-frames.ts';
import { addRoute } from '../add-route.ts';
import { failureOf } from '../failure-of.ts';
import { responseHead } from '../response-head.ts';
import type { ServerApp, ServerContext, ServerRequest } from '../server-context.ts';
import { sseAfterLoad } from '../sse-after-load.ts';
import { startReplies } from '../start-replies.ts';
import { thinkOptions } from '../think-tokens.ts';

export function registerResponses(app: ServerApp, context: ServerContext): void {
  addRoute(
    app,
    {
      ...{ method: 'POST', path: '/v1/responses', summary: 'Answer, as a list of items' },
      ...{ stream: 'sse', body: responseRequestSchema, reply: responseReplySchema },
    },
    (c, request) => respond(c, context, responseAsk(request)),
  );
}

async function respond(
  c: ServerRequest,
  context: ServerContext,
  ask: ResponseAsk,
): Promise<Response> {
  const { model, options } = ask;
  const asked = { model, operation: 'chat', cacheUser: options.cacheSalt } as const;
  const start = async () => {
    const { name, model, replies } = await startReplies(c, context, asked, (model, options) => [
      model.chat(ask.messages, {
        ...{ ...ask.options, ...options },
        ...thinkOptions(ask.reasoning, model.info, c.get('api')),
      }),
    ]);
    const head = responseHead('resp_', name, model.info);
    return { encoder: new ResponseEvents(head, ask.echoed), reply: replies[0] as ChatReply };
  };
  if (ask.isStream) {
    return sseAfterLoad(c, context, ask.model, start, ({ encoder, reply }) =>
      events(encoder, reply, c.get('signal')),
    );
  }
  const { encoder, reply } = await start();
  const ignored: ResponseEvent[] = [];
  for await (const piece of reply) encoder.piece(piece, ignored);
  return c.json(encoder.finish(await reply.summary, ignored));
}

async function* events(
  encoder: ResponseEvents,
  reply: ChatReply,
  signal: AbortSignal,
): AsyncGenerator<SseEvent, void, undefined> {
  const pending: ResponseEvent[] = [];
  encoder.start(pending);
  try {
    yield* taken(pending);
    for await (const piece of reply) {
      encoder.piece(piece, pending);
      yield* taken(pending);
    }
    encoder.finish(await reply.summary, pending);
  } catch (cause) {
    const failure = failureOf(cause, signal);
    if (failure === undefined) throw cause;
    encoder.fail(failure.code, failure.message, pending);
  }
  yield* taken(pending);
}

function* taken(events: ResponseEvent[]): Generator<SseEvent, void, undefined> {
  for (const data of events.splice(0)) yield { event: data.type, data };
}
