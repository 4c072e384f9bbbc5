/**
 * One request as the engine sees it: its tokens, how many of them are in the KV cache, the blocks
 * that hold them, and its clock. What becomes of the tokens is its sink's affair.
 */
import type { Constraint } from './constraint.ts';
import { SamplerState } from './sampler-state.ts';
import type { SamplingParams } from './sampling-params.ts';

export type SequenceStatus = 'waiting' | 'running' | 'finished';
/**
 * stop: an end token or stop string; length: cut, by `LengthCause`; abort: nobody wants it any more;
 * toolCalls: an end token after calls of tools, which the reply writer alone can tell from stop.
 */
export type FinishReason = 'stop' | 'length' | 'abort' | 'toolCalls';
/** Which length: the request's, the context's, or the time it was given; loop: it went in circles. */
export type LengthCause = 'maxTokens' | 'context' | 'deadline' | 'loop';

/** What a sink wants after a token: nothing, the end, the end because it loops, or tokens to be written next as they are. */
export type Verdict = 'continue' | 'stop' | 'loop' | { readonly force: readonly number[] };

/** Takes a sequence's new tokens. A throw fails this sequence alone. */
export interface TokenSink {
  /** `logits`: the row the token was drawn from, valid during the call; undefined where it was forced. */
  onToken(token: number, logits: Float32Array | undefined): Verdict;
  /** The last call, or `onError` is. */
  onFinish(sequence: Sequence): void;
  onError(sequence: Sequence, reason: unknown): void;
}

export interface SequenceOptions {
  /** Whose it is: who waits is served fairly between clients. Left out: nobody's, a client too. */
  readonly client?: string | undefined;
  /** Only sequences of the same salt share cached blocks. */
  readonly cacheSalt?: string | undefined;
  /** It ends this long after it arrived. */
  readonly deadlineMs?: number | undefined;
  /** What its tokens may be. Left out: anything. */
  readonly constraint?: Constraint | undefined;
}

export class Sequence {
  /** Order of arrival: a smaller id is older. */
  readonly id: number;
  readonly params: SamplingParams;
  readonly sink: TokenSink;
  readonly client: string;
  readonly cacheSalt: string;
  readonly sampler: SamplerState;
  readonly promptTokens: number;
  /** What its next token may be; undefined = anything. */
  readonly constraint: Constraint | undefined;
  status: SequenceStatus = 'waiting';
  finishReason: FinishReason | undefined;
  /** Where the finish reason is length. */
  lengthCause: LengthCause | undefined;

  /** How many of `tokens` have their keys and values in the cache. */
  numComputedTokens = 0;
  /** Of those, the ones in the MTP module's cache too. */
  numDraftRows = 0;
  /** Its prompt's tokens that were in the cache when it first ran. */
  cachedTokens: number | undefined;
  /** Blocks of the KV cache in order; the block manager's to change. */
  readonly blocks = new IntList();
  /** The prefix cache's view of it. */
  readonly prefix = new SequencePrefix();
  /** It computes anew what the MTP module has not seen: that is how the module gets another try. */
  triesDrafts = false;
  numPreemptions = 0;
  /** Guesses at its tokens that were computed, and those of them that were right. */
  draftedTokens = 0;
  acceptedTokens = 0;

  /** performance.now() of its life's events; undefined until they happen. */
  readonly arrivedMs = performance.now();
  firstStepMs: number | undefined;
  firstTokenMs: number | undefined;
  /** Of its newest token. */
  lastTokenMs: number | undefined;
  finishedMs: number | undefined;
  /** Ends it when its time is over. */
  deadline: NodeJS.Timeout | undefined;

  readonly #tokens: IntList;

  constructor(
    id: number,
    prompt: readonly number[],
    params: SamplingParams,
    sink: TokenSink,
    { client = '', cacheSalt = '', constraint }: SequenceOptions = {},
  ) {
    this.id = id;
    this.constraint = constraint;
    this.params = params;
    this.sink = sink;
    this.client = client;
    this.cacheSalt = cacheSalt;
    this.promptTokens = prompt.length;
    this.#tokens = new IntList(prompt);
    this.sampler = new SamplerState(params, prompt);
  }

  /** Prompt and reply so far; valid until the next token. */
  get tokens(): Int32Array {
    return this.#tokens.view();
  }
  get numTokens(): number {
    return this.#tokens.length;
  }
  get completionTokens(): number {
    return this.numTokens - this.promptTokens;
  }
  /** Known tokens that are not in the cache yet: 1 = it decodes, more = it prefills. */
  get numPendingTokens(): number {
    return this.numTokens - this.numComputedTokens;
  }

  append(token: number): void {
    this.#tokens.push(token);
    this.sampler.count(token);
    this.constraint?.accept(token);
  }

  finish(reason: FinishReason): void {
    this.status = 'finished';
    this.finishReason = reason;
    this.finishedMs = performance.now();
  }
}

/** What the prefix cache keeps of a sequence. */
export class SequencePrefix {
  /** A key for each block whose tokens are known, of all tokens up to its end. */
  readonly keys: number[] = [];
  /** So many of its first blocks are in the prefix cache. */
  numBlocks = 0;
  /** So many of its first blocks are announced as being computed, or in the cache. */
  numAnnounced = 0;
  /** False from the first block on that could not be kept: those behind it would never be found. */
  isKept = true;
  /** The key of a block that another sequence computes and this one waits for. */
  waitsFor: number | undefined;
}

/** A growing list of int32 whose contents are a typed array at any time, without a copy. */
export class IntList {
  #data: Int32Array;
  #length: number;

  constructor(items: readonly number[] = []) {
    this.#data = new Int32Array(Math.max(16, items.length * 2));
    this.#data.set(items);
    this.#length = items.length;
  }

  get length(): number {
    return this.#length;
  }
  at(index: number): number {
    return this.#data[index];
  }
  set(index: number, item: number): void {
    this.#data[index] = item;
  }
  push(item: number): void {
    if (this.#length === this.#data.length) {
      const grown = new Int32Array(this.#data.length * 2);
      grown.set(this.#data);
      this.#data = grown;
    }
    this.#data[this.#length++] = item;
  }
  pop(): number {
    return this.#data[--this.#length];
  }
  view(): Int32Array {
    return this.#data.subarray(0, this.#length);
  }
}
