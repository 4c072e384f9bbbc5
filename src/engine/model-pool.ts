/**
 * Several models by name, loaded on demand: leases at once share one load, an idle model is
 * unloaded after a while or, least recently used first, when another needs its memory. A leased
 * one is never unloaded. Names it does not serve are refused with the nearest that it does.
 */
import assert from 'node:assert/strict';
import { error } from '../base/errors.ts';
import { nearestNames } from '../base/nearest-names.ts';
import type { EngineStats, FinishedRequest } from './engine-stats.ts';
import { type LoadOptions, type LoadProgress, loadWithin } from './load.ts';
import type { LoadedModel } from './loaded-model.ts';
import { type MemoryRoom, systemMemory } from './memory-room.ts';
import type { ModelInfo } from './model-info.ts';
import { type LeaseOptions, type ModelLease, ModelSlot, type SlotState } from './model-slot.ts';

export type { LeaseOptions, ModelLease };

export interface PooledModel {
  /** What requests call it. */
  readonly name: string;
  /** What `load` takes. Left out: the name. */
  readonly source?: string;
  readonly options?: Omit<LoadOptions, 'signal' | 'onProgress'>;
}

export interface ModelPoolOptions {
  /** How long an idle model stays: 0 = it goes at once, below 0 = it stays. Left out: five minutes. */
  readonly keepAliveMs?: number;
  /** Hears of every request that has ended. */
  readonly onFinished?: (name: string, request: FinishedRequest) => void;
  readonly load?: typeof loadWithin;
  readonly memory?: Pick<MemoryRoom, 'freeBytes'>;
}

/** What there is to know of a model without loading it. */
export interface PoolEntry {
  readonly name: string;
  readonly source: string;
  readonly state: SlotState;
  /** Leases, and those who wait for one. */
  readonly numUsers: number;
  /** These where it is loaded. */
  readonly info?: ModelInfo;
  readonly weightBytes?: number;
  readonly kvBytes?: number;
  readonly stats?: EngineStats;
  readonly loadedAt?: Date;
  /** When it goes if nobody asks for it; not there while it is leased, and where it stays for ever. */
  readonly expiresAt?: Date;
}

const defaultKeepAliveMs = 5 * 60_000;
/** For what runs when the pool is closed. */
const defaultDrainMs = 30_000;

export class ModelPool {
  readonly #models: PooledModel[] = [];
  readonly #slots = new Map<string, ModelSlot>();
  readonly #keepAliveMs: number;
  readonly #load: typeof loadWithin;
  readonly #onFinished: ModelPoolOptions['onFinished'];
  readonly #room: MemoryRoom;
  /** Loads follow each other: what is free is known only when nobody else takes of it. */
  #lastLoad: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(models: readonly PooledModel[], options: ModelPoolOptions = {}) {
    assert(models.length > 0, 'a pool has a model');
    const { keepAliveMs = defaultKeepAliveMs, load = loadWithin, memory = systemMemory } = options;
    this.#keepAliveMs = keepAliveMs;
    this.#load = load;
    this.#onFinished = options.onFinished;
    this.#room = {
      freeBytes: () => memory.freeBytes() - this.#promisedBytes(),
      makeRoom: () => this.#evictOldest(),
    };
    for (const model of models) {
      assert(!this.#slots.has(model.name), `two models are called ${model.name}`);
      this.#add(model);
    }
  }

  /** One more from now on, with the options of the first. No effect where the name is served. */
  add(name: string, source = name): void {
    if (this.#slots.has(name)) return;
    const { options } = this.#models[0] as PooledModel;
    this.#add({ name, source, ...(options && { options }) });
  }

  #add(model: PooledModel): void {
    const { name } = model;
    const keepAliveMs = this.#keepAliveMs;
    const load = (signal: AbortSignal, onProgress: (progress: LoadProgress) => void) =>
      this.#loadAlone(model, signal, onProgress);
    this.#models.push(model);
    this.#slots.set(name, new ModelSlot({ name, keepAliveMs, load }));
  }

  /** In the order they were given. */
  list(): PoolEntry[] {
    return this.#models.map(({ name, source = name }) => {
      const slot = this.#slots.get(name) as ModelSlot;
      const { state, numUsers, model, loadedAt, expiresAt } = slot;
      return {
        ...{ name, source, state, numUsers },
        ...(model && {
          info: model.info,
          weightBytes: model.info.memory.weightBytes,
          kvBytes: model.info.memory.kvCacheBytes,
          stats: model.stats(),
        }),
        ...(loadedAt && { loadedAt }),
        ...(expiresAt && { expiresAt }),
      };
    });
  }

  /** Loads the model if need be; left out: the first one. Dispose of the lease when the reply has ended. */
  async lease(name: string | undefined, options: LeaseOptions = {}): Promise<ModelLease> {
    if (this.#closing !== undefined) throw error('model_draining');
    return this.#slot(name).lease(options);
  }

  /** At once where it is idle, else as soon as its last lease ends; resolves when it is gone. */
  unload(name: string): Promise<void> {
    return this.#slot(name).unload();
  }

  /** Takes no more leases, lets what runs end for a while, and closes every model. Idempotent. */
  close(drainMs = defaultDrainMs): Promise<void> {
    this.#closing ??= this.#close(drainMs);
    return this.#closing;
  }

  async #close(drainMs: number): Promise<void> {
    const reason = error('model_draining');
    const end = async (model: LoadedModel) => {
      await model.drain(drainMs);
      await model.close();
    };
    await Promise.all([...this.#slots.values()].map((slot) => slot.close(end, reason)));
  }

  #slot(name: string | undefined): ModelSlot {
    const slot = this.#slots.get(name ?? (this.#models[0] as PooledModel).name);
    if (slot !== undefined) return slot;
    const nearest = nearestNames(name as string, [...this.#slots.keys()]);
    throw error('model_not_served', { name: name as string, nearest: nearest.join(', ') });
  }

  #loadAlone(
    { name, source = name, options }: PooledModel,
    signal: AbortSignal,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<LoadedModel> {
    const loaded = this.#lastLoad.then(async () => {
      if (this.#closing !== undefined) throw error('model_draining');
      const model = await this.#load(this.#room, source, { ...options, signal, onProgress });
      model.onFinished = (request) => this.#onFinished?.(name, request);
      return model;
    });
    this.#lastLoad = loaded.catch(() => {});
    return loaded;
  }

  /** Reserved by models that are loaded, and not given by the system yet. */
  #promisedBytes(): number {
    let bytes = 0;
    for (const { model } of this.#slots.values()) {
      if (model === undefined) continue;
      const { untouched, total } = model.stats().kvBlocks;
      bytes += model.info.memory.kvCacheBytes * (untouched / total);
    }
    return bytes;
  }

  /** Unloads the idle model that was not used for the longest time; false: all are in use. */
  async #evictOldest(): Promise<boolean> {
    const idle = [...this.#slots.values()].filter(({ isIdle }) => isIdle);
    if (idle.length === 0) return false;
    await idle.reduce((a, b) => (b.lastUsedMs < a.lastUsedMs ? b : a)).evict();
    return true;
  }
}
