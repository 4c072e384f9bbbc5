/**
 * What /api/chat and /api/generate share: the model by its Ollama name, loading and unloading it
 * where nothing is asked, the promises a request may not be given, and the reply as lines or whole.
 */

import { error } from '../base/errors.ts';
import type { LoadedModel } from '../engine/loaded-model.ts';
import type { ModelInfo } from '../engine/model-info.ts';
import type { Reply } from '../engine/reply.ts';
import { servedName } from '../protocol/ollama/model-names.ts';
import type { ReplyAsk } from '../protocol/ollama/reply-fields.ts';
import { type Line, type LineKind, LineWriter } from '../protocol/ollama/reply-lines.ts';
import { CollectedReply, type ReplyPiece } from '../protocol/openai/reply-pieces.ts';
import { invalidField } from '../protocol/parse-request.ts';
import type { ServerContext, ServerRequest } from './server-context.ts';
import { type ReplyOptions, startReplies } from './start-replies.ts';
import { ndjson } from './stream-events.ts';
import { thinkOptions } from './think-tokens.ts';

export interface StartedLines {
  readonly reply: Reply<ReplyPiece>;
  /** Fields of the last line, from the whole text of the answer. */
  readonly extra?: ((text: string) => Line) | undefined;
}

/** `start` is given what the request said of sampling and thinking, as options of the engine. */
export async function answerInLines(
  c: ServerRequest,
  context: ServerContext,
  kind: LineKind,
  ask: ReplyAsk,
  start: (model: LoadedModel, options: ReplyOptions & { thinkTokens?: number }) => StartedLines,
): Promise<Response> {
  const startMs = performance.now();
  let loadMs = 0;
  let extra: StartedLines['extra'];
  const operation = kind === 'chat' ? 'chat' : 'text_completion';
  const asked = {
    model: servedAs(context, ask.model),
    operation,
    keepAliveMs: ask.keepAliveMs,
  } as const;
  const { replies } = await startReplies(c, context, asked, (model, options) => {
    loadMs = performance.now() - startMs;
    checkPromises(ask, model.info);
    const thinking = thinkOptions(ask.reasoning, model.info, 'ollama');
    const started = start(model, { ...options, ...thinking });
    extra = started.extra;
    return [started.reply];
  });
  const reply = replies[0] as Reply<ReplyPiece>;
  const lines = new LineWriter({ kind, model: ask.model, loadMs });
  if (ask.isStream) return ndjson(c, context, linesOf(lines, reply, extra));
  const whole = await CollectedReply.of(reply);
  return c.json(lines.whole(whole, await reply.summary, extra?.(whole.text)));
}

/** Nothing is asked: the model is loaded, or with a keep_alive of 0 unloaded. */
export async function moveModel(
  c: ServerRequest,
  context: ServerContext,
  kind: LineKind,
  ask: ReplyAsk,
): Promise<Response> {
  const { models } = context;
  const name = servedAs(context, ask.model);
  const line = new LineWriter({ kind, model: ask.model, loadMs: 0 });
  if (ask.keepAliveMs === 0) {
    await models.unload(name);
    return c.json(line.moved('unload'));
  }
  const { keepAliveMs } = ask;
  const lease = await models.lease(name, { signal: c.get('signal'), keepAliveMs });
  try {
    checkPromises(ask, lease.model.info);
    return c.json(line.moved('load'));
  } finally {
    lease[Symbol.dispose]();
  }
}

/** The name that the model is served as which a client of Ollama calls so. */
export function servedAs({ models }: ServerContext, asked: string): string {
  const names = models.list().map(({ name }) => name);
  return servedName(asked, names);
}

/** Ollama would load the model anew, or cut the conversation without a word (Ollama #9452). */
function checkPromises({ contextTokens, reasoning }: ReplyAsk, info: ModelInfo): void {
  if (contextTokens !== undefined && contextTokens > info.contextTokens) {
    throw error('num_ctx_too_large', { found: contextTokens, contextTokens: info.contextTokens });
  }
  if (reasoning.isOn === true && !info.canThink) {
    throw invalidField('think', 'true', 'false; this model does not think');
  }
}

async function* linesOf(
  lines: LineWriter,
  reply: Reply<ReplyPiece>,
  extra: StartedLines['extra'],
): AsyncGenerator<Line, void, undefined> {
  let text = '';
  for await (const piece of reply) {
    if (extra !== undefined && piece.type === 'text') text += piece.text;
    yield* lines.push(piece);
  }
  yield* lines.end(await reply.summary, extra?.(text));
}
