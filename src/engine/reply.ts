/**
 * A reply while it is being written: an async iterable of its pieces for one reader, and a promise
 * of its summary. Leaving the loop early aborts the request; a failure rejects both. It is fed by
 * the engine and starts at once, read or not; its length is bounded by the context.
 */
import type { FinishReason, LengthCause } from './sequence.ts';

export interface Summary {
  /**
   * stop: the model ended it, or a stop string did; length: it was cut, see `lengthCause`;
   * toolCalls: the model ended it after calls of tools, and waits for what they give.
   */
  readonly finishReason: FinishReason;
  /** Why it was cut. */
  readonly lengthCause?: LengthCause;
  /** The stop string that ended it. */
  readonly stopString?: string;
  readonly promptTokens: number;
  /** Of those, the ones that were in the prefix cache and were not computed again. */
  readonly cachedTokens: number;
  /** Everything the model wrote, its thinking and the token that ended it included. */
  readonly completionTokens: number;
  /** Of those, the ones inside its thinking. */
  readonly reasoningTokens: number;
  /** From the call to the first step that it took part in. */
  readonly queuedMs: number;
  /** From the call to the first token: waiting, prefill and one sample. */
  readonly ttftMs: number;
  /** From the call to the end. */
  readonly totalMs: number;
  /** Prompt tokens that were computed over the time from the first step to the first token. */
  readonly prefillTokensPerSecond: number;
  /** Tokens after the first over the time since it; 0 where there is only one. */
  readonly decodeTokensPerSecond: number;
  /** How often the request had to give its memory to an older one and compute again. */
  readonly preemptions: number;
  /** Tokens that were guessed and computed ahead, and those of them that were right. */
  readonly draftedTokens: number;
  readonly acceptedTokens: number;
  /** With the same prompt and settings it gives the same reply. */
  readonly seed: number;
  /** When `logprobs` was asked for: one entry per token, the one that ended the reply left out. */
  readonly logprobs?: readonly TokenLogprobs[];
}

/** Natural logarithms, of the model's own distribution: before bias, penalties and temperature. */
export interface TokenLogprob {
  readonly id: number;
  readonly text: string;
  /** Its own bytes, which may be a part of a character. */
  readonly bytes: Uint8Array;
  readonly logprob: number;
}
export interface TokenLogprobs extends TokenLogprob {
  /** The likeliest first; may lack the token that was drawn. */
  readonly top: readonly TokenLogprob[];
  /** Of the thinking. */
  readonly isReasoning: boolean;
}

export class Reply<Piece, S extends Summary = Summary>
  implements AsyncIterable<Piece, void, undefined>
{
  /** Rejects when the request fails or its signal aborts; leaving the loop early does not reject it. */
  readonly summary: Promise<S>;
  /** Known at once, before the first token. */
  promptTokens = 0;
  readonly #settle: { resolve(summary: S): void; reject(reason: unknown): void };
  readonly #onLeave: () => void;
  #pieces: Piece[] = [];
  #end: { failed: false } | { failed: true; reason: unknown } | undefined;
  /** Settled with the next piece or the end; there while a reader waits. */
  #next: PromiseWithResolvers<void> | undefined;

  constructor(onLeave: () => void) {
    const { promise, resolve, reject } = Promise.withResolvers<S>();
    this.summary = promise;
    this.#settle = { resolve, reject };
    this.#onLeave = onLeave;
    // A reader of the pieces learns of a failure there: no unhandled rejection for the summary.
    promise.catch(() => {});
  }

  /** As leaving the loop does: nobody wants more of it. No effect once it has ended. */
  leave(): void {
    if (this.#end === undefined) this.#onLeave();
  }

  push(piece: Piece): void {
    if (this.#end !== undefined) return;
    this.#pieces.push(piece);
    this.#wake();
  }

  finish(summary: S): void {
    if (this.#end !== undefined) return;
    this.#end = { failed: false };
    this.#settle.resolve(summary);
    this.#wake();
  }

  /** What was not read yet is dropped: whoever aborts wants no more of it. */
  fail(reason: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { failed: true, reason };
    this.#pieces = [];
    this.#settle.reject(reason);
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Piece, void, undefined> {
    try {
      for (;;) {
        if (this.#end?.failed) throw this.#end.reason;
        if (this.#pieces.length > 0) {
          yield this.#pieces.shift() as Piece;
          continue;
        }
        if (this.#end !== undefined) return;
        this.#next ??= Promise.withResolvers();
        await this.#next.promise;
      }
    } finally {
      this.leave();
    }
  }

  #wake(): void {
    this.#next?.resolve();
    this.#next = undefined;
  }
}
