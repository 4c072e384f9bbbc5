/**
 * A model ready to answer: what `load` gives. Any number of chats and completions may run at once
 * and share steps. Every request takes an AbortSignal; a request that is wrong in itself throws
 * where it is made.
 */
import { error } from '../base/errors.ts';
import type { ChatMessage } from '../formats/chat/chat-message.ts';
import type { EncodedChat } from '../formats/chat/encode-chat.ts';
import { reasoningParserFor } from '../formats/chat/reasoning-parser.ts';
import {
  type CheckedTools,
  checkTools,
  type Tool,
  type ToolChoice,
} from '../formats/chat/tools/tool.ts';
import { fillInMiddle } from '../formats/tokenizer/fill-in-middle.ts';
import type { Tokenizer } from '../formats/tokenizer/tokenizer.ts';
import type { Chat } from './chat.ts';
import { ChatReply } from './chat-reply.ts';
import { type Constraint, grammarConstraint } from './constraint.ts';
import { Embedder } from './embedder.ts';
import type { Engine } from './engine.ts';
import type { EngineStats, FinishedRequest } from './engine-stats.ts';
import { GrammarCache } from './grammar/grammar-cache.ts';
import { LoopDetector } from './loop-detector.ts';
import type { ModelInfo } from './model-info.ts';
import { type ReasoningEffort, thinkTokensOf } from './reasoning-effort.ts';
import { Reply } from './reply.ts';
import { type ChatPiece, noSplitter, type ReplyParts, ReplyWriter } from './reply-writer.ts';
import { type RequestOptions, requestOptions } from './request-options.ts';
import { type ResponseFormat, responseGrammar } from './response-format.ts';
import {
  flag,
  integer,
  refuse,
  type SamplingOptions,
  type SamplingParams,
  samplingParams,
} from './sampling-params.ts';
import type { Sequence } from './sequence.ts';
import { ThinkBudget } from './think-budget.ts';
import { ToolCallReader, toolGrammar } from './tool-call-reader.ts';

export interface GenerateOptions extends SamplingOptions, RequestOptions {
  /** Aborting rejects the reply with the signal's reason and frees what it held. */
  signal?: AbortSignal;
  /**
   * Ends a reply that goes round in circles: its thinking is closed, its answer cut (`lengthCause`
   * loop). Left out: true, unless `ignoreEos` asks for a length at any price.
   */
  loopDetection?: boolean;
  /** Holds the answer to a form; thinking stays free. Left out: any text. */
  responseFormat?: ResponseFormat;
}

export interface ChatOptions extends GenerateOptions {
  /**
   * Most tokens of thinking; a little more is taken to end a sentence. 0 = no thinking.
   * Left out: as long as the model likes.
   */
  thinkTokens?: number;
  /** The last message is the assistant's own beginning of the reply, which goes on from there. */
  prefix?: boolean;
  /** What the model may call; the reply has the calls, whoever reads it makes them. */
  tools?: readonly Tool[];
  /** Left out: auto. */
  toolChoice?: ToolChoice;
  /** false: at most one call in a reply. Left out: as many as the model likes. */
  parallelToolCalls?: boolean;
  /**
   * How hard to think, where `thinkTokens` does not say it: a word, or a number from 0 to 100. Below
   * `high`, or 75, it bounds the thinking by a share of the context.
   */
  effort?: ReasoningEffort | number;
}

export type { ChatReply };
export type TextReply = Reply<string>;
export type PieceReply = Reply<ChatPiece>;

export interface Embedding {
  readonly vector: Float32Array;
  readonly promptTokens: number;
}

export interface LoadedModelParts {
  readonly tokenizer: Tokenizer;
  readonly chat: Chat;
  readonly engine: Engine;
  readonly info: ModelInfo;
  /** Closes model, device and checkpoint, in this order. */
  close(): Promise<void>;
}

type How<Piece, R> = Pick<
  ReplyParts<Piece>,
  'splitter' | 'thinkBudget' | 'toolCalls' | 'toPiece'
> & {
  readonly constraint: Constraint | undefined;
  openReply(onLeave: () => void): R;
};

export class LoadedModel implements AsyncDisposable {
  readonly info: ModelInfo;
  readonly #parts: LoadedModelParts;
  readonly #grammars: GrammarCache;
  readonly #embedder: Embedder;
  #closing: Promise<void> | undefined;

