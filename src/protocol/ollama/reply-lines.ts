/**
 * Pieces of a reply → the lines of /api/chat and /api/generate: one object a line, the last with
 * `done: true`, why it ended and what it took, in nanoseconds. Calls are given out whole, their
 * arguments as an object; one whose arguments were cut off by the end of the reply is left out.
 * A reply that is not streamed is the last line with everything in it.
 */
import type { TokenLogprob, TokenLogprobs } from '../openai/logprobs.ts';
import type { CollectedReply, ReplyPiece } from '../openai/reply-pieces.ts';
import type { ReplySummary } from '../openai/usage.ts';

export interface ToolCall {
  readonly id: string;
  readonly function: {
    readonly index: number;
    readonly name: string;
    readonly arguments: Readonly<Record<string, unknown>>;
  };
}

/** What a line says, before it takes the form of its route. */
interface Said {
  readonly text: string;
  readonly thinking?: string;
  readonly toolCalls?: readonly ToolCall[];
  readonly logprobs?: readonly TokenLogprobs[] | undefined;
}

export type LineKind = 'chat' | 'generate';
export type Line = Readonly<Record<string, unknown>>;

export interface LineParts {
  readonly kind: LineKind;
  /** As the client calls it. */
  readonly model: string;
  /** What it took to have the model ready. */
  readonly loadMs: number;
}

export class LineWriter {
  readonly #parts: LineParts;
  /** The call whose arguments still come. */
  #call: { index: number; id: string; name: string; arguments: string } | undefined;

  constructor(parts: LineParts) {
    this.#parts = parts;
  }

  push(piece: ReplyPiece): Line[] {
    switch (piece.type) {
      case 'reasoning':
        return [this.#line({ text: '', thinking: piece.text, logprobs: piece.logprobs })];
      case 'text':
        return [this.#line({ text: piece.text, logprobs: piece.logprobs })];
      case 'toolCall': {
        const lines = this.#finishCall();
        this.#call = { index: piece.index, id: piece.id, name: piece.name, arguments: '' };
        return lines;
      }
      case 'toolArguments':
        if (this.#call !== undefined) this.#call.arguments += piece.text;
        return [];
    }
  }

  /** `extra`: fields of the last line alone. */
  end(summary: ReplySummary, extra: Line = {}): Line[] {
    return [...this.#finishCall(), this.#last({ text: '' }, summary, extra)];
  }

  whole(reply: CollectedReply, summary: ReplySummary, extra: Line = {}): Line {
    const toolCalls = reply.calls.flatMap((call, index) => toolCall({ ...call, index }));
    const said = {
      text: reply.text,
      ...(reply.reasoning !== '' && { thinking: reply.reasoning }),
      ...(toolCalls.length > 0 && { toolCalls }),
      ...(reply.logprobs.length > 0 && { logprobs: reply.logprobs }),
    };
    return this.#last(said, summary, extra);
  }

  /** A model was loaded, or unloaded, and nothing said. */
  moved(doneReason: 'load' | 'unload'): Line {
    return { ...this.#line({ text: '' }), done: true, done_reason: doneReason };
  }

  #finishCall(): Line[] {
    const toolCalls = this.#call === undefined ? [] : toolCall(this.#call);
    this.#call = undefined;
    return toolCalls.length === 0 ? [] : [this.#line({ text: '', toolCalls })];
  }

  #last(said: Said, summary: ReplySummary, extra: Line): Line {
    return {
      ...this.#line(said),
      done: true,
      done_reason: summary.finishReason === 'length' ? 'length' : 'stop',
      ...durations(summary, this.#parts.loadMs),
      ...extra,
    };
  }

  #line({ text, thinking, toolCalls, logprobs }: Said): Line {
    const { kind, model } = this.#parts;
    const extras = {
      ...(thinking !== undefined && { thinking }),
      ...(toolCalls !== undefined && { tool_calls: toolCalls }),
    };
    return {
      model,
      created_at: new Date().toISOString(),
      ...(kind === 'chat'
        ? { message: { role: 'assistant', content: text, ...extras } }
        : { response: text, ...extras }),
      done: false,
      ...(logprobs !== undefined && { logprobs: logprobs.map(logprobEntry) }),
    };
  }
}

function toolCall(call: {
  index: number;
  id: string;
  name: string;
  arguments: string;
}): ToolCall[] {
  const { id, index, name } = call;
  try {
    return [{ id, function: { index, name, arguments: JSON.parse(call.arguments || '{}') } }];
  } catch {
    return [];
  }
}

function durations(summary: ReplySummary, loadMs: number): Line {
  const { promptTokens, completionTokens, ttftMs, totalMs } = summary;
  const nanoseconds = (ms: number) => Math.round(ms * 1e6);
  return {
    total_duration: nanoseconds(loadMs + totalMs),
    load_duration: nanoseconds(loadMs),
    prompt_eval_count: promptTokens,
    prompt_eval_duration: nanoseconds(ttftMs),
    eval_count: completionTokens,
    eval_duration: nanoseconds(totalMs - ttftMs),
  };
}

function logprobEntry(entry: TokenLogprobs) {
  return { ...named(entry), top_logprobs: entry.top.map(named) };
}

function named({ text, logprob }: TokenLogprob) {
  // JSON has no infinity.
  const finite = Number.isFinite(logprob) ? logprob : -9999;
  return { token: text, logprob: finite, bytes: [...Buffer.from(text)] };
}
