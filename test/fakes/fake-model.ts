/**
 * A model without weights: the next token is a hash of the whole context, read back through the
 * KV cache's slots. Any mistake of paging, of slots, of chunks or of a sequence's neighbours
 * changes every token after it. Deterministic, so that alone and batched can be compared exactly.
 */
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { ModelConfig } from '../../src/formats/model-config.ts';
import type { Model } from '../../src/models/model.ts';
import type { KvCache } from '../../src/nn/kv-cache.ts';
import type { Step } from '../../src/nn/step.ts';
import { FakeMtp } from './fake-mtp.ts';

export interface FakeModelOptions {
  readonly vocabSize?: number;
  readonly hiddenSize?: number;
  readonly maxPositionEmbeddings?: number;
  /** Called with each step before it runs; may throw to make the step fail. */
  readonly onStep?: (step: Step) => void | Promise<void>;
  /** Changes the logits of a row: (vocabSize) with its context. */
  readonly onLogits?: (row: Float32Array, context: readonly number[]) => void;
  /** Gives it an MTP module that is right this often. */
  readonly mtpAccuracy?: number;
}

export interface FakeKvCache extends KvCache {
  /** Per slot the token and the position that were written there; -1 = never. */
  readonly tokens: Int32Array;
  readonly positions: Int32Array;
  isClosed: boolean;
}

export class FakeModel implements Model {
  readonly config: ModelConfig;
  readonly kvBytesPerToken = 8;
  readonly weightBytes = 0;
  readonly mtp: FakeMtp | undefined;
  readonly steps: { readonly tokens: number; readonly sequences: number }[] = [];
  readonly #options: FakeModelOptions;
  #logits = new Float32Array(0);
  isClosed = false;
  caches: FakeKvCache[] = [];
  /** Of the last step that ran. */
  lastTokens: readonly number[] = [];

  constructor(options: FakeModelOptions = {}) {
    this.#options = options;
    const { mtpAccuracy } = options;
    this.mtp = mtpAccuracy === undefined ? undefined : new FakeMtp(this, mtpAccuracy);
    this.config = {
      architecture: 'fake',
      name: 'Fake',
      vocabSize: options.vocabSize ?? 259,
      hiddenSize: options.hiddenSize ?? 1,
      intermediateSize: 1,
      numHiddenLayers: 1,
      numAttentionHeads: 1,
      numKeyValueHeads: 1,
      headDim: 1,
      maxPositionEmbeddings: options.maxPositionEmbeddings ?? 4096,
      rmsNormEps: 1e-6,
      tieWordEmbeddings: false,
      rope: { theta: 1e4, dims: 1, interleaved: false, scaling: { type: 'none' } },
      numNextnPredictLayers: 0,
    };
  }

  createKvCache(numBlocks: number, blockTokens: number): KvCache {
    const cache = fakeKvCache(numBlocks, blockTokens);
    this.caches.push(cache);
    return cache;
  }

  forward(step: Step, kvCache: KvCache, signal?: AbortSignal): Promise<Float32Array> {
    return this.#run(step, kvCache, this.config.vocabSize, signal);
  }

  /** A row is a hash of its context too, like logits. */
  hidden(step: Step, kvCache: KvCache, signal?: AbortSignal): Promise<Float32Array> {
    return this.#run(step, kvCache, this.config.hiddenSize, signal);
  }

