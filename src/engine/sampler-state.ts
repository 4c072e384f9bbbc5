/**
 * What sampling remembers of one sequence: its random numbers and how often it has used each
 * token. It belongs to the sequence, so batch mates and preemption cannot change its draws.
 */
import type { SamplingParams } from './sampling-params.ts';

export class SamplerState {
  readonly params: SamplingParams;
  /** Token → times in the reply; empty when no penalty needs it. */
  readonly counts = new Map<number, number>();
  /** Tokens of prompt and reply; empty when no repetition penalty needs it. */
  readonly seen = new Set<number>();
  readonly #random: Random;
  readonly #countsTokens: boolean;
  readonly #seesTokens: boolean;

  constructor(params: SamplingParams, prompt: readonly number[]) {
    this.params = params;
    this.#random = new Random(params.seed);
    this.#countsTokens = params.presencePenalty !== 0 || params.frequencyPenalty !== 0;
    this.#seesTokens = params.repetitionPenalty !== 1;
    if (this.#seesTokens) for (const token of prompt) this.seen.add(token);
  }

  /** Notes a token of the reply, sampled or forced. */
  count(token: number): void {
    if (this.#countsTokens) this.counts.set(token, (this.counts.get(token) ?? 0) + 1);
    if (this.#seesTokens) this.seen.add(token);
  }

  /** In [0, 1). */
  draw(): number {
    return this.#random.next();
  }
}

/** sfc32 (Chris Doty-Humphrey, PractRand), seeded with 53 bits and run 12 rounds to mix them. */
class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = 0;
    this.#b = seed | 0;
    this.#c = Math.floor(seed / 0x1_0000_0000) | 0;
    for (let i = 0; i < 12; i++) this.#next32();
  }

  /** 53 random bits as a fraction. */
  next(): number {
    const high = this.#next32() >>> 5;
    const low = this.#next32() >>> 6;
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000;
  }

  #next32(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result;
  }
}
