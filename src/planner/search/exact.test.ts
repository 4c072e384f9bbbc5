/** What the search passes over could not have won: against trying everything. */
import { expect, test } from 'vitest';
import { fittedFactorsOf } from '../deployment.ts';
import { findChip } from '../facts/find-chip.ts';
import { findModel } from '../facts/find-model.ts';
import { findPrecision } from '../facts/find-precision.ts';
import { precisionOf } from '../facts/precision-of.ts';
import { serveTogether } from '../serving/together.ts';
import { bestApart } from './best-apart.ts';
import { bestTogether } from './best-together.ts';
import { type Candidate, candidatesOf } from './candidates.ts';
import type { Demand } from './demand.ts';
import { compareFound, type Found } from './found.ts';
import { Reached } from './reached.ts';

const load = { inTokens: 2000, outTokens: 800, cacheHit: 0 };
const limits = { ttftSeconds: 2, tpotSeconds: 0.05 };
const demands: readonly [string, Demand][] = [
  ['3 requests/s', { load, ...limits, rate: 3, mostChips: Number.POSITIVE_INFINITY }],
  ['300 requests/s', { load, ...limits, rate: 300, mostChips: Number.POSITIVE_INFINITY }],
  ['48 chips', { load, ...limits, mostChips: 48 }],
  ['without limits', { ...{ load, rate: 50 }, ...unlimited() }],
];

function unlimited() {
  const none = Number.POSITIVE_INFINITY;
  return { ttftSeconds: none, tpotSeconds: none, mostChips: none };
}

function candidatesFor(demand: Demand): readonly Candidate[] {
  const model = findModel('deepseek-r1');
  const precision = precisionOf(model, findPrecision('fp8'));
  const chip = findChip('h20');
  const partial = { model, chip, precision, kvBytes: precision.kvBytes, mtpAcceptance: [] };
  return candidatesOf(partial, fittedFactorsOf(chip.family, 'sglang', model), demand).fitting;
}

/** One after the other, each alone: nothing to compare with, nothing to pass over. */
function best(all: readonly (Found | undefined)[], demand: Demand): Found | undefined {
  const found = all.filter((one) => one !== undefined);
  return found.sort((a, b) => compareFound(a, b, demand))[0];
}

test.each(demands)('together, %s', (_, demand) => {
  const candidates = candidatesFor(demand);
  const found = bestTogether(candidates, demand, new Reached());
  const tried = best(
    candidates.map((one) => bestTogether([one], demand, new Reached())),
    demand,
  );
  expect(found).toBeDefined();
  expect(found).toEqual(tried);
});

test.each(demands)('apart, %s', (_, demand) => {
  const candidates = candidatesFor(demand);
  const found = bestApart(candidates, demand, new Reached());
  // Pairs one by one: the first reads prompts, the second only decodes, and the other way round.
  const pairs = candidates.flatMap((prefiller) =>
    candidates.map((decoder) => [
      { ...prefiller, room: 0 },
      { ...decoder, isDecodeOnly: true },
    ]),
  );
  const tried = best(
    pairs.map((pair) => bestApart(pair, demand, new Reached())),
    demand,
  );
  expect(found).toBeDefined();
  expect([found?.chips, found?.capacity]).toEqual([tried?.chips, tried?.capacity]);
});

test('within the limits, and one client more is not', () => {
  const demand: Demand = { load, ...limits, mostChips: 8 };
  for (const candidate of candidatesFor(demand)) {
    const found = bestTogether([candidate], demand, new Reached());
    if (found === undefined) continue;
    const served = (n: number) => serveTogether(candidate.instance, 1, { ...load, concurrency: n });
    const passes = (n: number) =>
      n <= candidate.room &&
      served(n).ttftSeconds <= limits.ttftSeconds &&
      served(n).tpotSeconds <= limits.tpotSeconds;
    const most = Array.from({ length: candidate.room }, (_, i) => i + 1)
      .filter(passes)
      .at(-1);
    const each = found.capacity / found.replicas;
    expect(each).toBeCloseTo(served(most as number).requestsPerSecond, 9);
  }
});
