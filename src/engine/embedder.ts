/**
 * Texts as vectors: the mean over a text's tokens of what the model's head would be given (after
 * the final norm), scaled to length 1. Causal models are not trained for it; near texts come out
 * near each other, no more is promised. Texts are packed into steps like prompts, on a KV cache of
 * their own that lives as long as the request, between the steps of replies.
 */
import { error } from '../base/errors.ts';
import type { KvCache } from '../nn/kv-cache.ts';
import type { Step } from '../nn/step.ts';
import type { Engine } from './engine.ts';

/** OpenAI's limit for one text. */
export const maxEmbeddingTokens = 8192;

/** A text's tokens in one step. */
interface Chunk {
  readonly input: number;
  readonly start: number;
  readonly end: number;
}

export class Embedder {
  readonly #engine: Pick<Engine, 'limits' | 'between'>;
  readonly #running = new Set<Promise<void>>();

  constructor(engine: Pick<Engine, 'limits' | 'between'>) {
    this.#engine = engine;
  }

  /** A vector (hiddenSize) for each list of tokens; none of them is empty. */
  async embed(
    inputs: readonly (readonly number[])[],
    signal: AbortSignal | undefined,
  ): Promise<Float32Array[]> {
    const { contextTokens, blockTokens, maxPrefillTokens } = this.#engine.limits;
    const limit = Math.min(contextTokens, maxEmbeddingTokens);
    for (const { length } of inputs) {
      if (length > limit) throw error('embedding_too_long', { tokens: length, limit });
    }
    signal?.throwIfAborted();
    const steps = packed(inputs, maxPrefillTokens);
    const slotsOf = (step: readonly Chunk[]) =>
      step.reduce((blocks, { input }) => blocks + blocksFor(inputs[input].length, blockTokens), 0);
    const numBlocks = Math.max(...steps.map(slotsOf));
    const sums: Float32Array[] = [];
    const run = async () => {
      const kvCache = await this.#engine.between(async (model) => {
        sums.push(...inputs.map(() => new Float32Array(model.config.hiddenSize)));
        return model.createKvCache(numBlocks, blockTokens);
      });
      try {
        for (const chunks of steps) {
          await this.#engine.between(async (model) => {
            signal?.throwIfAborted();
            const step = stepOf(chunks, inputs, kvCache);
            addRows(await model.hidden(step, kvCache, signal), chunks, sums);
          });
        }
      } finally {
        kvCache.close();
      }
    };
    const running = run();
    this.#running.add(running);
    await running.finally(() => this.#running.delete(running));
    return sums.map(normalised);
  }

  /** When nothing of it is on the device any more; the engine is closed before. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running);
  }
}

/** `rows` (tokens, hiddenSize): each is added to the sum of its text. */
function addRows(rows: Float32Array, chunks: readonly Chunk[], sums: readonly Float32Array[]) {
  let offset = 0;
  for (const { input, start, end } of chunks) {
    const sum = sums[input];
    for (let token = start; token < end; token++, offset += sum.length) {
      for (let i = 0; i < sum.length; i++) sum[i] += rows[offset + i];
    }
  }
}

/** Short texts share a step, in order; a long one has several to itself. */
function packed(inputs: readonly (readonly number[])[], maxTokens: number): Chunk[][] {
  const steps: Chunk[][] = [];
  let room = 0;
  for (const [input, { length }] of inputs.entries()) {
    if (length <= room) steps.at(-1)?.push({ input, start: 0, end: length });
    else {
      for (let start = 0; start < length; start += maxTokens) {
        steps.push([{ input, start, end: Math.min(length, start + maxTokens) }]);
      }
      room = length > maxTokens ? 0 : maxTokens;
    }
    room = Math.max(0, room - length);
  }
  return steps;
}

/** Texts of a step stand side by side in the cache; the chunks of a long one find it as they left it. */
function stepOf(
  chunks: readonly Chunk[],
  inputs: readonly (readonly number[])[],
  { blockTokens }: KvCache,
): Step {
  const total = chunks.reduce((sum, { start, end }) => sum + end - start, 0);
  const tokens = new Int32Array(total);
  const positions = new Int32Array(total);
  const slotMapping = new Int32Array(total);
  const sequences: Step['sequences'][number][] = [];
  let [row, firstBlock] = [0, 0];
  for (const { input, start, end } of chunks) {
    const numBlocks = blocksFor(inputs[input].length, blockTokens);
    sequences.push({
      ...{ queryStart: row, queryTokens: end - start, contextTokens: end },
      blockTable: Int32Array.from({ length: numBlocks }, (_, i) => firstBlock + i),
    });
    for (let position = start; position < end; position++, row++) {
      tokens[row] = inputs[input][position];
      positions[row] = position;
      slotMapping[row] = firstBlock * blockTokens + position;
    }
    firstBlock += numBlocks;
  }
  return { tokens, positions, slotMapping, sequences, logitRows: tokens.map((_, i) => i) };
}

function blocksFor(tokens: number, blockTokens: number): number {
  return Math.ceil(tokens / blockTokens);
}

/** The mean's direction is the sum's. */
function normalised(sum: Float32Array): Float32Array {
  let squares = 0;
  for (const value of sum) squares += value * value;
  if (!(squares > 0 && squares < Number.POSITIVE_INFINITY)) {
    throw error('logits_invalid', { found: 'a vector without a length' });
  }
  const scale = 1 / Math.sqrt(squares);
  return sum.map((value) => value * scale);
}
