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
import { AdmissionRate } from './admission-rate.ts';
import { BetweenSteps } from './between-steps.ts';
import { BlockManager } from './block-manager.ts';
import type { EngineLimits, EngineOptions } from './engine-options.ts';
import {
  type EngineStats,
  type FinishedRequest,
  finishedRequest,
  newCounters,
  newInterToken,
} from './engine-stats.ts';
import { PrefixStore } from './prefix-store.ts';
import { Sampler } from './sampler.ts';
import type { SamplingParams } from './sampling-params.ts';
import { type Batch, Scheduler } from './scheduler.ts';
import { type FinishReason, Sequence, type SequenceOptions, type TokenSink } from './sequence.ts';
import { mtpOf, Speculation } from './speculation.ts';
import { StepBuilder } from './step-builder.ts';
import { MeasuredStepCost } from './step-cost.ts';

export type { EngineLimits, EngineOptions };

/** The longest a timer can run. */
const longestTimerMs = 2 ** 31 - 1;

/** A step that ran: its logits hold until the next one. */
interface Ran {
  readonly step: Step;
  readonly logits: Float32Array;
  readonly ms: number;
}

export class Engine {
  readonly limits: EngineLimits;
  readonly sampler: Sampler;
  readonly counters = newCounters();
  /** Hears of every request that has ended, after its reader did. */
  onFinished: ((request: FinishedRequest) => void) | undefined;
  readonly #interToken = newInterToken();
  readonly #rate = new AdmissionRate();
  readonly #model: Model;
  readonly #kvCache: KvCache;
  readonly #blocks: BlockManager;
  readonly #scheduler: Scheduler;
  readonly #speculation: Speculation;
  readonly #stepBuilder: StepBuilder;
  readonly #between = new BetweenSteps();
  readonly #store: PrefixStore | undefined;
  /** Those whose prompts are looked for on disk. */
  readonly #arriving = new Set<Sequence>();
  /** Resolves when the step that runs now has ended. */
  #stepping: Promise<void> | undefined;
  #numSequences = 0;
  #loop: Promise<void> | undefined;
  /** Why no more requests are taken. */
  #closed: { readonly reason: unknown } | undefined;
  #closing: Promise<void> | undefined;
  /** Woken when nothing runs or waits any more. */
  #drained: PromiseWithResolvers<void> | undefined;
  /** The step that runs now. */
  #inFlight: { readonly batch: Batch; readonly controller: AbortController } | undefined;

