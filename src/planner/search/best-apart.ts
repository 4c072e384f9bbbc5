/**
 * The best deployment with prefill and decode on chips of their own. All pairs of candidates count,
 * but for those that another beats on every point, and those whose best case cannot win.
 */
import { sendSeconds } from '../cost/links.ts';
import { sequenceBytes } from '../cost/memory.ts';
import type { Candidate } from './candidates.ts';
import { Decoder } from './decoder.ts';
import { type Demand, plannedShare } from './demand.ts';
import { compareFound, type Found } from './found.ts';
import { Pair, type Prefiller } from './pair.ts';
import type { Reached } from './reached.ts';

/** Better than `known`, where that is given. */
export function bestApart(
  candidates: readonly Candidate[],
  demand: Demand,
  reached: Reached,
  known?: Found,
): Found | undefined {
  if (demand.load.outTokens < 2) return undefined;
  const prefillers = candidates
    .filter(({ isDecodeOnly }) => !isDecodeOnly)
    .map((candidate) => prefillerOf(candidate, demand));
  const decoders = candidates
    .filter(({ room }) => room >= 2)
    .map((candidate) => new Decoder(candidate, demand));
  noteReach(prefillers, decoders, demand, reached);
  const quick = unbeaten(prefillers, ({ chips, prompts }) => [
    chips,
    prompts.fixedSeconds,
    prompts.intervalSeconds,
  ]);
  const pairs = decoders
    .filter((decoder) => couldWin(decoder, demand, known) && decoder.mostSequences > 0)
    .flatMap((decoder) => quick.map((prefiller) => new Pair(prefiller, decoder, demand)));
  return demand.rate === undefined
    ? mostCarried(pairs, demand, known)
    : fewestChips(pairs, demand.rate / plannedShare, demand, known);
}

/** Whether, were it for decoding alone and without limits, there is anything left to win. */
function couldWin(decoder: Decoder, demand: Demand, known: Found | undefined): boolean {
  if (decoder.aloneTpotSeconds > demand.tpotSeconds) return false;
  if (demand.rate === undefined || known === undefined) return true;
  const copies = Math.ceil(demand.rate / plannedShare / decoder.roomRate - 1e-9);
  return copies * decoder.chips < known.chips;
}

function fewestChips(
  pairs: readonly Pair[],
  rate: number,
  demand: Demand,
  known: Found | undefined,
): Found | undefined {
  const most = Math.min(demand.mostChips, known?.chips ?? Number.POSITIVE_INFINITY);
  const bounded = pairs
    .map((pair) => ({ pair, bound: pair.leastChips(rate) }))
    .filter(({ bound }) => bound <= most && bound < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.bound - b.bound);
  let best: Found | undefined = known;
  for (const { pair, bound } of bounded) {
    const mostChips = Math.min(most, best?.chips ?? most);
    if (bound > mostChips) break;
    const counts = pair.countsFor(rate, mostChips);
    const found = counts && pair.found(counts);
    if (found && (!best || compareFound(found, best, demand) < 0)) best = found;
  }
  return best === known ? undefined : best;
}

function mostCarried(
  pairs: readonly Pair[],
  demand: Demand,
  known: Found | undefined,
): Found | undefined {
  const bounded = pairs
    .map((pair) => ({ pair, bound: pair.mostRate(demand.mostChips) }))
    .sort((a, b) => b.bound - a.bound);
  let best: Found | undefined = known;
  for (const { pair, bound } of bounded) {
    const least = best?.capacity ?? 0;
    if (!(bound > least)) break;
    const counts = pair.countsOn(demand.mostChips, least);
    const found = counts && pair.found(counts);
    if (found && (!best || compareFound(found, best, demand) < 0)) best = found;
  }
  return best === known ? undefined : best;
}

function prefillerOf(candidate: Candidate, { load }: Demand): Prefiller {
  const { instance, prefill, promptSeconds, chips } = candidate;
  const handOver = sendSeconds(instance, sequenceBytes(instance, load.inTokens));
  const { firstTokenMs, promptsFirst } = instance.factors;
  const fixedSeconds = firstTokenMs / 1e3 + prefill.seconds + handOver;
  return {
    candidate,
    chips,
    prompts: { fixedSeconds, intervalSeconds: promptSeconds, promptsFirst },
  };
}

/** Those that no other equals or beats on every point; less is better. */
function unbeaten<T>(all: readonly T[], pointsOf: (one: T) => readonly number[]): T[] {
  const rows = all.map((one) => ({ one, points: pointsOf(one) }));
  return rows
    .filter(({ points }, index) =>
      rows.every((other, at) => {
        const isWorse = other.points.some((point, i) => point > (points[i] as number));
        if (at === index || isWorse) return true;
        return at > index && other.points.every((point, i) => point === points[i]);
      }),
    )
    .map(({ one }) => one);
}

/** The fastest prompts with the fastest replies. */
function noteReach(
  prefillers: readonly Prefiller[],
  decoders: readonly Decoder[],
  demand: Demand,
  reached: Reached,
): void {
  const least = <T>(all: readonly T[], measure: (one: T) => number) =>
    all.reduce((best, one) => (measure(one) < measure(best) ? one : best), all[0] as T);
  if (prefillers.length === 0 || decoders.length === 0) return;
  const prefiller = least(prefillers, ({ prompts }) => prompts.fixedSeconds);
  const decoder = least(decoders, ({ aloneTpotSeconds }) => aloneTpotSeconds);
  reached.add(
    {
      layout: new Pair(prefiller, decoder, demand).layout(1, 1),
      ttftSeconds: prefiller.prompts.fixedSeconds,
      tpotSeconds: decoder.aloneTpotSeconds,
      prefillLimit: prefiller.candidate.prefill.limit,
      limit: decoder.aloneLimit,
    },
    demand,
  );
}
