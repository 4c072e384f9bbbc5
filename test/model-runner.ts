/**
 * Runs sequences through a model without an engine: the caller says which tokens go into a step.
 * Blocks of the cache are handed out back to front, so that paging is never the identity.
 */
import type { Model } from '../src/models/model.ts';
import type { KvCache } from '../src/nn/kv-cache.ts';
import type { Step } from '../src/nn/step.ts';

/** Compiled devices keep keys sixteen slots at a time. */
const blockTokens = 16;

/** Tokens of each sequence, by its number; none for one that is not in the step. */
type Parts = readonly (readonly number[])[];

/** Logits of the token after each token, and the MTP module's of the one after that. */
export interface Drafted {
  readonly logits: Float32Array[];
  readonly drafts: Float32Array[];
}

export class BatchRunner {
  readonly #model: Model;
  readonly #blockTables: readonly Int32Array[];
  readonly #lengths: number[];
  readonly #cache: KvCache;
  readonly #mtpCache: KvCache | undefined;

  constructor(model: Model, numSequences: number, maxTokens: number) {
    const blocks = Math.ceil(maxTokens / blockTokens);
    const numBlocks = blocks * numSequences;
    this.#model = model;
    // Neighbouring blocks are of different sequences.
    this.#blockTables = Array.from({ length: numSequences }, (_, s) =>
      Int32Array.from({ length: blocks }, (_, i) => numBlocks - 1 - s - i * numSequences),
    );
    this.#lengths = new Array<number>(numSequences).fill(0);
    this.#cache = model.createKvCache(numBlocks, blockTokens);
    this.#mtpCache = model.mtp?.createKvCache(numBlocks, blockTokens);
  }

  /** Appends the tokens in one step; a copy of the logits after each of them. */
  async forward(parts: Parts): Promise<Float32Array[]> {
    const step = this.#step(parts);
    const logits = await this.#model.forward(step, this.#cache);
    return this.#rows(logits, step.tokens.length);
  }

  /** As forward, then the MTP module on the same step. */
  async draft(parts: Parts, nextParts: Parts): Promise<Drafted> {
    const { mtp } = this.#model;
    if (!mtp || !this.#mtpCache) throw new Error('the model has no MTP module');
    const step = this.#step(parts);
    const count = step.tokens.length;
    const logits = this.#rows(await this.#model.forward(step, this.#cache), count);
    const next = Int32Array.from(nextParts.flat());
    return { logits, drafts: this.#rows(await mtp.draft(step, next, this.#mtpCache), count) };
  }

  close(): void {
    this.#cache.close();
    this.#mtpCache?.close();
  }

  #step(parts: Parts): Step {
    const tokens = parts.flat();
    const positions: number[] = [];
    const slots: number[] = [];
    const sequences: Step['sequences'][number][] = [];
    parts.forEach(({ length }, s) => {
      if (length === 0) return;
      const table = this.#blockTables[s]!;
      const queryStart = positions.length;
      for (let i = 0; i < length; i++) {
        const position = this.#lengths[s]! + i;
        positions.push(position);
        const block = table[Math.floor(position / blockTokens)]!;
        slots.push(block * blockTokens + (position % blockTokens));
      }
      const contextTokens = this.#lengths[s]! + length;
      const blockTable = table.subarray(0, Math.ceil(contextTokens / blockTokens));
      sequences.push({ queryStart, queryTokens: length, contextTokens, blockTable });
      this.#lengths[s] = contextTokens;
    });
    return {
      tokens: Int32Array.from(tokens),
      positions: Int32Array.from(positions),
      slotMapping: Int32Array.from(slots),
      sequences,
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

/** One sequence. */
export class ModelRunner {
  readonly #batch: BatchRunner;

  constructor(model: Model, maxTokens: number) {
    this.#batch = new BatchRunner(model, 1, maxTokens);
  }

  forward(tokens: readonly number[]): Promise<Float32Array[]> {
    return this.#batch.forward([tokens]);
  }

  draft(tokens: readonly number[], nextTokens: readonly number[]): Promise<Drafted> {
    return this.#batch.draft([tokens], [nextTokens]);
  }

  close(): void {
    this.#batch.close();
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
