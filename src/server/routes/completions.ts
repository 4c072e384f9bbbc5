/**
 * POST /v1/completions, as in OpenAI's API reference; under /beta it is DeepSeek's
 * fill-in-the-middle. A prompt is taken as it is: no template, special tokens only as ids.
 */
import type { LoadedModel, PieceReply } from '../../engine/loaded-model.ts';
import type { ResponseHead } from '../../protocol/openai/chat-chunks.ts';
import { completionReplySchema } from '../../protocol/openai/chat-reply-schemas.ts';
import {
  CompletionChunks,
  completionBody,
  type WholeText,
} from '../../protocol/openai/completion-chunks.ts';
import {
  type CompletionAsk,
  completionAsk,
  completionRequestSchema,
} from '../../protocol/openai/completion-request.ts';
import { CollectedReply } from '../../protocol/openai/reply-pieces.ts';
import type { SseEvent } from '../../protocol/wire-frames.ts';
import { addRoute } from '../add-route.ts';
import { mergeReplies, wholes } from '../merge-replies.ts';
import { responseHead } from '../response-head.ts';
import type { ServerApp, ServerContext, ServerRequest } from '../server-context.ts';
import { sseAfterLoad } from '../sse-after-load.ts';
import { type ReplyOptions, startReplies } from '../start-replies.ts';

const paths = ['/v1/completions', '/completions', '/beta/completions'];

export function registerCompletions(app: ServerApp, context: ServerContext): void {
  for (const path of paths) {
    addRoute(
      app,
      {
        method: 'POST',
        ...{ path, summary: 'Continue a text, or fill a gap in it', stream: 'sse' },
        ...{ body: completionRequestSchema, reply: completionReplySchema },
      },
      (c, request) => complete(c, context, completionAsk(request)),
    );
  }
}

async function complete(
  c: ServerRequest,
  context: ServerContext,
  ask: CompletionAsk,
): Promise<Response> {
  const { model, options } = ask;
  const asked = { model, operation: 'text_completion', cacheUser: options.cacheSalt } as const;
  const start = async () => {
    const { name, model, replies } = await startReplies(c, context, asked, (model, options) =>
      startCompletions(model, ask, options),
    );
    const echoes = ask.prompts.map((prompt) => (ask.echo ? textOf(model, prompt) : ''));
    return { head: responseHead('cmpl-', name, model.info), replies, echoes };
  };
  if (ask.stream) {
    return sseAfterLoad(c, context, ask.model, start, ({ head, replies, echoes }) =>
      events(head, ask, replies, echoes),
    );
  }
  const { head, replies, echoes } = await start();
  const wholes = await wholeTexts(replies, ask, echoes);
  return c.json(completionBody(head, wholes, ask.numChoices));
}

/** By prompt, then by choice. */
function startCompletions(
  model: LoadedModel,
  { prompts, suffix, options, numChoices }: CompletionAsk,
  more: ReplyOptions,
): readonly PieceReply[] {
  const { seed } = options;
  return prompts.flatMap((prompt) => {
    const tokens = suffix === undefined ? prompt : model.fillInMiddle(prompt as string, suffix);
    return Array.from({ length: numChoices }, (_, i) =>
      model.generatePieces(tokens, {
        ...{ ...options, ...more },
        ...(seed !== undefined && { seed: (seed + i) % Number.MAX_SAFE_INTEGER }),
      }),
    );
  });
}

function textOf(model: LoadedModel, prompt: string | readonly number[]): string {
  return typeof prompt === 'string' ? prompt : model.detokenize(prompt);
}

function wholeTexts(
  replies: readonly PieceReply[],
  { numChoices, options }: CompletionAsk,
  echoes: readonly string[],
): Promise<WholeText[]> {
  return wholes(replies, async (reply, index) => {
    const { text, logprobs } = await CollectedReply.of(reply);
    const echo = echoes[Math.floor(index / numChoices)] as string;
    return {
      text: echo + text,
      logprobs: options.logprobs === undefined ? undefined : logprobs,
      echoLength: echo.length,
      summary: await reply.summary,
    };
  });
}

async function* events(
  head: ResponseHead,
  ask: CompletionAsk,
  replies: readonly PieceReply[],
  echoes: readonly string[],
): AsyncGenerator<SseEvent, void, undefined> {
  const encoder = new CompletionChunks(head, { includeUsage: ask.stream?.includeUsage ?? false });
  const chunks: string[] = [];
  for (const index of replies.keys()) {
    const text = echoes[Math.floor(index / ask.numChoices)] as string;
    if (text !== '') encoder.piece(index, { text }, chunks);
  }
  for (const data of chunks.splice(0)) yield { data };
  for await (const { index, piece } of mergeReplies(replies)) {
    if (piece === undefined) {
      encoder.finish(index, await (replies[index] as PieceReply).summary, chunks);
    } else if (piece.type === 'text') encoder.piece(index, piece, chunks);
    for (const data of chunks.splice(0)) yield { data };
  }
  const summaries = await Promise.all(replies.map((reply) => reply.summary));
  encoder.usage(summaries, ask.numChoices, chunks);
  for (const data of chunks) yield { data };
  yield { data: '[DONE]' };
}
