/**
 * A model ready to answer: what `load` gives. Any number of chats and completions may run at once
 * and share steps. Every request takes an AbortSignal; a request that is wrong in itself throws
 * where it is made.
 */
import { error } from '../base/errors.ts';
import type { ChatMessage } from '../formats/chat/chat-message.ts';
import { reasoningParserFor } from '../formats/chat/reasoning-parser.ts';
import type { Tokenizer } from '../formats/tokenizer/tokenizer.ts';
import type { Chat } from './chat.ts';
import type { Engine } from './engine.ts';
import type { ModelInfo } from './model-info.ts';
import type { Reply } from './reply.ts';
import { type ChatPiece, noSplitter, type ReplyParts, ReplyWriter } from './reply-writer.ts';
import {
  integer,
  refuse,
  type SamplingOptions,
  type SamplingParams,
  samplingParams,
} from './sampling-params.ts';
import type { Sequence } from './sequence.ts';
import { ThinkBudget } from './think-budget.ts';

export interface GenerateOptions extends SamplingOptions {
  /** Aborting rejects the reply with the signal's reason and frees what it held. */
  signal?: AbortSignal;
}

export interface ChatOptions extends GenerateOptions {
  /**
   * Most tokens of thinking; a little more is taken to end a sentence. 0 = no thinking.
   * Left out: as long as the model likes.
   */
  thinkTokens?: number;
}

export type ChatReply = Reply<ChatPiece>;
export type TextReply = Reply<string>;

export interface LoadedModelParts {
  readonly tokenizer: Tokenizer;
  readonly chat: Chat;
  readonly engine: Engine;
  readonly info: ModelInfo;
  /** Closes model, device and checkpoint, in this order. */
  close(): Promise<void>;
}

export class LoadedModel implements AsyncDisposable {
  readonly info: ModelInfo;
  readonly #parts: LoadedModelParts;
  #closing: Promise<void> | undefined;

  constructor(parts: LoadedModelParts) {
    this.#parts = parts;
    this.info = parts.info;
  }

  /** Answers the last message: pieces of reasoning first, then of the answer. */
  chat(messages: readonly ChatMessage[], options: ChatOptions = {}): ChatReply {
    this.#refuseIfClosed();
    const { tokenizer, chat } = this.#parts;
    const { thinkTokens } = options;
    if (thinkTokens !== undefined) integer('thinkTokens', thinkTokens, 0, Number.MAX_SAFE_INTEGER);
    const prompt = chat.encode(messages, thinkTokens);
    return this.#start(this.#checkedTokens('messages', prompt.ids), options, {
      splitter: reasoningParserFor(tokenizer, prompt.startsInReasoning),
      thinkBudget: thinkTokens === undefined ? undefined : new ThinkBudget(thinkTokens, tokenizer),
      toPiece: (piece) => piece,
    });
  }

  /** Continues a text, or tokens where special ones are meant. No template is applied. */
  generate(prompt: string | readonly number[], options: GenerateOptions = {}): TextReply {
    return this.#start(this.#promptTokens(prompt), options, {
      splitter: noSplitter,
      thinkBudget: undefined,
      toPiece: ({ text }) => text,
    });
  }

  /** Ids of a text; `special` recognises tokens such as <｜User｜> in it. Adds none of its own. */
  tokenize(text: string, options: { special?: boolean } = {}): number[] {
    this.#refuseIfClosed();
    return this.#parts.tokenizer.encode(text, { special: options.special ?? false });
  }

  detokenize(tokens: readonly number[]): string {
    this.#refuseIfClosed();
    return this.#parts.tokenizer.decode(this.#checkedTokens('tokens', tokens, 0));
  }

  /** Fails what still runs with model_closed, then frees everything. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await this.#parts.engine.close(error('model_closed'));
    await this.#parts.close();
  }

  #start<Piece>(
    prompt: readonly number[],
    options: GenerateOptions,
    how: Pick<ReplyParts<Piece>, 'splitter' | 'thinkBudget' | 'toPiece'>,
  ): Reply<Piece> {
    this.#refuseIfClosed();
    const { engine, tokenizer } = this.#parts;
    const { signal } = options;
    const params = this.#samplingParams(options);
    let sequence: Sequence | undefined;
    const end = (ending: 'abort' | { reason: unknown }) =>
      sequence && engine.abort(sequence, ending);
    const onAbort = () => end({ reason: signal?.reason });
    const writer = new ReplyWriter<Piece>({
      ...how,
      tokenizer,
      sampler: engine.sampler,
      params,
      onLeave: () => end('abort'),
      onEnd: () => signal?.removeEventListener('abort', onAbort),
    });
    if (signal?.aborted) writer.reply.fail(signal.reason);
    else {
      sequence = engine.add(prompt, params, writer);
      signal?.addEventListener('abort', onAbort, { once: true });
    }
    return writer.reply;
  }

  #samplingParams(options: GenerateOptions): SamplingParams {
    const { info, tokenizer } = this.#parts;
    return samplingParams(options, info.sampling, info.vocabSize, tokenizer.eosTokenIds);
  }

  #promptTokens(prompt: string | readonly number[]): readonly number[] {
    this.#refuseIfClosed();
    if (typeof prompt !== 'string') return this.#checkedTokens('prompt', prompt);
    const { tokenizer } = this.#parts;
    const tokens = tokenizer.encode(prompt, { special: false });
    const bos = tokenizer.addBos ? tokenizer.bosTokenId : undefined;
    return this.#checkedTokens('prompt', bos === undefined ? tokens : [bos, ...tokens]);
  }

  #checkedTokens(name: string, tokens: readonly number[], least = 1): readonly number[] {
    if (!Array.isArray(tokens) || tokens.length < least) {
      throw refuse(name, tokens, `a list of token ids, ${least} or more`);
    }
    for (const token of tokens) integer(name, token, 0, this.info.vocabSize - 1);
    return tokens;
  }

  #refuseIfClosed(): void {
    if (this.#closing !== undefined) throw error('model_closed');
  }
}
