/**
 * A sequence's tokens on their way to its reader: whole characters, split into reasoning and
 * answer, the answer up to a stop string. Stop strings are not looked for in the thinking: they
 * are about the answer, and a blank line there would end the reply before it began. Nor in calls of
 * tools, which are taken out of the answer.
 */
import type { ReasoningParser, ReplyPiece } from '../formats/chat/reasoning-parser.ts';
import type { ToolPiece } from '../formats/chat/tools/tool-call-parser.ts';
import type { StreamingDecoder, Tokenizer } from '../formats/tokenizer/tokenizer.ts';
import { LogprobRecorder } from './logprob-recorder.ts';
import type { LoopDetector } from './loop-detector.ts';
import type { Reply, Summary, TokenLogprobs } from './reply.ts';
import type { Sampler } from './sampler.ts';
import type { SamplingParams } from './sampling-params.ts';
import type { FinishReason, Sequence, TokenSink, Verdict } from './sequence.ts';
import { StopStrings } from './stop-strings.ts';
import type { ThinkBudget } from './think-budget.ts';
import type { ToolCallReader } from './tool-call-reader.ts';

/** A call of a tool begins with its name; the JSON of its arguments follows in pieces. */
export type ChatPiece =
  | (ReplyPiece & {
      /** Where `logprobs` was asked for: of the tokens since the piece before. */
      readonly logprobs?: readonly TokenLogprobs[];
    })
  | ToolPiece;
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
  readonly loopDetector: LoopDetector | undefined;
  readonly reply: Reply<Piece>;
  /** Undefined where no tools may be called. */
  readonly toolCalls: ToolCallReader | undefined;
  toPiece(piece: ChatPiece): Piece;
  /** Finished or failed. */
  onEnd(): void;
}

export class ReplyWriter<Piece> implements TokenSink {
  readonly #parts: ReplyParts<Piece>;
  readonly #decoder: StreamingDecoder;
  readonly #stopStrings: StopStrings;
  readonly #logprobs: LogprobRecorder | undefined;
  #reasoningTokens = 0;

  constructor(parts: ReplyParts<Piece>) {
    const { tokenizer, sampler, params } = parts;
    this.#parts = parts;
    this.#decoder = tokenizer.decoder();
    this.#stopStrings = new StopStrings(params.stop);
    this.#logprobs =
      params.logprobs === undefined
        ? undefined
        : new LogprobRecorder(sampler, tokenizer, params.logprobs);
  }

  onToken(token: number, logits: Float32Array | undefined): Verdict {
    const { splitter, thinkBudget, toolCalls } = this.#parts;
    this.#logprobs?.record(token, logits, splitter.isReasoning);
    if (splitter.isReasoning) this.#reasoningTokens++;
    let text = this.#decoder.push(token);
    if (!splitter.isReasoning) text += toolCalls?.hiddenTextOf(token) ?? '';
    this.#write(splitter.push(text, token));
    if (this.#stopStrings.isStopped) return 'stop';
    if (this.#isLoop(token)) return 'loop';
    return thinkBudget?.onToken(text, splitter.isReasoning, this.#decoder.isWhole) ?? 'continue';
  }

  /** Thinking that loops is closed, once; what loops after that, or in the answer, is the end. */
  #isLoop(token: number): boolean {
    const { splitter, thinkBudget, loopDetector } = this.#parts;
    if (!loopDetector?.push(token, splitter.isReasoning)) return false;
    if (!splitter.isReasoning || thinkBudget === undefined || thinkBudget.isDone) return true;
    thinkBudget.closeNow();
    loopDetector.restart();
    return false;
  }

  onFinish(sequence: Sequence): void {
    const { splitter } = this.#parts;
    if (!this.#stopStrings.isStopped) {
      this.#write(splitter.push(this.#decoder.flush()));
      this.#write(splitter.flush());
      this.#writeAnswer(this.#parts.toolCalls?.flush() ?? []);
      if (!this.#stopStrings.isStopped) this.#give('text', this.#stopStrings.flush());
    }
    this.#parts.reply.finish(this.#summary(sequence));
    this.#parts.onEnd();
  }

  onError(_sequence: Sequence, reason: unknown): void {
    this.#parts.reply.fail(reason);
    this.#parts.onEnd();
  }

  #write(pieces: readonly ReplyPiece[]): void {
    const { toolCalls } = this.#parts;
    for (const piece of pieces) {
      if (piece.type === 'reasoning') this.#give(piece.type, piece.text);
      else this.#writeAnswer(toolCalls === undefined ? [piece] : toolCalls.push(piece.text));
    }
  }

  #writeAnswer(pieces: readonly ChatPiece[]): void {
    for (const piece of pieces) {
      if (this.#stopStrings.isStopped) return;
      if (piece.type === 'text') this.#give('text', this.#stopStrings.push(piece.text));
      else {
        this.#give('text', this.#stopStrings.flush()); // none reaches into a call
        this.#logprobs?.take(); // those of a call belong to no text
        this.#parts.reply.push(this.#parts.toPiece(piece));
      }
    }
  }

  #give(type: ReplyPiece['type'], text: string): void {
    if (text === '') return;
    const logprobs = this.#logprobs && { logprobs: this.#logprobs.take() };
    this.#parts.reply.push(this.#parts.toPiece({ type, text, ...logprobs }));
  }

  #finishReason({ finishReason = 'abort' }: Sequence): FinishReason {
    const { toolCalls } = this.#parts;
    const isAfterCalls =
      finishReason === 'stop' && !this.#stopStrings.isStopped && (toolCalls?.numCalls ?? 0) > 0;
    return isAfterCalls ? 'toolCalls' : finishReason;
  }

  #summary(sequence: Sequence): Summary {
    const { arrivedMs, promptTokens, cachedTokens = 0, completionTokens } = sequence;
    const { stopString } = this.#stopStrings;
    const finishedMs = sequence.finishedMs ?? performance.now();
    const firstTokenMs = sequence.firstTokenMs ?? finishedMs;
    const firstStepMs = sequence.firstStepMs ?? firstTokenMs;
    return {
      finishReason: this.#finishReason(sequence),
      ...(sequence.lengthCause && { lengthCause: sequence.lengthCause }),
      ...(stopString !== undefined && { stopString }),
      promptTokens,
      cachedTokens,
      completionTokens,
      reasoningTokens: this.#reasoningTokens,
      queuedMs: firstStepMs - arrivedMs,
      ttftMs: firstTokenMs - arrivedMs,
      totalMs: finishedMs - arrivedMs,
      prefillTokensPerSecond: perSecond(promptTokens - cachedTokens, firstTokenMs - firstStepMs),
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
