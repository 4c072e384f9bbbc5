/**
 * Runs a model for many sequences at once. `step()` is the whole story: schedule, run, postprocess.
 * One loop drives it while there is work. A failure inside a step fails the sequences of that
 * step; the engine goes on. Knows tokens, not text, and no HTTP.
 */
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { error } from '../base/errors.ts';
import type { Model } from '../models/model.ts';
import type { KvCache } from '../nn/kv-cache.ts';
import type { Step } from '../nn/step.ts';
import { BlockManager } from './block-manager.ts';
import { Sampler } from './sampler.ts';
import type { SamplingParams } from './sampling-params.ts';
import { type Batch, Scheduler } from './scheduler.ts';
import { type FinishReason, Sequence, type TokenSink } from './sequence.ts';
import { Speculation, type SpeculationKind } from './speculation.ts';
import { StepBuilder } from './step-builder.ts';
import { MeasuredStepCost, type StepCost } from './step-cost.ts';

export interface EngineLimits {
  /** Longest prompt and reply together. */
  readonly contextTokens: number;
  /** Blocks of the KV cache; together they hold at least `contextTokens`. */
  readonly numBlocks: number;
  readonly blockTokens: number;
  readonly maxSequences: number;
  readonly maxPrefillTokens: number;
  /** Ids that stand for a token; a model's padding rows beyond them are never drawn. */
  readonly vocabSize: number;
}

export interface EngineCounters {
  /** Forward passes. */
  steps: number;
  /** Rows of them: prompts, replies, drafts. */
  tokens: number;
  preemptions: number;
  /** Guesses that were computed ahead, and those of them that were right. */
  draftedTokens: number;
  acceptedTokens: number;
}

export interface EngineOptions {
  /** Left out: auto. */
  readonly speculation?: SpeculationKind;
  /** Left out: measured. */
  readonly stepCost?: StepCost;
}

/** A step that ran: its logits hold until the next one. */
interface Ran {
  readonly step: Step;
  readonly logits: Float32Array;
  readonly ms: number;
}

export class Engine {
  readonly limits: EngineLimits;
  readonly sampler: Sampler;
  readonly counters: EngineCounters = {
    ...{ steps: 0, tokens: 0, preemptions: 0, draftedTokens: 0, acceptedTokens: 0 },
  };
  readonly #model: Model;
  readonly #kvCache: KvCache;
  readonly #blocks: BlockManager;
  readonly #scheduler: Scheduler;
  readonly #speculation: Speculation;
  readonly #stepBuilder: StepBuilder;
  #numSequences = 0;
  #loop: Promise<void> | undefined;
  /** Why no more requests are taken. */
  #closed: { readonly reason: unknown } | undefined;
  #closing: Promise<void> | undefined;
  /** The step that runs now. */
  #inFlight: { readonly batch: Batch; readonly controller: AbortController } | undefined;

  constructor(model: Model, limits: EngineLimits, options: EngineOptions = {}) {
    assert(limits.numBlocks * limits.blockTokens >= limits.contextTokens, 'the longest must fit');
    assert(limits.vocabSize > 0 && limits.vocabSize <= model.config.vocabSize);
    assert(limits.maxSequences > 0 && limits.maxPrefillTokens > 0 && limits.contextTokens > 1);
    this.limits = limits;
    this.#model = model;
    this.sampler = new Sampler(limits.vocabSize);
    this.#blocks = new BlockManager(limits.numBlocks, limits.blockTokens);
    this.#scheduler = new Scheduler(this.#blocks, limits);
    this.#stepBuilder = new StepBuilder(this.#blocks);
    this.#kvCache = model.createKvCache(limits.numBlocks, limits.blockTokens);
    const { speculation: kind = 'auto', stepCost: cost = new MeasuredStepCost() } = options;
    this.#speculation = new Speculation({ kind, model, blocks: this.#blocks, limits, cost });
  }

  get numRunning(): number {
    return this.#scheduler.numRunning;
  }
  get numWaiting(): number {
    return this.#scheduler.numWaiting;
  }
  get numFreeBlocks(): number {
    return this.#blocks.numFreeBlocks;
  }

