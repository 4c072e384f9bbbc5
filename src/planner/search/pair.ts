/**
 * Prefillers and decoders of one kind each: how many of both carry a rate within the limits. More
 * decoders shorten replies, with them the circle of clients, and so what a prompt waits for: fewest
 * decoders are not always fewest chips.
 */
import type { Layout } from '../layout.ts';
import type { Candidate } from './candidates.ts';
import type { Decoder } from './decoder.ts';
import { type Demand, plannedShare } from './demand.ts';
import type { Found } from './found.ts';
import { type Prompts, promptCopies, promptRate, promptTtftSeconds } from './prompt-queue.ts';

export interface Prefiller {
  readonly candidate: Candidate;
  readonly chips: number;
  readonly prompts: Prompts;
}

export interface Counts {
  readonly prefill: number;
  readonly decode: number;
  readonly chips: number;
}

export class Pair {
  readonly prefiller: Prefiller;
  readonly decoder: Decoder;
  readonly #demand: Demand;

  constructor(prefiller: Prefiller, decoder: Decoder, demand: Demand) {
    this.prefiller = prefiller;
    this.decoder = decoder;
    this.#demand = demand;
  }

  /** No fewer chips carry the rate: decoders at their most, replies at their shortest. */
  leastChips(rate: number): number {
    const { decoder } = this;
    return this.#chips(this.#prefillers(rate, decoder.replySeconds(1)), this.#decoders(rate));
  }

  /** No higher rate is carried by the chips, if instances could be cut. */
  mostRate(chips: number): number {
    const { prefiller, decoder } = this;
    const { ttftSeconds } = this.#demand;
    const many = 1e9;
    const each = promptRate(prefiller.prompts, many, decoder.replySeconds(1), ttftSeconds) / many;
    return chips / (prefiller.chips / each + decoder.chips / decoder.mostRate);
  }

  /** Fewest chips, at most so many, that carry the rate. */
  countsFor(rate: number, mostChips: number): Counts | undefined {
    const { decoder } = this;
    const leastPrefillers = this.#prefillers(rate, decoder.replySeconds(1));
    let best: Counts | undefined;
    let sequences = decoder.mostSequences;
    while (sequences >= 1) {
      const decode = ceil(rate / decoder.rate(sequences));
      const least = this.#chips(leastPrefillers, decode);
      if (!(least <= mostChips) || (best && least >= best.chips)) break;
      sequences = decoder.sequencesAt((rate / decode) * (1 - 1e-9));
      const prefill = this.#prefillers(rate, decoder.replySeconds(sequences));
      const chips = this.#chips(prefill, decode);
      if (chips <= mostChips && (!best || chips < best.chips)) best = { prefill, decode, chips };
      sequences--;
    }
    return best;
  }

  /** What carries the highest rate on so many chips, if that is over `least`; halves what may be. */
  countsOn(chips: number, least: number): Counts | undefined {
    let best = this.countsFor(least * (1 + closeEnough), chips);
    if (best === undefined) return undefined;
    let [low, high] = [this.#capacity(best), this.mostRate(chips)];
    while (high - low > closeEnough * high) {
      const middle = (low + high) / 2;
      const counts = this.countsFor(middle, chips);
      if (counts) [low, best] = [Math.max(middle, this.#capacity(counts)), counts];
      else high = middle;
    }
    return best;
  }

  found(counts: Counts): Found {
    const { rate } = this.#demand;
    const capacity = this.#capacity(counts);
    return {
      layout: this.layout(counts.prefill, counts.decode),
      chips: counts.chips,
      replicas: 1,
      capacity,
      rate: rate ?? plannedShare * capacity,
      concurrency: this.#clients(counts, rate ?? plannedShare * capacity),
    };
  }

  layout(prefill: number, decode: number): Layout {
    const { prefiller, decoder } = this;
    return {
      kind: 'apart',
      prefill: { instance: prefiller.candidate.instance.parallelism, count: prefill },
      decode: { instance: decoder.candidate.instance.parallelism, count: decode },
    };
  }

  /** Where decoders, whose rate grows with their sequences, meet prefillers, whose rate falls. */
  #capacity({ prefill, decode }: Counts): number {
    const { decoder, prefiller } = this;
    let [low, high] = [0, decoder.mostSequences + 1];
    const decoded = (sequences: number) => decode * decoder.rate(sequences);
    const prefilled = (sequences: number) =>
      promptRate(
        prefiller.prompts,
        prefill,
        decoder.replySeconds(sequences),
        this.#demand.ttftSeconds,
      );
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (decoded(middle) <= prefilled(middle)) low = middle;
      else high = middle;
    }
    const at = (sequences: number) =>
      sequences >= 1 && sequences <= decoder.mostSequences
        ? Math.min(decoded(sequences), prefilled(sequences))
        : 0;
    return Math.max(at(low), at(high));
  }

  /** Clients in a closed circle that make the rate: those at prompts and those at replies. */
  #clients({ prefill, decode }: Counts, rate: number): number {
    const { decoder, prefiller } = this;
    const replySeconds = (sequences: number) =>
      decoder.replySeconds(Math.max(1, sequences / decode));
    // As in serving/apart.ts: so many sequences that the rate passes.
    let [low, high] = [0, decoder.mostSequences * decode];
    for (let i = 0; i < 40; i++) {
      const sequences = (low + high) / 2;
      if (sequences / replySeconds(sequences) < rate) low = sequences;
      else high = sequences;
    }
    const reply = replySeconds(high);
    const busy = (rate * prefiller.prompts.intervalSeconds) / prefill;
    const ttft = promptTtftSeconds(prefiller.prompts, prefill, busy, reply);
    return Math.max(1, Math.ceil(rate * (ttft + reply) - 1e-9));
  }

  #prefillers(rate: number, replySeconds: number): number {
    return promptCopies(this.prefiller.prompts, rate, replySeconds, this.#demand.ttftSeconds);
  }

  #decoders(rate: number): number {
    return ceil(rate / this.decoder.mostRate);
  }

  #chips(prefill: number, decode: number): number {
    return prefill * this.prefiller.chips + decode * this.decoder.chips;
  }
}

/** Rates that differ by less are alike. */
const closeEnough = 1e-7;

/** What comes out even but for rounding is even. */
const ceil = (value: number) => Math.max(1, Math.ceil(value - 1e-9));
