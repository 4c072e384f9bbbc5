/**
 * One request as the engine sees it: its tokens, how many of them are in the KV cache, the blocks
 * that hold them, and its clock. What becomes of the tokens is its sink's affair.
 */
import { SamplerState } from './sampler-state.ts';
import type { SamplingParams } from './sampling-params.ts';

export type SequenceStatus = 'waiting' | 'running' | 'finished';
/** stop: an end token or stop string; length: maxTokens or context; abort: nobody wants it any more. */
export type FinishReason = 'stop' | 'length' | 'abort';

/** What a sink wants after a token: nothing, the end, or tokens to be written next as they are. */
export type Verdict = 'continue' | 'stop' | { readonly force: readonly number[] };

/** Takes a sequence's new tokens. A throw fails this sequence alone. */
export interface TokenSink {
  /** `logits`: the row the token was drawn from, valid during the call; undefined where it was forced. */
  onToken(token: number, logits: Float32Array | undefined): Verdict;
  /** The last call, or `onError` is. */
  onFinish(sequence: Sequence): void;
  onError(sequence: Sequence, reason: unknown): void;
}

export class Sequence {
  /** Order of arrival: a smaller id is older. */
  readonly id: number;
  readonly params: SamplingParams;
  readonly sink: TokenSink;
  readonly sampler: SamplerState;
  readonly promptTokens: number;
  status: SequenceStatus = 'waiting';
  finishReason: FinishReason | undefined;

  /** How many of `tokens` have their keys and values in the cache. */
  numComputedTokens = 0;
  /** Blocks of the KV cache in order; the block manager's to change. */
  readonly blocks = new IntList();
  numPreemptions = 0;
  /** Guesses at its tokens that were computed, and those of them that were right. */
  draftedTokens = 0;
  acceptedTokens = 0;

  /** performance.now() of its life's events; undefined until they happen. */
  readonly arrivedMs = performance.now();
  firstStepMs: number | undefined;
  firstTokenMs: number | undefined;
  finishedMs: number | undefined;

  readonly #tokens: IntList;

  constructor(id: number, prompt: readonly number[], params: SamplingParams, sink: TokenSink) {
    this.id = id;
    this.params = params;
    this.sink = sink;
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
  }

  finish(reason: FinishReason): void {
    this.status = 'finished';
    this.finishReason = reason;
    this.finishedMs = performance.now();
  }
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
