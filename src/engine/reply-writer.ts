/**
 * A sequence's tokens on their way to its reader: whole characters, split into reasoning and
 * answer, the answer up to a stop string. Stop strings are not looked for in the thinking: they
 * are about the answer, and a blank line there would end the reply before it began.
 */
import type { ReasoningParser, ReplyPiece } from '../formats/chat/reasoning-parser.ts';
import type { StreamingDecoder, Tokenizer } from '../formats/tokenizer/tokenizer.ts';
import { LogprobRecorder } from './logprob-recorder.ts';
import { Reply, type Summary } from './reply.ts';
import type { Sampler } from './sampler.ts';
import type { SamplingParams } from './sampling-params.ts';
import type { Sequence, TokenSink, Verdict } from './sequence.ts';
import { StopStrings } from './stop-strings.ts';
import type { ThinkBudget } from './think-budget.ts';

export type ChatPiece = ReplyPiece;
/** formats/chat has the one for chats. */
export type Splitter = Pick<ReasoningParser, 'isReasoning' | 'push' | 'flush'>;

/** For plain completions: all of it is text. */
export const noSplitter: Splitter = {
  isReasoning: false,
  push: (text) => [{ type: 'text', text }],
  flush: () => [],
};

export interface ReplyParts<Piece> {
  readonly tokenizer: Tokenizer;
  readonly sampler: Sampler;
  readonly params: SamplingParams;
  readonly splitter: Splitter;
  readonly thinkBudget: ThinkBudget | undefined;
  toPiece(piece: ChatPiece): Piece;
  /** The reader left its loop before the end. */
  onLeave(): void;
  /** Finished or failed. */
  onEnd(): void;
}

export class ReplyWriter<Piece> implements TokenSink {
  readonly reply: Reply<Piece>;
  readonly #parts: ReplyParts<Piece>;
  readonly #decoder: StreamingDecoder;
  readonly #stopStrings: StopStrings;
  readonly #logprobs: LogprobRecorder | undefined;
  #reasoningTokens = 0;

  constructor(parts: ReplyParts<Piece>) {
    const { tokenizer, sampler, params } = parts;
    this.#parts = parts;
    this.reply = new Reply(() => parts.onLeave());
    this.#decoder = tokenizer.decoder();
    this.#stopStrings = new StopStrings(params.stop);
    this.#logprobs =
      params.logprobs === undefined
        ? undefined
        : new LogprobRecorder(sampler, tokenizer, params.logprobs);
  }

  onToken(token: number, logits: Float32Array | undefined): Verdict {
    const { splitter, thinkBudget } = this.#parts;
    this.#logprobs?.record(token, logits);
    if (splitter.isReasoning) this.#reasoningTokens++;
    const text = this.#decoder.push(token);
    this.#write(splitter.push(text, token));
    if (this.#stopStrings.isStopped) return 'stop';
    return thinkBudget?.onToken(text, splitter.isReasoning) ?? 'continue';
  }

  onFinish(sequence: Sequence): void {
    const { splitter } = this.#parts;
    if (!this.#stopStrings.isStopped) {
      this.#write(splitter.push(this.#decoder.flush()));
      this.#write(splitter.flush());
      if (!this.#stopStrings.isStopped) this.#give('text', this.#stopStrings.flush());
    }
    this.reply.finish(this.#summary(sequence));
    this.#parts.onEnd();
  }

  onError(_sequence: Sequence, reason: unknown): void {
    this.reply.fail(reason);
    this.#parts.onEnd();
  }

  #write(pieces: readonly ChatPiece[]): void {
    for (const { type, text } of pieces) {
      this.#give(type, type === 'text' ? this.#stopStrings.push(text) : text);
    }
  }

  #give(type: ChatPiece['type'], text: string): void {
    if (text !== '') this.reply.push(this.#parts.toPiece({ type, text }));
  }

  #summary(sequence: Sequence): Summary {
    const { arrivedMs, promptTokens, completionTokens } = sequence;
    const finishedMs = sequence.finishedMs ?? performance.now();
    const firstTokenMs = sequence.firstTokenMs ?? finishedMs;
    const firstStepMs = sequence.firstStepMs ?? firstTokenMs;
    return {
      finishReason: sequence.finishReason ?? 'abort',
      promptTokens,
      completionTokens,
      reasoningTokens: this.#reasoningTokens,
      ttftMs: firstTokenMs - arrivedMs,
      totalMs: finishedMs - arrivedMs,
      prefillTokensPerSecond: perSecond(promptTokens, firstTokenMs - firstStepMs),
      decodeTokensPerSecond: perSecond(completionTokens - 1, finishedMs - firstTokenMs),
      preemptions: sequence.numPreemptions,
      draftedTokens: sequence.draftedTokens,
      acceptedTokens: sequence.acceptedTokens,
      seed: sequence.params.seed,
      ...(this.#logprobs && { logprobs: this.#logprobs.entries }),
    };
  }
}

function perSecond(count: number, ms: number): number {
  return count > 0 && ms > 0 ? (count / ms) * 1000 : 0;
}