  async #run(
    step: Step,
    kvCache: KvCache,
    width: number,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array> {
    const cache = kvCache as FakeKvCache;
    assert(!this.isClosed && !cache.isClosed, 'used after close');
    checkStep(step, cache);
    this.steps.push({ tokens: step.tokens.length, sequences: step.sequences.length });
    await this.#options.onStep?.(step);
    await setImmediate();
    signal?.throwIfAborted();
    this.lastTokens = [...step.tokens];
    write(step, cache);
    const size = step.logitRows.length * width;
    if (this.#logits.length < size) this.#logits = new Float32Array(size);
    step.logitRows.forEach((row, i) => {
      const logits = this.#logits.subarray(i * width, (i + 1) * width);
      this.fill(logits, contextOf(step, row, cache));
    });
    return this.#logits.subarray(0, size);
  }

  /** The logits (vocabSize) of what follows the context. */
  fill(logits: Float32Array, context: readonly number[]): void {
    fill(logits, context);
    this.#options.onLogits?.(logits, context);
  }

  close(): void {
    this.isClosed = true;
  }
}

export function fakeKvCache(numBlocks: number, blockTokens: number): FakeKvCache {
  const cache: FakeKvCache = {
    numBlocks,
    blockTokens,
    layers: [],
    tokens: new Int32Array(numBlocks * blockTokens).fill(-1),
    positions: new Int32Array(numBlocks * blockTokens).fill(-1),
    isClosed: false,
    blockBytes: 8 * blockTokens,
    form: 'fake',
    readBlock(block, into) {
      assert(!cache.isClosed, 'used after close');
      const [start, end] = [block * blockTokens, (block + 1) * blockTokens];
      into.set(new Uint8Array(cache.tokens.slice(start, end).buffer));
      into.set(new Uint8Array(cache.positions.slice(start, end).buffer), 4 * blockTokens);
    },
    writeBlock(block, from) {
      assert(!cache.isClosed, 'used after close');
      const values = new Int32Array(from.slice().buffer);
      cache.tokens.set(values.subarray(0, blockTokens), block * blockTokens);
      cache.positions.set(values.subarray(blockTokens), block * blockTokens);
    },
    close() {
      cache.isClosed = true;
    },
  };
  return cache;
}

export function write(step: Step, cache: FakeKvCache): void {
  step.tokens.forEach((token, row) => {
    cache.tokens[step.slotMapping[row]] = token;
    cache.positions[step.slotMapping[row]] = step.positions[row];
  });
}

/** What a forward pass relies on, for rows without logits too. */
function checkStep(step: Step, cache: FakeKvCache): void {
  let row = 0;
  for (const { queryStart, queryTokens, contextTokens, blockTable } of step.sequences) {
    assert.equal(queryStart, row, 'sequences stand side by side');
    row += queryTokens;
    assert.equal(
      contextTokens,
      step.positions[row - 1]! + 1,
      'the context ends with the last query',
    );
    assert(blockTable.length * cache.blockTokens >= contextTokens, 'the blocks hold the context');
  }
  assert.equal(step.tokens.length, row, 'every token belongs to a sequence');
}

/** What a real model would attend to: the sequence's tokens up to this one, from the cache. */
export function contextOf(step: Step, row: number, cache: FakeKvCache): number[] {
  const sequence = step.sequences.find(
    ({ queryStart, queryTokens }) => row >= queryStart && row < queryStart + queryTokens,
  );
  assert(sequence !== undefined, 'a row of no sequence');
  const { queryStart, queryTokens, contextTokens, blockTable } = sequence;
  const length = contextTokens - queryTokens + (row - queryStart) + 1;
  assert.equal(step.positions[row], length - 1);
  return Array.from({ length }, (_, position) => {
    const block = blockTable[Math.floor(position / cache.blockTokens)];
    const slot = block * cache.blockTokens + (position % cache.blockTokens);
    assert.equal(cache.positions[slot], position, 'the slot holds another position');
    return cache.tokens[slot];
  });
}

/** Logits in [0, 4) from a hash (FNV-1a) of the context and the token. */
function fill(logits: Float32Array, context: readonly number[]): void {
  let hash = 0x811c9dc5;
  for (const token of context) hash = Math.imul(hash ^ token, 0x01000193);
  for (let token = 0; token < logits.length; token++) {
    const mixed = Math.imul(hash ^ (token * 0x9e3779b1), 0x85ebca6b);
    logits[token] = ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 30;
  }
}
