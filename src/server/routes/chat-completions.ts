/**
 * POST /v1/chat/completions, as in OpenAI's and DeepSeek's API references. DeepSeek's base URL has
 * no /v1, and /beta for replies that are begun (`prefix`); here all paths take all of it.
 */
import { z } from 'zod';
import type { ChatReply } from '../../engine/chat-reply.ts';
import type { LoadedModel } from '../../engine/loaded-model.ts';
import { chatVoted } from '../../engine/vote.ts';
import { chatBody, type WholeReply } from '../../protocol/openai/chat-body.ts';
import { ChatChunks, type ResponseHead } from '../../protocol/openai/chat-chunks.ts';
import { chatReplySchema } from '../../protocol/openai/chat-reply-schemas.ts';
import { type ChatAsk, chatAsk, chatRequestSchema } from '../../protocol/openai/chat-request.ts';
import { CollectedReply } from '../../protocol/openai/reply-pieces.ts';
import type { SseEvent } from '../../protocol/wire-frames.ts';
import { addRoute } from '../add-route.ts';
import { mergeReplies, wholes } from '../merge-replies.ts';
import { responseHead } from '../response-head.ts';
import { RunningChats } from '../running-chats.ts';
import type { ServerApp, ServerContext, ServerRequest } from '../server-context.ts';
import { sseAfterLoad } from '../sse-after-load.ts';
import { type ReplyOptions, startReplies } from '../start-replies.ts';
import { thinkOptions } from '../think-tokens.ts';

const paths = ['/v1/chat/completions', '/chat/completions', '/beta/chat/completions'];
const controlSchema = z.object({
  id: z.string().min(1).max(128),
  action: z.literal('reasoning_end'),
});

export function registerChatCompletions(app: ServerApp, context: ServerContext): void {
  const running = new RunningChats();
  for (const path of paths) {
    addRoute(
      app,
      {
        method: 'POST',
        ...{ path, summary: 'Answer a conversation', stream: 'sse' },
        ...{ body: chatRequestSchema, reply: chatReplySchema },
      },
      (c, request) => complete(c, context, running, chatAsk(request)),
    );
  }
  addRoute(
    app,
    {
      ...{ method: 'POST', path: '/v1/chat/completions/control' },
      summary: 'Have a completion that streams end its thinking and answer',
      ...{ body: controlSchema, reply: z.object({ id: z.string() }) },
    },
    (c, { id }) => {
      running.answerNow(id, c.get('client'));
      return c.json({ id });
    },
  );
}

async function complete(
  c: ServerRequest,
  context: ServerContext,
  running: RunningChats,
  ask: ChatAsk,
): Promise<Response> {
  const { model, options, reasoningName } = ask;
  const asked = { model, operation: 'chat', cacheUser: options.cacheSalt } as const;
  const start = async () => {
    const { name, model, replies } = await startReplies(c, context, asked, (model, options) =>
      startChats(model, ask, {
        ...options,
        ...thinkOptions(ask.reasoning, model.info, c.get('api')),
      }),
    );
    const chats = replies as readonly ChatReply[];
    const head = responseHead('chatcmpl-', name, model.info);
    running.add(head.id, c.get('client'), chats);
    return { head, chats };
  };
  if (ask.stream) {
    return sseAfterLoad(c, context, ask.model, start, ({ head, chats }) =>
      events(head, ask, chats),
    );
  }
  const { head, chats } = await start();
  const hasLogprobs = options.logprobs !== undefined;
  return c.json(chatBody(head, await wholeReplies(chats), { reasoningName, hasLogprobs }));
}

/** A wrong request throws at the first; the others have other seeds. */
function startChats(
  model: LoadedModel,
  { messages, options, numChoices, samples }: ChatAsk,
  more: ReplyOptions & { thinkTokens?: number },
): readonly ChatReply[] {
  const all = { ...options, ...more };
  if (samples !== undefined) return [chatVoted(model, messages, { ...all, samples })];
  return Array.from({ length: numChoices }, (_, index) => {
    const seed =
      all.seed === undefined ? {} : { seed: (all.seed + index) % Number.MAX_SAFE_INTEGER };
    return model.chat(messages, { ...all, ...seed });
  });
}

function wholeReplies(replies: readonly ChatReply[]): Promise<WholeReply[]> {
  return wholes(replies, async (reply) => ({
    reply: await CollectedReply.of(reply),
    summary: await reply.summary,
  }));
}

async function* events(
  head: ResponseHead,
  ask: ChatAsk,
  replies: readonly ChatReply[],
): AsyncGenerator<SseEvent, void, undefined> {
  const includeUsage = ask.stream?.includeUsage ?? false;
  const encoder = new ChatChunks(head, { includeUsage, reasoningName: ask.reasoningName });
  const chunks: string[] = [];
  for await (const { index, piece } of mergeReplies(replies)) {
    if (piece !== undefined) encoder.piece(index, piece, chunks);
    else encoder.finish(index, await (replies[index] as ChatReply).summary, chunks);
    for (const data of chunks.splice(0)) yield { data };
  }
  encoder.usage(await Promise.all(replies.map((reply) => reply.summary)), chunks);
  for (const data of chunks) yield { data };
  yield { data: '[DONE]' };
}
