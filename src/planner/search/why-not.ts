/** Why no deployment of a chip serves a load, and what comes nearest: in words. */
import { memoryRoom, sequenceBytes } from '../cost/memory.ts';
import { layoutText } from '../layout.ts';
import { mostInstanceChips } from './candidates.ts';
import type { Demand } from './demand.ts';
import type { Found } from './found.ts';
import type { Searched } from './search-way.ts';
import type { NoWay } from './ways.ts';

export function doesNotFit(demand: Demand, all: readonly Searched[]): NoWay {
  const needs = all.flatMap(({ way, lightest }) => {
    if (lightest === undefined) return [];
    const { weightBytes, reservedBytes, totalBytes } = memoryRoom(lightest);
    const context = demand.load.inTokens + demand.load.outTokens;
    const needed = weightBytes + reservedBytes + sequenceBytes(lightest, context);
    const fewest = (weightBytes * lightest.chips) / Math.max(1, totalBytes - reservedBytes);
    return [{ way, lightest, needed, totalBytes, fewest: Math.ceil(fewest) }];
  });
  const nearest = needs.sort((a, b) => a.needed - b.needed)[0];
  if (nearest === undefined) return { reason: 'no layout is as small as that' };
  const { way, lightest, needed, totalBytes, fewest } = nearest;
  const on = lightest.chips === 1 ? 'one chip' : `${lightest.chips} chips`;
  return {
    reason:
      `the weights as ${way.precision} do not fit ${on}: ` +
      `${gigabytes(needed)} GB are needed on each, and it has ${gigabytes(totalBytes)}`,
    nearest: `The weights alone take ${fewest} of them or more; layouts of up to ${mostInstanceChips} are searched.`,
  };
}

export function limitsOutOfReach(demand: Demand, all: readonly Searched[]): NoWay {
  const reached = all.map((one) => one.reached);
  const least = (measure: (one: (typeof reached)[number]) => number) =>
    Math.min(...reached.map(measure));
  const ttft = least(({ leastTtftSeconds }) => leastTtftSeconds);
  const tpot = least(({ leastTpotSeconds }) => leastTpotSeconds);
  const near = all
    .flatMap(({ way, reached: { nearest } }) => (nearest ? [{ way, nearest }] : []))
    .sort((a, b) => excess(a.nearest, demand) - excess(b.nearest, demand))[0];
  if (near === undefined) return { reason: 'no layout serves a request' };
  const { way, nearest } = near;
  const missed = [
    ...(ttft > demand.ttftSeconds
      ? [`TTFT is ${milliseconds(ttft)} at best (${nearest.prefillLimit})`]
      : []),
    ...(tpot > demand.tpotSeconds
      ? [`TPOT is ${milliseconds(tpot)} at best (${nearest.limit})`]
      : []),
  ];
  return {
    reason:
      missed.length > 0
        ? missed.join(' and ')
        : 'no layout meets the limits of TTFT and TPOT at once',
    nearest:
      `One request at a time has a TTFT of ${milliseconds(nearest.ttftSeconds)} and a TPOT of ` +
      `${milliseconds(nearest.tpotSeconds)} as ${way.precision} with ${way.engine} on ` +
      `${layoutText(nearest.layout)}.`,
  };
}

export function tooFew({ mostChips }: Demand, carried: Found | undefined): string {
  const chips = mostChips === 1 ? 'one chip' : `${mostChips} chips`;
  if (carried === undefined) return `${chips} cannot meet the limits`;
  return `${chips} carry ${rateText(carried.rate)} requests a second at most`;
}

/** What would do. */
export function enough(
  { rate }: Demand,
  { searched, found }: { readonly searched: Searched; readonly found: Found },
): string {
  const { engine, precision } = searched.way;
  const what = rate === undefined ? 'It takes' : `${rateText(rate)} requests a second take`;
  const copies = found.replicas > 1 ? ` × ${found.replicas}` : '';
  const layout = layoutText(found.layout) + copies;
  return `${what} ${found.chips} chips: ${precision} with ${engine} on ${layout}.`;
}

function excess(
  reach: { readonly ttftSeconds: number; readonly tpotSeconds: number },
  demand: Demand,
): number {
  return Math.max(reach.ttftSeconds / demand.ttftSeconds, reach.tpotSeconds / demand.tpotSeconds);
}

const rateText = (rate: number) => String(Number(rate.toPrecision(3)));
const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(bytes < 10e9 ? 1 : 0);
/** Upward, so that what is said can be met. */
function milliseconds(seconds: number): string {
  const ms = seconds * 1e3;
  return ms < 100 ? `${(Math.ceil(ms * 10) / 10).toFixed(1)} ms` : `${Math.ceil(ms)} ms`;
}