  constructor(model: Model, limits: EngineLimits, options: EngineOptions = {}) {
    assert(limits.numBlocks * limits.blockTokens >= limits.contextTokens, 'the longest must fit');
    assert(limits.vocabSize > 0 && limits.vocabSize <= model.config.vocabSize);
    assert(limits.maxSequences > 0 && limits.maxPrefillTokens > 0 && limits.contextTokens > 1);
    this.limits = limits;
    this.#model = model;
    this.sampler = new Sampler(limits.vocabSize);
    const { speculation: kind = 'auto', stepCost: cost = new MeasuredStepCost() } = options;
    const hasDrafts = mtpOf(model, kind) !== undefined;
    const { prefixCache } = options;
    this.#blocks = new BlockManager(limits.numBlocks, limits.blockTokens, {
      prefixCache,
      hasDrafts,
    });
    this.#scheduler = new Scheduler(this.#blocks, limits);
    this.#stepBuilder = new StepBuilder(this.#blocks);
    this.#kvCache = model.createKvCache(limits.numBlocks, limits.blockTokens);
    this.#speculation = new Speculation({ kind, model, blocks: this.#blocks, limits, cost });
    if (options.disk === undefined) return;
    this.#store = new PrefixStore({
      ...options.disk,
      blocks: this.#blocks,
      kvCache: this.#kvCache,
      draftKvCache: this.#speculation.kvCache,
      untilQuiet: () => this.#stepping ?? Promise.resolve(),
    });
  }

  get numRunning(): number {
    return this.#scheduler.numRunning;
  }
  get numWaiting(): number {
    return this.#scheduler.numWaiting + this.#arriving.size;
  }
  /** Those that only the prefix cache holds are free. */
  get numFreeBlocks(): number {
    return this.#blocks.numFreeBlocks;
  }

  /** Queues a request; its tokens go to `sink`. Throws where it can never be served. */
  add(
    prompt: readonly number[],
    params: SamplingParams,
    sink: TokenSink,
    options: SequenceOptions = {},
  ): Sequence {
    if (this.#closed !== undefined) throw this.#closed.reason;
    const { contextTokens } = this.limits;
    if (prompt.length >= contextTokens) {
      throw error('context_length_exceeded', { promptTokens: prompt.length, contextTokens });
    }
    assert(prompt.length > 0, 'a prompt has at least one token');
    this.#refuseIfFull();
    const sequence = new Sequence(this.#numSequences++, prompt, params, sink, options);
    this.#speculation.begin(sequence);
    if (this.#store?.wants(sequence)) void this.#restore(sequence, this.#store);
    else this.#schedule(sequence);
    const { deadlineMs } = options;
    if (deadlineMs !== undefined) {
      const ms = Math.min(deadlineMs, longestTimerMs);
      sequence.deadline = setTimeout(() => this.#expire(sequence, deadlineMs), ms).unref();
    }
    return sequence;
  }

  #schedule(sequence: Sequence): void {
    this.#scheduler.add(sequence);
    this.#loop ??= this.#run();
  }

  /** It is scheduled when all that the disk has of it is in the prefix cache. */
  async #restore(sequence: Sequence, store: PrefixStore): Promise<void> {
    this.#arriving.add(sequence);
    try {
      await store.restore(sequence);
    } catch (reason) {
      this.#end(sequence, { reason });
    }
    if (this.#arriving.delete(sequence)) this.#schedule(sequence);
  }

  stats(): EngineStats {
    const { numRunning: running, numWaiting: waiting } = this;
    const kvBlocks = this.#blocks.stats();
    return {
      running,
      waiting,
      kvBlocks,
      counters: { ...this.counters },
      interToken: this.#interToken,
    };
  }

  /** Work with the model itself, on a cache of its own: not while a step runs. */
  between<T>(work: (model: Model) => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed.reason);
    const done = this.#between.add(() => work(this.#model));
    this.#loop ??= this.#run();
    return done;
  }

  /** Ends it at once and frees its blocks; its sink hears of it here. No effect when it is finished. */
  abort(sequence: Sequence, ending: 'abort' | { readonly reason: unknown }): void {
    if (sequence.status === 'finished') return;
    this.#end(sequence, ending);
    this.#stopUnwantedStep();
  }

  /** Takes no more requests; those it has may end by themselves until `limitMs` is over. */
  async drain(limitMs = Number.POSITIVE_INFINITY): Promise<void> {
    this.#closed ??= { reason: error('model_draining') };
    if (!this.#hasWork) return;
    this.#drained ??= Promise.withResolvers();
    const timer = setTimeout(
      () => this.#failAll(error('model_draining')),
      Math.min(limitMs, longestTimerMs),
    );
    await this.#drained.promise;
    clearTimeout(timer);
  }

  /** Fails what runs and waits with `reason`, and frees the cache. Idempotent. */
  close(reason: unknown = error('model_closed')): Promise<void> {
    this.#closing ??= this.#close(reason);
    return this.#closing;
  }

  async #close(reason: unknown): Promise<void> {
    this.#closed = { reason };
    this.#failAll(reason);
    await this.#loop;
    await this.#store?.close();
    this.#speculation.close();
    this.#kvCache.close();
  }

  #failAll(reason: unknown): void {
    this.#between.failAll(reason);
    const all = [...this.#scheduler.sequences(), ...this.#arriving];
    for (const sequence of all) this.abort(sequence, { reason });
  }

  get #hasWork(): boolean {
    return this.#scheduler.hasWork || this.#arriving.size > 0;
  }

  #refuseIfFull(): void {
    const { maxWaiting = Number.POSITIVE_INFINITY, maxSequences } = this.limits;
    const waiting = this.#scheduler.numQueued + this.#arriving.size;
    if (waiting < maxWaiting + maxSequences - this.numRunning) return;
    this.counters.refusedRequests++;
    const retryAfterSeconds = this.#rate.retryAfterSeconds(waiting, performance.now());
    throw error('queue_full', { waiting, retryAfterSeconds });
  }

  /** What it has written is a reply that was cut; nothing is an error. */
  #expire(sequence: Sequence, deadlineMs: number): void {
    if (sequence.status === 'finished') return;
    if (sequence.completionTokens === 0) {
      this.#end(sequence, { reason: error('deadline_exceeded', { deadlineMs }) });
    } else {
      sequence.lengthCause = 'deadline';
      this.#end(sequence, 'length');
    }
    this.#stopUnwantedStep();
  }

  #stopUnwantedStep(): void {
    const inFlight = this.#inFlight;
    const isWanted = ({ sequence }: Batch[number]) => sequence.status !== 'finished';
    if (inFlight !== undefined && !inFlight.batch.some(isWanted)) inFlight.controller.abort();
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

  /** A step where there is work for one, and a piece of what waited for its end. */
  async #turn(): Promise<void> {
    if (this.#scheduler.hasWork) await this.step();
    await this.#between.runNext();
  }

  async #run(): Promise<void> {
    try {
      // A turn of the event loop before each step: requests made together share it, and aborts arrive.
      const mayRun = () => this.#scheduler.hasWork || this.#between.hasWork;
      for (await setImmediate(); mayRun(); await setImmediate()) {
        this.#stepping = this.#turn();
        await this.#stepping;
        this.#stepping = undefined;
      }
      this.#blocks.checkAllFree();
    } catch (reason) {
      // Our own bug: nothing more can be trusted, and whoever waits must not wait for ever.
      this.#closed ??= { reason };
      this.#failAll(reason);
    } finally {
      this.#loop = undefined;
    }
  }

  async #forward(batch: Batch): Promise<Ran> {
    for (const { sequence } of batch) if (sequence.firstStepMs === undefined) this.#begin(sequence);
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

  #begin(sequence: Sequence): void {
    sequence.firstStepMs = performance.now();
    this.#rate.note(sequence.firstStepMs);
    this.counters.promptTokens += sequence.promptTokens;
    this.counters.cachedTokens += sequence.cachedTokens ?? 0;
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
    for (const { sequence } of batch) {
      if (sequence.status === 'running') this.#blocks.keep(sequence);
    }
  }

  /** A token from the first row, and from each next one while the draft it was computed with was right. */
  #sample(sequence: Sequence, drafts: readonly number[], logits: Float32Array): void {
    this.#countDrafts(sequence, drafts.length, 0);
    const rowSize = this.#model.config.vocabSize;
    for (let i = 0; i <= drafts.length; i++) {
      const row = logits.subarray(i * rowSize, i * rowSize + this.limits.vocabSize);
      const token = this.sampler.sample(row, sequence.sampler, sequence.constraint?.mask());
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
    this.counters.generationTokens++;
    const nowMs = performance.now();
    if (sequence.lastTokenMs === undefined) sequence.firstTokenMs = nowMs;
    else this.#interToken.note(nowMs - sequence.lastTokenMs);
    sequence.lastTokenMs = nowMs;
    const { params } = sequence;
    const isEnd = row !== undefined && params.stopTokens.has(token);
    const verdict = isEnd ? 'stop' : sequence.sink.onToken(token, row);
    const cause =
      verdict === 'loop'
        ? 'loop'
        : sequence.completionTokens >= params.maxTokens
          ? 'maxTokens'
          : sequence.numTokens >= this.limits.contextTokens
            ? 'context'
            : undefined;
    if (verdict === 'stop') this.#end(sequence, 'stop');
    else if (cause !== undefined) {
      sequence.lengthCause = cause;
      this.#end(sequence, 'length');
    } else if (typeof verdict === 'object') {
      for (const forced of verdict.force) {
        if (sequence.status !== 'finished') this.#accept(sequence, forced, undefined);
      }
    }
  }

  #end(sequence: Sequence, ending: FinishReason | { readonly reason: unknown }): void {
    if (sequence.status === 'finished') return;
    sequence.finish(typeof ending === 'string' ? ending : 'abort');
    if (typeof ending === 'string') this.#blocks.keep(sequence);
    if (!this.#arriving.delete(sequence)) this.#scheduler.remove(sequence);
    if (typeof ending === 'string') this.#store?.save(sequence);
    clearTimeout(sequence.deadline);
    this.counters.preemptions += sequence.numPreemptions;
    if (!this.#hasWork) this.#drained?.resolve();
    try {
      if (typeof ending === 'string') sequence.sink.onFinish(sequence);
      else sequence.sink.onError(sequence, ending.reason);
    } catch (reason) {
      sequence.sink.onError(sequence, reason);
    }
    const failure = typeof ending === 'string' ? undefined : ending.reason;
    this.onFinished?.(finishedRequest(sequence, failure));
  }
}
