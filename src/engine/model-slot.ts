/**
 * One model of a pool: loaded when somebody leases it, kept while anybody does and a while longer,
 * then unloaded. Those who come while it loads share the load; it is given up when all of them are
 * gone. Which model has to go when memory is short is the pool's decision.
 */
import assert from 'node:assert/strict';
import type { LoadProgress } from './load.ts';
import type { LoadedModel } from './loaded-model.ts';

export type SlotState = 'unloaded' | 'loading' | 'ready' | 'unloading';

export interface LeaseOptions {
  readonly signal?: AbortSignal | undefined;
  /** Where it has to be loaded; who comes late hears of the last event at once. */
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /**
   * How long the model stays after its last lease, from this lease on until it is unloaded: 0 = it
   * goes at once, below 0 = it stays. Left out: as before.
   */
  readonly keepAliveMs?: number | undefined;
}

/** The model for as long as it is held; disposing twice does nothing. */
export interface ModelLease extends Disposable {
  readonly name: string;
  readonly model: LoadedModel;
}

export interface SlotParts {
  readonly name: string;
  /** What a lease gets that does not say. */
  readonly keepAliveMs: number;
  load(signal: AbortSignal, onProgress: (progress: LoadProgress) => void): Promise<LoadedModel>;
}

interface Loading {
  readonly ended: Promise<void>;
  readonly controller: AbortController;
  readonly listeners: Set<(progress: LoadProgress) => void>;
  last: LoadProgress | undefined;
}

/** The longest a timer can run. */
const longestTimerMs = 2 ** 31 - 1;

export class ModelSlot {
  readonly name: string;
  readonly #parts: SlotParts;
  #model: LoadedModel | undefined;
  #loading: Loading | undefined;
  #unloading: Promise<void> | undefined;
  /** Leases, and those who wait for one. */
  #numUsers = 0;
  #keepAliveMs: number;
  #timer: NodeJS.Timeout | undefined;
  readonly #idleWaiters: (() => void)[] = [];
  loadedAt: Date | undefined;
  /** Undefined while it is leased, and where it stays for ever. */
  expiresAt: Date | undefined;
  /** performance.now() when it was last leased or given back. */
  lastUsedMs = 0;

  constructor(parts: SlotParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.#keepAliveMs = parts.keepAliveMs;
  }

  get state(): SlotState {
    if (this.#loading !== undefined) return 'loading';
    if (this.#unloading !== undefined) return 'unloading';
    return this.#model === undefined ? 'unloaded' : 'ready';
  }
  /** While it is ready or on its way out. */
  get model(): LoadedModel | undefined {
    return this.#model;
  }
  get numUsers(): number {
    return this.#numUsers;
  }
  get isIdle(): boolean {
    return this.state === 'ready' && this.#numUsers === 0;
  }

  async lease({ signal, onProgress, keepAliveMs }: LeaseOptions): Promise<ModelLease> {
    signal?.throwIfAborted();
    this.#use();
    try {
      while (this.state !== 'ready') {
        if (this.#unloading !== undefined) await abortable(this.#unloading, signal);
        else await this.#loaded(signal, onProgress);
      }
    } catch (reason) {
      this.#giveBack();
      throw reason;
    }
    if (keepAliveMs !== undefined) this.#keepAliveMs = keepAliveMs;
    let isHeld = true;
    const giveBack = () => {
      if (isHeld) this.#giveBack();
      isHeld = false;
    };
    return { name: this.name, model: this.#model as LoadedModel, [Symbol.dispose]: giveBack };
  }

  /** At once where it is idle, else as soon as its last lease ends; resolves when it is gone. */
  async unload(): Promise<void> {
    this.#keepAliveMs = 0;
    while (this.state !== 'unloaded') {
      if (this.isIdle) this.evict();
      if (this.#unloading !== undefined) return this.#unloading;
      await this.#untilIdle();
    }
  }

  /** Takes the idle model out of memory. */
  evict(): Promise<void> {
    assert(this.isIdle, 'a model that somebody holds stays');
    return this.close((model) => model.close());
  }

  /** Ends the model in the given way, held or not; a load is given up with `reason`. Idempotent. */
  close(end: (model: LoadedModel) => Promise<void>, reason?: unknown): Promise<void> {
    clearTimeout(this.#timer);
    this.expiresAt = undefined;
    this.#loading?.controller.abort(reason);
    if (this.#model === undefined) return this.#loading?.ended.catch(() => {}) ?? Promise.resolve();
    this.#unloading ??= end(this.#model).finally(() => {
      this.#model = undefined;
      this.#unloading = undefined;
      this.#keepAliveMs = this.#parts.keepAliveMs;
      this.loadedAt = undefined;
      this.#wake();
    });
    return this.#unloading;
  }

  /** Waits for the load that is under way, or begins it. */
  async #loaded(signal: AbortSignal | undefined, onProgress: LeaseOptions['onProgress']) {
    const loading = this.#loading ?? this.#load();
    if (loading.controller.signal.aborted) {
      await abortable(
        loading.ended.catch(() => {}),
        signal,
      ); // another's, given up: begin anew
      return;
    }
    if (onProgress !== undefined) {
      loading.listeners.add(onProgress);
      if (loading.last !== undefined) onProgress(loading.last);
    }
    try {
      await abortable(loading.ended, signal);
    } finally {
      if (onProgress !== undefined) loading.listeners.delete(onProgress);
    }
  }

  #load(): Loading {
    const controller = new AbortController();
    const listeners: Loading['listeners'] = new Set();
    const run = async () => {
      try {
        const model = await this.#parts.load(controller.signal, (progress) => {
          loading.last = progress;
          for (const listener of listeners) listener(progress);
        });
        // Nobody waits any more, and it finished all the same.
        if (controller.signal.aborted) await model.close();
        controller.signal.throwIfAborted();
        this.#model = model;
        this.loadedAt = new Date();
      } finally {
        this.#loading = undefined;
        this.#wake();
      }
    };
    const { promise: begin, resolve } = Promise.withResolvers<void>();
    const loading: Loading = { ended: begin.then(run), controller, listeners, last: undefined };
    loading.ended.catch(() => {}); // those who wait hear of it
    this.#loading = loading;
    resolve();
    return loading;
  }

  #use(): void {
    this.#numUsers++;
    this.lastUsedMs = performance.now();
    clearTimeout(this.#timer);
    this.expiresAt = undefined;
  }

  #giveBack(): void {
    this.lastUsedMs = performance.now();
    if (--this.#numUsers > 0) return;
    this.#loading?.controller.abort();
    this.#wake();
    if (!this.isIdle || this.#keepAliveMs < 0) return;
    if (this.#keepAliveMs === 0) this.#evictQuietly();
    else {
      this.expiresAt = new Date(Date.now() + this.#keepAliveMs);
      const ms = Math.min(this.#keepAliveMs, longestTimerMs);
      this.#timer = setTimeout(() => this.#evictQuietly(), ms).unref();
    }
  }

  /** Whoever leases it next waits for the end of it, and a failure to close is a bug that shows there. */
  #evictQuietly(): void {
    if (this.isIdle) this.evict().catch(() => {});
  }

  #untilIdle(): Promise<void> {
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }
  #wake(): void {
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }
}

/** The promise, unless the signal aborts first. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