  /** Queues a request; its tokens go to `sink`. Throws where it can never be served. */
  add(prompt: readonly number[], params: SamplingParams, sink: TokenSink): Sequence {
    if (this.#closed !== undefined) throw this.#closed.reason;
    const { contextTokens } = this.limits;
    if (prompt.length >= contextTokens) {
      throw error('context_length_exceeded', { promptTokens: prompt.length, contextTokens });
    }
    assert(prompt.length > 0, 'a prompt has at least one token');
    const sequence = new Sequence(this.#numSequences++, prompt, params, sink);
    this.#scheduler.add(sequence);
    this.#loop ??= this.#run();
    return sequence;
  }

  /** Ends it at once and frees its blocks; its sink hears of it here. No effect when it is finished. */
  abort(sequence: Sequence, ending: 'abort' | { readonly reason: unknown }): void {
    if (sequence.status === 'finished') return;
    this.#end(sequence, ending);
    const inFlight = this.#inFlight;
    const isWanted = ({ sequence }: Batch[number]) => sequence.status !== 'finished';
    if (inFlight !== undefined && !inFlight.batch.some(isWanted)) inFlight.controller.abort();
  }

  /** Fails what runs and waits with `reason`, and frees the cache. Idempotent. */
  close(reason: unknown = error('model_closed')): Promise<void> {
    this.#closing ??= this.#close(reason);
    return this.#closing;
  }

  async #close(reason: unknown): Promise<void> {
    this.#closed ??= { reason };
    for (const sequence of this.#scheduler.sequences()) this.abort(sequence, { reason });
    await this.#loop;
    this.#speculation.close();
    this.#kvCache.close();
  }

  /** One forward pass: every running sequence takes part. */
  async step(): Promise<void> {
    const batch = this.#speculation.extend(this.#scheduler.schedule());
    try {
      const ran = await this.#forward(batch);
      await this.#postprocess(batch, ran);
    } catch (reason) {
      for (const { sequence } of batch) this.#end(sequence, { reason });
    }
  }

  async #run(): Promise<void> {
    try {
      // A turn of the event loop before each step: requests made together share it, and aborts arrive.
      for (await setImmediate(); this.#scheduler.hasWork; await setImmediate()) await this.step();
      this.#blocks.checkIntegrity([]);
    } catch (reason) {
      // Our own bug: nothing more can be trusted, and whoever waits must not wait for ever.
      this.#closed ??= { reason };
      for (const sequence of this.#scheduler.sequences()) this.#end(sequence, { reason });
    } finally {
      this.#loop = undefined;
    }
  }

  async #forward(batch: Batch): Promise<Ran> {
    for (const { sequence } of batch) sequence.firstStepMs ??= performance.now();
    const step = this.#stepBuilder.build(batch);
    const controller = new AbortController();
    this.#inFlight = { batch, controller };
    const startMs = performance.now();
    try {
      const logits = await this.#model.forward(step, this.#kvCache, controller.signal);
      return { step, logits, ms: performance.now() - startMs };
    } finally {
      this.#inFlight = undefined;
      this.counters.steps++;
      this.counters.tokens += step.tokens.length;
    }
  }

  /** The cache holds the batch's tokens now; sequences whose last known token was among them get new ones. */
  async #postprocess(batch: Batch, { step, logits, ms }: Ran): Promise<void> {
    const rowSize = this.#model.config.vocabSize;
    let start = 0;
    for (const { sequence, numTokens, isComplete, drafts } of batch) {
      const rows = logits.subarray(start);
      if (isComplete) start += (1 + drafts.length) * rowSize;
      if (sequence.status === 'finished') continue; // aborted while the step ran
      sequence.numComputedTokens += numTokens;
      if (!isComplete) continue;
      try {
        this.#sample(sequence, drafts, rows);
      } catch (reason) {
        this.#end(sequence, { reason });
      }
    }
    await this.#speculation.follow(step, batch, ms);
  }

  /** A token from the first row, and from each next one while the draft it was computed with was right. */
  #sample(sequence: Sequence, drafts: readonly number[], logits: Float32Array): void {
    this.#countDrafts(sequence, drafts.length, 0);
    const rowSize = this.#model.config.vocabSize;
    for (let i = 0; i <= drafts.length; i++) {
      const row = logits.subarray(i * rowSize, i * rowSize + this.limits.vocabSize);
      const token = this.sampler.sample(row, sequence.sampler);
      const isRight = token === drafts[i];
      if (isRight) this.#countDrafts(sequence, 0, 1);
      this.#accept(sequence, token, row);
      if (!isRight || sequence.status === 'finished') return;
      sequence.numComputedTokens++;
      if (sequence.numPendingTokens > 1) return; // tokens were forced, and the next row knew nothing of them
    }
  }

  #countDrafts(sequence: Sequence, drafted: number, accepted: number): void {
    for (const counters of [sequence, this.counters]) {
      counters.draftedTokens += drafted;
      counters.acceptedTokens += accepted;
    }
  }

  /** Adds a token and decides whether it was the last; forced tokens follow it in the same way. */
  #accept(sequence: Sequence, token: number, row: Float32Array | undefined): void {
    sequence.append(token);
    sequence.firstTokenMs ??= performance.now();
    const { params } = sequence;
    const isEnd = row !== undefined && params.stopTokens.has(token);
    const verdict = isEnd ? 'stop' : sequence.sink.onToken(token, row);
    const isFull =
      sequence.completionTokens >= params.maxTokens ||
      sequence.numTokens >= this.limits.contextTokens;
    if (verdict === 'stop') this.#end(sequence, 'stop');
    else if (isFull) this.#end(sequence, 'length');
    else if (verdict !== 'continue') {
      for (const forced of verdict.force) {
        if (sequence.status !== 'finished') this.#accept(sequence, forced, undefined);
      }
    }
  }

  #end(sequence: Sequence, ending: FinishReason | { readonly reason: unknown }): void {
    if (sequence.status === 'finished') return;
    sequence.finish(typeof ending === 'string' ? ending : 'abort');
    this.#scheduler.remove(sequence);
    this.counters.preemptions += sequence.numPreemptions;
    try {
      if (typeof ending === 'string') sequence.sink.onFinish(sequence);
      else sequence.sink.onError(sequence, ending.reason);
    } catch (reason) {
      sequence.sink.onError(sequence, reason);
    }
  }
}
