/**
 * Completions as they stream and whole. A choice's index is prompt × n + reply, as in OpenAI's.
 * The legacy log probabilities go with the text they are of, their offsets from its start.
 */
import type { ResponseHead } from './chat-chunks.ts';
import { completionLogprobs, type TokenLogprobs } from './logprobs.ts';
import { finishReasonOf, type ReplySummary, timingsOf, usageOfAll } from './usage.ts';

export interface TextPiece {
  readonly text: string;
  readonly logprobs?: readonly TokenLogprobs[] | undefined;
}

export class CompletionChunks {
  readonly #before: string;
  readonly #after: string;
  readonly #includeUsage: boolean;
  /** How much text of each choice is out. */
  readonly #offsets: number[] = [];

  constructor(head: ResponseHead, { includeUsage }: { readonly includeUsage: boolean }) {
    const all = JSON.stringify(headOf(head));
    this.#before = `${all.slice(0, -1)},"choices":[`;
    this.#after = includeUsage ? '],"usage":null' : ']';
    this.#includeUsage = includeUsage;
  }

  piece(index: number, { text, logprobs }: TextPiece, chunks: string[]): void {
    const offset = this.#offsets[index] ?? 0;
    this.#offsets[index] = offset + text.length;
    const choice = {
      ...{ index, text },
      logprobs: logprobs ? completionLogprobs(logprobs, offset) : null,
      finish_reason: null,
    };
    chunks.push(`${this.#before}${JSON.stringify(choice)}${this.#after}}`);
  }

  finish(index: number, summary: ReplySummary, chunks: string[]): void {
    const finish_reason = finishReasonOf(summary.finishReason);
    const choice = { index, text: '', logprobs: null, finish_reason };
    const timings = `,"timings":${JSON.stringify(timingsOf(summary))}`;
    chunks.push(`${this.#before}${JSON.stringify(choice)}${this.#after}${timings}}`);
  }

  usage(summaries: readonly ReplySummary[], numChoices: number, chunks: string[]): void {
    if (!this.#includeUsage) return;
    const usage = JSON.stringify(completionUsage(summaries, numChoices));
    chunks.push(`${this.#before}],"usage":${usage}}`);
  }
}

export interface WholeText {
  readonly text: string;
  readonly logprobs: readonly TokenLogprobs[] | undefined;
  /** Of what stands before the reply in `text`. */
  readonly echoLength: number;
  readonly summary: ReplySummary;
}

export function completionBody(
  head: ResponseHead,
  replies: readonly WholeText[],
  numChoices: number,
) {
  const summaries = replies.map(({ summary }) => summary);
  return {
    ...headOf(head),
    choices: replies.map(({ text, logprobs, echoLength, summary }, index) => ({
      ...{ index, text },
      logprobs: logprobs ? completionLogprobs(logprobs, echoLength) : null,
      finish_reason: finishReasonOf(summary.finishReason),
    })),
    usage: completionUsage(summaries, numChoices),
    timings: timingsOf(summaries[0] as ReplySummary),
  };
}

function headOf({ id, ...rest }: ResponseHead) {
  return { id, object: 'text_completion', ...rest };
}

/** Replies to one prompt share it: it counts once. */
function completionUsage(summaries: readonly ReplySummary[], numChoices: number) {
  return usageOfAll(
    summaries.map((summary, i) =>
      i % numChoices === 0 ? summary : { ...summary, promptTokens: 0, cachedTokens: 0 },
    ),
  );
}
