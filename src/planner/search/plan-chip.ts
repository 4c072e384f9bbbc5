/**
 * The plan of one chip: its cheapest deployment, or why there is none. All chips of a row are alike,
 * so that the cheapest deployment is the one of the fewest chips, whatever they cost.
 */
import type { Chip } from '../facts/chip.ts';
import type { PlanRow, RefusedRow } from '../plan-answer.ts';
import type { Asked, AskedChip } from './asked.ts';
import type { Demand } from './demand.ts';
import { compareFound, type Found } from './found.ts';
import { chipPriceOf } from './money.ts';
import { rowOf } from './row.ts';
import { type Searched, searchWay } from './search-way.ts';
import { type NoWay, type Way, waysOf } from './ways.ts';
import { doesNotFit, enough, limitsOutOfReach, tooFew } from './why-not.ts';

export interface ChipPlan {
  readonly rows: readonly PlanRow[];
  readonly refused?: RefusedRow;
  readonly layouts: number;
  /** Tags, beside those that the predictions name. */
  readonly sources: readonly string[];
}

export function planChip({ chip, count }: AskedChip, asked: Asked): ChipPlan {
  const refuse = ({ reason, nearest }: NoWay, layouts = 0): ChipPlan => {
    const { id, name, vendor } = chip;
    const refused = { chip: id, chipName: name, vendor, reason, ...(nearest && { nearest }) };
    return { rows: [], refused, layouts, sources: [] };
  };
  const { able, refused } = waysOf(chip, asked);
  if (refused) return refuse(refused);
  const price = chipPriceOf(chip, asked);
  const bought = chipsForBudget(asked, price?.perHour);
  if (typeof bought !== 'number') return refuse(bought);
  const mostChips = Math.min(count ?? Number.POSITIVE_INFINITY, bought);
  const demand = demandOf(asked, mostChips);
  const searched = searchWays(chip, able, asked, demand);
  const layouts = searched.reduce((sum, one) => sum + one.layouts, 0);
  const best = ranked(searched, demand, asked);
  if (best.length === 0) {
    const why = whyNot(chip, asked, demand, searched);
    const paid = bought === mostChips && bought < Number.POSITIVE_INFINITY;
    const reason = paid ? `the budget buys ${bought}: ${why.reason}` : why.reason;
    return refuse({ ...why, reason }, layouts);
  }
  const rows = best.map((one) => rowOf(chip, one.searched, one.found, price, asked));
  const sources = [
    ...(price?.sources ?? []),
    ...best.map(({ searched }) => searched.way.support.source),
  ];
  return { rows, layouts, sources };
}

/** Where one deployment is wanted, each way only has to say what is better than those before it. */
function searchWays(chip: Chip, ways: readonly Way[], asked: Asked, demand: Demand): Searched[] {
  let best: Found | undefined;
  return ways.map((way) => {
    const searched = searchWay(chip, way, asked, demand, asked.isComparison ? undefined : best);
    for (const found of searched.found) {
      if (!best || compareFound(found, best, demand) < 0) best = found;
    }
    return searched;
  });
}

function demandOf(asked: Asked, mostChips: number): Demand {
  const { load, ttftSeconds, tpotSeconds, rate } = asked;
  return { load, ttftSeconds, tpotSeconds, mostChips, ...(rate !== undefined && { rate }) };
}

/** So many the money pays for an hour; no budget: no limit. */
function chipsForBudget({ budgetPerHour, currency }: Asked, perHour?: number): number | NoWay {
  if (budgetPerHour === undefined) return Number.POSITIVE_INFINITY;
  if (perHour === undefined) {
    return {
      reason: 'no price is known, so that a budget says nothing of it',
      nearest: 'Give a price of your own for one chip and hour.',
    };
  }
  const chips = Math.floor(budgetPerHour / perHour + 1e-9);
  // A price of nothing buys any number; no fleet is larger.
  if (chips >= 1) return Math.min(chips, 100_000);
  return {
    reason: `a chip costs ${perHour.toFixed(2)} ${currency} an hour, more than the budget`,
  };
}

export interface Ranked {
  readonly searched: Searched;
  readonly found: Found;
}

/** The best first: one, or where chips are compared one of each way. */
function ranked(all: readonly Searched[], demand: Demand, asked: Asked): Ranked[] {
  const found = all
    .flatMap((searched) => searched.found.map((found) => ({ searched, found })))
    .sort((a, b) => compareFound(a.found, b.found, demand));
  return asked.isComparison ? found : found.slice(0, 1);
}

/** Why no way serves the load on so many chips, and on how many one would. */
function whyNot(chip: Chip, asked: Asked, demand: Demand, all: readonly Searched[]): NoWay {
  const { rate, ...endless } = demand;
  const unbounded = { ...demand, mostChips: Number.POSITIVE_INFINITY, rate: rate ?? leastRate };
  const ways = all.map(({ way }) => way);
  const onAny = searchWays(chip, ways, asked, unbounded);
  if (!onAny.some(({ fits }) => fits)) return doesNotFit(demand, onAny);
  const needed = ranked(onAny, unbounded, asked)[0];
  if (needed === undefined) return limitsOutOfReach(demand, onAny);
  if (!all.some(({ fits }) => fits)) {
    return { ...doesNotFit(demand, all), nearest: enough(demand, needed) };
  }
  const carried = searchWays(chip, ways, asked, endless);
  return {
    reason: tooFew(demand, ranked(carried, endless, asked)[0]?.found),
    nearest: enough(demand, needed),
  };
}

/** Of a question without a rate: whether anything is carried at all. */
const leastRate = 1e-6;
