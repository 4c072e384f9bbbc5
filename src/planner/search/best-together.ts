/**
 * The best deployment with prefill and decode on the same chips. Exact over its candidates: one is
 * only passed over when its best case, all the sequences that fit with no limits, cannot win.
 */
import type { Layout } from '../layout.ts';
import { serveTogether } from '../serving/together.ts';
import type { Candidate } from './candidates.ts';
import { copiesFor, type Demand, plannedShare } from './demand.ts';
import { cannotBeat, compareFound, type Found, largestPassing } from './found.ts';
import type { Reached } from './reached.ts';

/** Better than `known`, where that is given. */
export function bestTogether(
  candidates: readonly Candidate[],
  demand: Demand,
  reached: Reached,
  known?: Found,
): Found | undefined {
  const bounded = candidates
    .filter(({ isDecodeOnly }) => !isDecodeOnly)
    .filter((candidate) => {
      const alone = serve(candidate, demand, 1);
      reached.add(
        {
          ...alone,
          layout: layoutOf(candidate),
          prefillLimit: alone.prefill.limit,
          limit: alone.decode.limit,
        },
        demand,
      );
      return isWithin(alone, demand);
    })
    .map((candidate) => {
      const most = serve(candidate, demand, candidate.room);
      return {
        candidate,
        bound: deploy(candidate, demand, candidate.room, most.requestsPerSecond),
      };
    })
    .filter((one): one is { candidate: Candidate; bound: Found } => one.bound !== undefined)
    .sort((a, b) => compareFound(a.bound, b.bound, demand));
  let best: Found | undefined = known;
  for (const { candidate, bound } of bounded) {
    if (best && cannotBeat(bound, best, demand)) break;
    const found = within(candidate, demand);
    if (found && (!best || compareFound(found, best, demand) < 0)) best = found;
  }
  if (best === undefined || best === known) return undefined;
  return { ...best, concurrency: concurrencyOf(candidates, best, demand) };
}

function within(candidate: Candidate, demand: Demand): Found | undefined {
  const sequences = largestPassing(1, candidate.room, (n) =>
    isWithin(serve(candidate, demand, n), demand),
  );
  if (sequences === undefined) return undefined;
  const { requestsPerSecond } = serve(candidate, demand, sequences);
  return deploy(candidate, demand, sequences, requestsPerSecond);
}

/** Copies for the rate, or as many as there are chips. `concurrency` is of one copy. */
function deploy(
  candidate: Candidate,
  demand: Demand,
  sequences: number,
  each: number,
): Found | undefined {
  const most = Math.floor(demand.mostChips / candidate.chips);
  const replicas = demand.rate === undefined ? most : copiesFor(demand.rate, each);
  if (replicas < 1 || replicas > most) return undefined;
  return {
    layout: layoutOf(candidate),
    chips: candidate.chips * replicas,
    replicas,
    capacity: each * replicas,
    rate: demand.rate ?? plannedShare * each * replicas,
    concurrency: sequences,
  };
}

/** Clients of a copy that make its share of the rate; fewer than one cannot be told from one. */
function concurrencyOf(candidates: readonly Candidate[], best: Found, demand: Demand): number {
  const { layout, replicas, rate, concurrency } = best;
  const candidate = candidates.find(
    ({ instance }) =>
      layout.kind === 'together' && instance.parallelism === layout.serving.instance,
  ) as Candidate;
  const isBelow = (clients: number) =>
    serve(candidate, demand, clients).requestsPerSecond * replicas < rate;
  return (largestPassing(1, concurrency, isBelow) ?? 0) + 1;
}

const layoutOf = ({ instance }: Candidate): Layout => ({
  kind: 'together',
  serving: { instance: instance.parallelism, count: 1 },
});

const serve = ({ instance, prefill }: Candidate, { load }: Demand, concurrency: number) =>
  serveTogether(instance, 1, { ...load, concurrency }, prefill);

const isWithin = (
  served: { readonly ttftSeconds: number; readonly tpotSeconds: number },
  { ttftSeconds, tpotSeconds }: Demand,
) => served.ttftSeconds <= ttftSeconds && served.tpotSeconds <= tpotSeconds;
