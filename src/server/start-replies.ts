/**
 * How a route has a model answer: leases it by name, starts one reply or several, measures them,
 * and gives the model back when the last has ended, whether anybody reads them or not.
 */
import type { LoadedModel } from '../engine/loaded-model.ts';
import type { Reply } from '../engine/reply.ts';
import type { ServerContext, ServerRequest } from './server-context.ts';

export interface StartRequest {
  /** What the request calls the model; undefined: the first one that is served. */
  readonly model: string | undefined;
  /** As OpenTelemetry's gen_ai.operation.name. */
  readonly operation: 'chat' | 'text_completion';
  /** How long the model stays after its last lease; undefined: as before. */
  readonly keepAliveMs?: number | undefined;
  /** The user whose prompts are kept apart in the prefix cache, where the request names one. */
  readonly cacheUser?: string | undefined;
}

/** To be spread into the options of each reply. */
export interface ReplyOptions {
  readonly signal: AbortSignal;
  readonly client: string;
  readonly deadlineMs?: number;
  readonly cacheSalt?: string;
}

export interface Started<Piece> {
  /** The name that it is served as. */
  readonly name: string;
  readonly model: LoadedModel;
  readonly replies: readonly Reply<Piece>[];
}

export async function startReplies<Piece>(
  c: ServerRequest,
  context: ServerContext,
  request: StartRequest,
  start: (model: LoadedModel, options: ReplyOptions) => readonly Reply<Piece>[],
): Promise<Started<Piece>> {
  const signal = c.get('signal');
  const record = c.get('record');
  const { model: asked, keepAliveMs } = request;
  const lease = await context.models.lease(asked, { signal, keepAliveMs });
  try {
    const { name, model } = lease;
    record.model = name;
    record.operation = request.operation;
    const replies = start(model, replyOptions(c, context, request));
    const measured = replies.map((reply) => measure(reply, c, context, name));
    Promise.all(measured).then(() => lease[Symbol.dispose]());
    return { name, model, replies };
  } catch (cause) {
    lease[Symbol.dispose]();
    throw cause;
  }
}

function replyOptions(
  c: ServerRequest,
  { settings }: ServerContext,
  { cacheUser }: StartRequest,
): ReplyOptions {
  const { deadlineMs } = settings;
  const cacheSalt = saltOf(c.get('apiKey')?.name, cacheUser);
  return {
    ...{ signal: c.get('signal'), client: c.get('client') },
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(cacheSalt !== undefined && { cacheSalt }),
  };
}

/**
 * How soon a reply begins tells whether its prompt was asked before: nobody is to learn that of
 * another key's prompts, nor of another user's of the same key.
 */
function saltOf(keyName: string | undefined, user: string | undefined): string | undefined {
  if (keyName === undefined && user === undefined) return undefined;
  return JSON.stringify([keyName, user]);
}

/** Never rejects: whoever reads the reply learns how it ended. */
function measure<Piece>(
  reply: Reply<Piece>,
  c: ServerRequest,
  { metrics }: ServerContext,
  name: string,
): Promise<void> {
  return reply.summary.then(
    (summary) => {
      c.get('record').addReply(summary);
      metrics.onReply(name, summary);
    },
    () => metrics.onReplyFailed(name, c.get('signal').aborted ? 'abort' : 'error'),
  );
}
