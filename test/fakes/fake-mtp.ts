/**
 * The MTP module of a model without weights. It knows what the model will say, and is wrong on
 * purpose as often as it is told to be. Like a real one it sees the past through its own cache
 * only: a step that did not go through it, or went through it with other tokens, is noticed.
 */
import assert from 'node:assert/strict';
import type { MtpModule } from '../../src/models/model.ts';
import type { KvCache } from '../../src/nn/kv-cache.ts';
import type { Step } from '../../src/nn/step.ts';
import { contextOf, type FakeKvCache, type FakeModel, fakeKvCache, write } from './fake-model.ts';

export class FakeMtp implements MtpModule {
  readonly kvBytesPerToken = 4;
  /** Tokens and rows with logits of each call. */
  readonly calls: { readonly tokens: number; readonly rows: number }[] = [];
  cache: FakeKvCache | undefined;
  readonly #model: FakeModel;
  accuracy: number;

  constructor(model: FakeModel, accuracy: number) {
    this.#model = model;
    this.accuracy = accuracy;
  }

  createKvCache(numBlocks: number, blockTokens: number): KvCache {
    this.cache = fakeKvCache(numBlocks, blockTokens);
    return this.cache;
  }

  async draft(step: Step, nextTokens: Int32Array, kvCache: KvCache): Promise<Float32Array> {
    const cache = kvCache as FakeKvCache;
    assert(!cache.isClosed, 'used after close');
    assert.deepEqual([...step.tokens], this.#model.lastTokens, 'draft() follows its forward()');
    assert.equal(nextTokens.length, step.tokens.length);
    this.calls.push({ tokens: step.tokens.length, rows: step.logitRows.length });
    // Its row of a token holds the token after it.
    write({ ...step, tokens: nextTokens }, cache);
    const { vocabSize } = this.#model.config;
    const logits = new Float32Array(step.logitRows.length * vocabSize);
    step.logitRows.forEach((row, i) => {
      const seen = contextOf(step, row, cache);
      const { queryStart, blockTable } = step.sequences.find(
        (s) => row >= s.queryStart && row < s.queryStart + s.queryTokens,
      )!;
      const first = this.#model.caches[0]!.tokens[blockTable[0] * cache.blockTokens];
      for (let r = queryStart; r < row; r++) assert.equal(nextTokens[r], step.tokens[r + 1]);
      this.#guess(logits.subarray(i * vocabSize, (i + 1) * vocabSize), [first, ...seen]);
    });
    return logits;
  }

  /** `context` is known to be the model's own only if no row of the cache was left out. */
  #guess(logits: Float32Array, context: readonly number[]): void {
    this.#model.fill(logits, context);
    const best = logits.indexOf(logits.reduce((a, b) => Math.max(a, b)));
    const sum = context.reduce((a, b) => (Math.imul(a, 31) + b) | 0, 7);
    const isRight = Math.abs(sum % 1000) < this.accuracy * 1000;
    logits.fill(0);
    logits[isRight ? best : (best + 1) % logits.length] = 1;
  }
}
