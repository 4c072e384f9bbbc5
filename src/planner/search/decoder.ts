/**
 * An instance that only decodes, by how many sequences it runs at once: the more, the higher its rate
 * and the longer its replies. Steps are computed once for each number of sequences.
 */
import { decodeStep, tokensPerStep } from '../cost/decode-step.ts';
import type { Limit } from '../prediction.ts';
import type { Candidate } from './candidates.ts';
import type { Demand } from './demand.ts';
import { largestPassing } from './found.ts';

export class Decoder {
  readonly candidate: Candidate;
  readonly chips: number;
  /** Of one sequence alone. */
  readonly aloneTpotSeconds: number;
  readonly aloneLimit: Limit;
  readonly #demand: Demand;
  #mostSequences: number | undefined;
  readonly #tpots = new Map<number, number>();

  constructor(candidate: Candidate, demand: Demand) {
    this.candidate = candidate;
    this.chips = candidate.chips;
    this.#demand = demand;
    const alone = this.#step(1);
    this.aloneTpotSeconds = this.tpotSeconds(1);
    this.aloneLimit = alone.limit;
  }

  /** Under the TPOT limit, and that fit; 0: not even one. */
  get mostSequences(): number {
    const { tpotSeconds } = this.#demand;
    this.#mostSequences ??=
      largestPassing(1, this.candidate.room, (n) => this.tpotSeconds(n) <= tpotSeconds) ?? 0;
    return this.#mostSequences;
  }

  /** No higher rate is possible, whatever the limit. */
  get roomRate(): number {
    return this.rate(this.candidate.room);
  }

  tpotSeconds(sequences: number): number {
    const known = this.#tpots.get(sequences);
    if (known !== undefined) return known;
    const tpot = this.#step(sequences).seconds / tokensPerStep(this.candidate.instance);
    this.#tpots.set(sequences, tpot);
    return tpot;
  }

  replySeconds(sequences: number): number {
    return (this.#demand.load.outTokens - 1) * this.tpotSeconds(sequences);
  }

  /** Requests per second. */
  rate(sequences: number): number {
    return sequences / this.replySeconds(sequences);
  }

  get mostRate(): number {
    return this.mostSequences === 0 ? 0 : this.rate(this.mostSequences);
  }

  /** Fewest sequences at that rate, which is one that it can have. */
  sequencesAt(rate: number): number {
    const below = largestPassing(1, this.mostSequences, (n) => this.rate(n) < rate);
    return Math.min(this.mostSequences, (below ?? 0) + 1);
  }

  #step(sequences: number) {
    const { inTokens, outTokens } = this.#demand.load;
    return decodeStep(this.candidate.instance, sequences, inTokens + outTokens / 2);
  }
}
