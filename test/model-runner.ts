/**
 * Runs one sequence through a model without an engine: the caller says which tokens go into a
 * step. Blocks of the cache are handed out back to front, so that paging is never the identity.
 */
import type { Model } from '../src/models/model.ts';
import type { KvCache } from '../src/nn/kv-cache.ts';
import type { Step } from '../src/nn/step.ts';

const blockTokens = 8;

export class ModelRunner {
  readonly #model: Model;
  readonly #blockTable: Int32Array;
  readonly #cache: KvCache;
  readonly #mtpCache: KvCache | undefined;
  #length = 0;

  constructor(model: Model, maxTokens: number) {
    const numBlocks = Math.ceil(maxTokens / blockTokens);
    this.#model = model;
    this.#blockTable = Int32Array.from({ length: numBlocks }, (_, i) => numBlocks - 1 - i);
    this.#cache = model.createKvCache(numBlocks, blockTokens);
    this.#mtpCache = model.mtp?.createKvCache(numBlocks, blockTokens);
  }

  /** Appends the tokens in one step; a copy of the logits after each of them. */
  async forward(tokens: readonly number[]): Promise<Float32Array[]> {
    const logits = await this.#model.forward(this.#step(tokens), this.#cache);
    this.#length += tokens.length;
    return this.#rows(logits, tokens.length);
  }

  /** As forward, then the MTP module on the same step: its logits. */
  async draft(tokens: readonly number[], nextTokens: readonly number[]): Promise<Float32Array[]> {
    const { mtp } = this.#model;
    if (!mtp || !this.#mtpCache) throw new Error('the model has no MTP module');
    const step = this.#step(tokens);
    await this.#model.forward(step, this.#cache);
    const logits = await mtp.draft(step, Int32Array.from(nextTokens), this.#mtpCache);
    this.#length += tokens.length;
    return this.#rows(logits, tokens.length);
  }

  close(): void {
    this.#cache.close();
    this.#mtpCache?.close();
  }

  #step(tokens: readonly number[]): Step {
    const positions = Int32Array.from(tokens, (_, i) => this.#length + i);
    const slot = (position: number) =>
      this.#blockTable[Math.floor(position / blockTokens)]! * blockTokens +
      (position % blockTokens);
    const contextTokens = this.#length + tokens.length;
    return {
      tokens: Int32Array.from(tokens),
      positions,
      slotMapping: positions.map(slot),
      sequences: [
        {
          queryStart: 0,
          queryTokens: tokens.length,
          contextTokens,
          blockTable: this.#blockTable.subarray(0, Math.ceil(contextTokens / blockTokens)),
        },
      ],
      logitRows: Int32Array.from(tokens, (_, i) => i),
    };
  }

  #rows(logits: Float32Array, count: number): Float32Array[] {
    const { vocabSize } = this.#model.config;
    return Array.from({ length: count }, (_, i) =>
      logits.slice(i * vocabSize, (i + 1) * vocabSize),
    );
  }
}

export interface GreedyChoice {
  readonly token: number;
  /** The chosen token's logit minus the runner-up's. */
  readonly lead: number;
  readonly logits: Float32Array;
}

export async function greedy(
  model: Model,
  prompt: readonly number[],
  numTokens: number,
): Promise<GreedyChoice[]> {
  const runner = new ModelRunner(model, prompt.length + numTokens);
  const choices: GreedyChoice[] = [];
  try {
    let logits = await runner.forward(prompt);
    while (choices.length < numTokens) {
      const choice = best(logits.at(-1)!);
      choices.push(choice);
      if (choices.length < numTokens) logits = await runner.forward([choice.token]);
    }
  } finally {
    runner.close();
  }
  return choices;
}

export function best(logits: Float32Array): GreedyChoice {
  let token = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[token]!) token = i;
  let second = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) if (i !== token) second = Math.max(second, logits[i]!);
  return { token, lead: logits[token]! - second, logits };
}
