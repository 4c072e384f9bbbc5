/**
 * POST /v1/messages and /v1/messages/count_tokens, as in Anthropic's API reference; under
 * /anthropic too, which is the base URL of DeepSeek's server for these clients.
 */
import type { ChatReply } from '../../engine/chat-reply.ts';
import { collectMessage } from '../../protocol/anthropic/collect-message.ts';
import { type MessageEvent, MessageWriter } from '../../protocol/anthropic/message-events.ts';
import {
  type MessagesAsk,
  messagesAsk,
  type PromptAsk,
  promptAsk,
} from '../../protocol/anthropic/messages-ask.ts';
import { countTokensSchema, messagesSchema } from '../../protocol/anthropic/messages-request.ts';
import { countTokensReply, messageReply } from '../../protocol/anthropic/reply-schemas.ts';
import type { SseEvent } from '../../protocol/wire-frames.ts';
import { addRoute } from '../add-route.ts';
import { responseHead } from '../response-head.ts';
import type { ServerApp, ServerContext, ServerRequest } from '../server-context.ts';
import { startReplies } from '../start-replies.ts';
import { sse } from '../stream-events.ts';
import { thinkOptions } from '../think-tokens.ts';

const paths = ['/v1/messages', '/anthropic/v1/messages'];

export function registerMessages(app: ServerApp, context: ServerContext): void {
  for (const path of paths) {
    addRoute(
      app,
      {
        method: 'POST',
        ...{ path, summary: 'Answer a conversation, as Anthropic does', stream: 'sse' },
        ...{ body: messagesSchema, reply: messageReply },
      },
      (c, request) => answer(c, context, messagesAsk(request)),
    );
    addRoute(
      app,
      {
        ...{
          method: 'POST',
          path: `${path}/count_tokens`,
          summary: 'Count a prompt, tools and all',
        },
        ...{ body: countTokensSchema, reply: countTokensReply },
      },
      (c, request) => count(c, context, promptAsk(request)),
    );
  }
}

async function answer(c: ServerRequest, context: ServerContext, ask: MessagesAsk) {
  const asked = { model: ask.model, operation: 'chat', cacheUser: cacheUserOf(c, ask) } as const;
  const { name, model, replies } = await startReplies(c, context, asked, (model, options) => {
    const thinking = thinkOptions(ask.reasoning, model.info, 'anthropic');
    return [model.chat(ask.messages, { ...ask.options, ...options, ...thinking })];
  });
  const reply = replies[0] as ChatReply;
  const { id } = responseHead('msg_', name, model.info);
  const writer = new MessageWriter({ id, model: name, showsThinking: ask.showsThinking });
  const events = eventsOf(writer, reply);
  if (ask.isStream) return sse(c, context, named(events));
  const all: MessageEvent[] = [];
  for await (const event of events) all.push(event);
  return c.json(collectMessage(all));
}

async function count(c: ServerRequest, { models }: ServerContext, ask: PromptAsk) {
  const lease = await models.lease(ask.model, { signal: c.get('signal') });
  try {
    const { model } = lease;
    const thinking = thinkOptions(ask.reasoning, model.info, 'anthropic');
    const tokens = model.countTokens(ask.messages, { ...ask.options, ...thinking });
    return c.json({ input_tokens: tokens });
  } finally {
    lease[Symbol.dispose]();
  }
}

/** With DeepSeek the user keeps a cache apart; with Anthropic it does not, and Claude Code counts on that. */
function cacheUserOf(c: ServerRequest, { userId }: MessagesAsk): string | undefined {
  return c.req.path.startsWith('/anthropic/') ? userId : undefined;
}

async function* eventsOf(
  writer: MessageWriter,
  reply: ChatReply,
): AsyncGenerator<MessageEvent, void, undefined> {
  yield* writer.start(reply.promptTokens);
  for await (const piece of reply) yield* writer.push(piece);
  yield* writer.end(await reply.summary);
}

async function* named(events: AsyncIterable<MessageEvent>): AsyncGenerator<SseEvent> {
  for await (const data of events) yield { event: data.type, data };
}