  constructor(parts: LoadedModelParts) {
    this.#parts = parts;
    this.info = parts.info;
    this.#embedder = new Embedder(parts.engine);
    this.#grammars = new GrammarCache(parts.tokenizer, parts.info.vocabSize);
  }

  /** Answers the last message: pieces of reasoning first, then of the answer. */
  chat(messages: readonly ChatMessage[], options: ChatOptions = {}): ChatReply {
    this.#refuseIfClosed();
    const { tokenizer } = this.#parts;
    const thinkTokens = thinkTokensIn(options, this.info);
    const tools = checkTools(options.tools, options.toolChoice);
    const prompt = this.#encodeChat(messages, options, tools);
    const { startsInReasoning } = prompt;
    const hasTools = tools.callable.length > 0;
    const thinkBudget = new ThinkBudget(thinkTokens, tokenizer);
    return this.#start(this.#checkedTokens('messages', prompt.ids), options, {
      splitter: reasoningParserFor(tokenizer, startsInReasoning),
      constraint:
        hasTools || (tools.isForbidden && options.responseFormat === undefined)
          ? this.#toolConstraint(tools, options, startsInReasoning)
          : this.#constraint(options, startsInReasoning),
      toolCalls: hasTools ? this.#toolCalls(tools) : undefined,
      thinkBudget,
      openReply: (onLeave) => new ChatReply({ onLeave, onAnswerNow: () => thinkBudget.closeNow() }),
      toPiece: (piece) => piece,
    });
  }

  /** Tokens of the prompt that such a chat would have. */
  countTokens(messages: readonly ChatMessage[], options: ChatOptions = {}): number {
    this.#refuseIfClosed();
    const tools = checkTools(options.tools, options.toolChoice);
    return this.#encodeChat(messages, options, tools).ids.length;
  }

  #encodeChat(
    messages: readonly ChatMessage[],
    options: ChatOptions,
    { shown }: CheckedTools,
  ): EncodedChat {
    const how = { tools: shown, prefix: flag('prefix', options.prefix) };
    return this.#parts.chat.encode(messages, thinkTokensIn(options, this.info), how);
  }

  /** Continues a text, or tokens where special ones are meant. No template is applied. */
  generate(prompt: string | readonly number[], options: GenerateOptions = {}): TextReply {
    return this.#start(this.#promptTokens(prompt), options, {
      splitter: noSplitter,
      constraint: this.#constraint(options, false),
      thinkBudget: undefined,
      toolCalls: undefined,
      openReply: (onLeave) => new Reply<string>(onLeave),
      toPiece: (piece) => (piece.type === 'toolCall' ? '' : piece.text),
    });
  }

  /** As `generate`; its pieces carry log probabilities where they are asked for. */
  generatePieces(prompt: string | readonly number[], options: GenerateOptions = {}): PieceReply {
    return this.#start(this.#promptTokens(prompt), options, {
      splitter: noSplitter,
      constraint: this.#constraint(options, false),
      thinkBudget: undefined,
      toolCalls: undefined,
      openReply: (onLeave) => new Reply<ChatPiece>(onLeave),
      toPiece: (piece) => piece,
    });
  }

  /** A vector of length 1 for each text or list of tokens (embedder.ts), and its tokens' number. */
  async embed(
    inputs: readonly (string | readonly number[])[],
    options: { signal?: AbortSignal } = {},
  ): Promise<Embedding[]> {
    const tokens = inputs.map((input) => this.#promptTokens(input));
    const vectors = await this.#embedder.embed(tokens, options.signal);
    return vectors.map((vector, i) => ({ vector, promptTokens: tokens[i].length }));
  }

  /** The prompt whose continuation fills the gap between two texts; for `generate`. */
  fillInMiddle(before: string, after: string): number[] {
    this.#refuseIfClosed();
    return fillInMiddle(this.#parts.tokenizer, this.info.name, before, after);
  }

  /** Ids of a text; `special` recognises tokens such as <｜User｜> in it. Adds none of its own. */
  tokenize(text: string, options: { special?: boolean } = {}): number[] {
    this.#refuseIfClosed();
    return this.#parts.tokenizer.encode(text, { special: options.special ?? false });
  }

  /** Ids of a text as `generate` takes it: with BOS in front where the model was trained so. */
  encodePrompt(text: string, options: { special?: boolean } = {}): number[] {
    const tokens = this.tokenize(text, options);
    const { addBos, bosTokenId: bos } = this.#parts.tokenizer;
    return addBos && bos !== undefined && tokens[0] !== bos ? [bos, ...tokens] : tokens;
  }

  detokenize(tokens: readonly number[]): string {
    this.#refuseIfClosed();
    return this.#parts.tokenizer.decode(this.#checkedTokens('tokens', tokens, 0));
  }

  /** What it is doing, for metrics. */
  stats(): EngineStats {
    return this.#parts.engine.stats();
  }

  /** Hears of every request that has ended. */
  set onFinished(listener: ((request: FinishedRequest) => void) | undefined) {
    this.#parts.engine.onFinished = listener;
  }

  /**
   * Takes no more requests (model_draining). Those it has may end by themselves for `limitMs`; what
   * is left then fails. Left out: for as long as they need. Close it afterwards.
   */
  drain(limitMs?: number): Promise<void> {
    return this.#parts.engine.drain(limitMs);
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
    await this.#embedder.settled();
    await this.#parts.close();
  }

  #start<Piece, R extends Reply<Piece>>(
    prompt: readonly number[],
    options: GenerateOptions,
    { constraint, ...how }: How<Piece, R>,
  ): R {
    this.#refuseIfClosed();
    const { engine, tokenizer } = this.#parts;
    const { signal } = options;
    const params = this.#samplingParams(options);
    const place = requestOptions(options);
    let sequence: Sequence | undefined;
    const end = (ending: 'abort' | { reason: unknown }) =>
      sequence && engine.abort(sequence, ending);
    const onAbort = () => end({ reason: signal?.reason });
    const reply = how.openReply(() => end('abort'));
    reply.promptTokens = prompt.length;
    const writer = new ReplyWriter<Piece>({
      ...how,
      reply,
      loopDetector: detectsLoops(options) ? new LoopDetector() : undefined,
      tokenizer,
      sampler: engine.sampler,
      params,
      onEnd: () => signal?.removeEventListener('abort', onAbort),
    });
    if (signal?.aborted) reply.fail(signal.reason);
    else {
      sequence = engine.add(prompt, params, writer, { ...place, constraint });
      signal?.addEventListener('abort', onAbort, { once: true });
    }
    return reply;
  }

  #constraint({ responseFormat }: GenerateOptions, startsInReasoning: boolean) {
    if (responseFormat === undefined) return undefined;
    const grammar = responseGrammar(responseFormat, this.#grammars);
    return grammarConstraint(grammar, { startsInReasoning });
  }

  #toolConstraint(tools: CheckedTools, options: ChatOptions, startsInReasoning: boolean) {
    const { chat, tokenizer } = this.#parts;
    const { responseFormat, parallelToolCalls: isParallel = true } = options;
    const thinkTokens = thinkTokensIn(options, this.info);
    if (typeof isParallel !== 'boolean') {
      throw refuse('parallelToolCalls', isParallel, 'true or false');
    }
    const knowsThinking = tokenizer.tokenId('<think>') !== undefined;
    const mayThink = !startsInReasoning && knowsThinking && thinkTokens !== 0;
    const asked = { ...tools, isParallel, mayThink, responseFormat };
    const grammar = toolGrammar(chat.toolSyntax, asked, tokenizer, this.#grammars);
    return grammarConstraint(grammar, { startsInReasoning });
  }

  #toolCalls({ callable }: CheckedTools): ToolCallReader {
    const { chat, tokenizer } = this.#parts;
    const names = callable.map(({ name }) => name);
    return new ToolCallReader(chat.toolSyntax, names, tokenizer, chat.sampledCalls);
  }

  #samplingParams(options: GenerateOptions): SamplingParams {
    const { info, tokenizer } = this.#parts;
    return samplingParams(options, info.sampling, info.vocabSize, tokenizer.eosTokenIds);
  }

  #promptTokens(prompt: string | readonly number[]): readonly number[] {
    this.#refuseIfClosed();
    const tokens = typeof prompt === 'string' ? this.encodePrompt(prompt) : prompt;
    return this.#checkedTokens('prompt', tokens);
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

function thinkTokensIn({ thinkTokens, effort }: ChatOptions, info: ModelInfo): number | undefined {
  const bound = effort === undefined ? undefined : thinkTokensOf(effort, info);
  if (thinkTokens === undefined) return bound;
  return integer('thinkTokens', thinkTokens, 0, Number.MAX_SAFE_INTEGER);
}

function detectsLoops({ loopDetection, ignoreEos = false }: GenerateOptions): boolean {
  return flag('loopDetection', loopDetection ?? !ignoreEos);
}
