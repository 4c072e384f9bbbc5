/**
 * POST /v1/chat/completions as a stream: the wire's chunks → what the page needs of them. Throws
 * ServerProblem where the server says no; ends with `cut` where the stream breaks off.
 */

import { problemInStream, ServerProblem } from './problem.ts';
import { type ServerAccess, send } from './server-access.ts';
import { readEvents } from './sse-reader.ts';

export interface ChatRequest {
  readonly model: string | undefined;
  readonly messages: readonly { role: 'system' | 'user' | 'assistant'; content: string }[];
  /** Fields of the request that the settings ask for: temperature, thinking, … */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly reasoningTokens: number;
  readonly cachedTokens: number;
}

export type ChatEvent =
  | { readonly type: 'id'; readonly id: string }
  | { readonly type: 'reasoning' | 'text'; readonly text: string }
  | { readonly type: 'finish'; readonly reason: string; readonly cause: string | undefined }
  | { readonly type: 'usage'; readonly usage: Usage }
  /** As the server measured it: what came in one piece to us was many tokens to it. */
  | { readonly type: 'speed'; readonly tokensPerSecond: number }
  | { readonly type: 'cut' };

export async function* streamChat(
  access: ServerAccess,
  { model, messages, options }: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  const body = {
    model,
    messages,
    ...options,
    stream: true,
    stream_options: { include_usage: true },
  };
  const response = await send(access, 'v1/chat/completions', { body, signal });
  if (response.body === null) throw new ServerProblem({ kind: 'server' });
  let isFinished = false;
  let hasId = false;
  try {
    for await (const data of readEvents(response.body)) {
      if (data === '[DONE]') return;
      const chunk = JSON.parse(data) as WireChunk;
      if (chunk.error !== undefined) throw new ServerProblem(problemInStream(chunk.error));
      if (!hasId && typeof chunk.id === 'string') {
        hasId = true;
        yield { type: 'id', id: chunk.id };
      }
      for (const event of eventsOf(chunk)) {
        if (event.type === 'finish') isFinished = true;
        yield event;
      }
    }
  } catch (cause) {
    if (signal.aborted || cause instanceof ServerProblem) throw cause;
    yield { type: 'cut' };
    return;
  }
  if (!isFinished) yield { type: 'cut' };
}

interface WireChunk {
  readonly id?: unknown;
  readonly error?: unknown;
  readonly choices?: readonly {
    readonly delta?: { readonly content?: unknown; readonly reasoning_content?: unknown } | null;
    readonly finish_reason?: unknown;
    readonly sampan?: { readonly length_cause?: unknown } | null;
  }[];
  readonly usage?: WireUsage | null;
  readonly timings?: { readonly predicted_per_second?: unknown } | null;
}

interface WireUsage {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number } | null;
}

function* eventsOf({ choices, usage, timings }: WireChunk): Generator<ChatEvent> {
  const choice = choices?.[0];
  if (choice !== undefined) {
    const { content, reasoning_content: reasoning } = choice.delta ?? {};
    if (typeof reasoning === 'string' && reasoning !== '') {
      yield { type: 'reasoning', text: reasoning };
    }
    if (typeof content === 'string' && content !== '') yield { type: 'text', text: content };
    if (typeof choice.finish_reason === 'string') {
      const cause = choice.sampan?.length_cause;
      const reason = choice.finish_reason;
      yield { type: 'finish', reason, cause: typeof cause === 'string' ? cause : undefined };
    }
  }
  const speed = timings?.predicted_per_second;
  if (typeof speed === 'number' && speed > 0) yield { type: 'speed', tokensPerSecond: speed };
  if (usage !== undefined && usage !== null) yield { type: 'usage', usage: usageOf(usage) };
}

function usageOf(usage: WireUsage): Usage {
  return {
    promptTokens: usage.prompt_tokens ?? 0,
    completionTokens: usage.completion_tokens ?? 0,
    reasoningTokens: usage.completion_tokens_details?.reasoning_tokens ?? 0,
    cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
  };
}
