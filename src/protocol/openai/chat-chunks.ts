/**
 * A chat completion as it streams: pieces of replies → the JSON of its chunks, in the order that
 * clients rely on. The first chunk of a choice has the role and, where the model thinks first,
 * `reasoning_content: ""` (DeepSeek's own client waits for that); every chunk has the same id; with
 * include_usage all have `usage: null` and one more, without choices, has the counts.
 */
import type { ReasoningName } from './chat-request.ts';
import { type ChatLogprobs, chatLogprobs } from './logprobs.ts';
import type { ReplyPiece } from './reply-pieces.ts';
import { finishReasonOf, type ReplySummary, timingsOf, usageOf } from './usage.ts';

/** The same for all chunks of a response, and for its whole form. */
export interface ResponseHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint: string;
}

export interface ChatChunkOptions {
  readonly includeUsage: boolean;
  readonly reasoningName: ReasoningName;
}

export class ChatChunks {
  readonly #options: ChatChunkOptions;
  /** Everything of a chunk that stands before and behind its choice: made once. */
  readonly #before: string;
  readonly #after: string;
  readonly #started = new Set<number>();

  constructor(head: ResponseHead, options: ChatChunkOptions) {
    const { id, ...rest } = head;
    const all = JSON.stringify({ id, object: 'chat.completion.chunk', ...rest });
    this.#before = `${all.slice(0, -1)},"choices":[`;
    this.#after = options.includeUsage ? '],"usage":null' : ']';
    this.#options = options;
  }

  /** Pushes the chunks of a piece to `chunks`: one, or two where it is the choice's first. */
  piece(index: number, piece: ReplyPiece, chunks: string[]): void {
    this.#start(index, piece.type === 'reasoning', chunks);
    if (piece.type === 'toolCall') {
      const { id, name } = piece;
      const call = { id, type: 'function', function: { name, arguments: '' } };
      chunks.push(this.#chunk(index, { tool_calls: [{ index: piece.index, ...call }] }));
    } else if (piece.type === 'toolArguments') {
      const call = { index: piece.index, function: { arguments: piece.text } };
      chunks.push(this.#chunk(index, { tool_calls: [call] }));
    } else {
      const delta =
        piece.type === 'text'
          ? { content: piece.text }
          : reasoningFields(piece.text, this.#options.reasoningName);
      chunks.push(this.#chunk(index, delta, piece.logprobs && chatLogprobs(piece.logprobs)));
    }
  }

  /** The last chunk of a choice. */
  finish(index: number, summary: ReplySummary, chunks: string[]): void {
    this.#start(index, false, chunks);
    const choice = {
      ...{ index, delta: {}, logprobs: null },
      finish_reason: finishReasonOf(summary.finishReason),
      ...choiceExtension(summary),
    };
    const timings = `,"timings":${JSON.stringify(timingsOf(summary))}`;
    chunks.push(`${this.#before}${JSON.stringify(choice)}${this.#after}${timings}}`);
  }

  /** After all choices are finished. */
  usage(summaries: readonly ReplySummary[], chunks: string[]): void {
    if (!this.#options.includeUsage) return;
    chunks.push(`${this.#before}],"usage":${JSON.stringify(usageOf(summaries))}}`);
  }

  #start(index: number, isReasoning: boolean, chunks: string[]): void {
    if (this.#started.has(index)) return;
    this.#started.add(index);
    const delta = isReasoning
      ? { role: 'assistant', content: null, ...reasoningFields('', this.#options.reasoningName) }
      : { role: 'assistant', content: '' };
    chunks.push(this.#chunk(index, delta));
  }

  #chunk(index: number, delta: object, logprobs: ChatLogprobs | null = null): string {
    const choice = { index, delta, logprobs, finish_reason: null };
    return `${this.#before}${JSON.stringify(choice)}${this.#after}}`;
  }
}

export function reasoningFields(text: string, name: ReasoningName): Record<string, string> {
  if (name === 'both') return { reasoning_content: text, reasoning: text };
  return { [name]: text };
}

/** Our extension of a choice: why a reply that was cut off was, and how its samples voted. */
export function choiceExtension(summary: ReplySummary) {
  const { finishReason, lengthCause, vote } = summary;
  const cause = finishReason === 'length' && lengthCause !== undefined && snakeCase(lengthCause);
  if (!cause && !vote) return {};
  const votes = vote && {
    samples: vote.samples,
    winner: vote.winner,
    answers: vote.answers.map(({ answer, votes }) => ({ answer, votes })),
  };
  return { sampan: { ...(cause && { length_cause: cause }), ...(votes && { vote: votes }) } };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
