/**
 * What has to hold whatever is asked: over random chips, models, layouts and loads, from a seed. In a
 * closed circle of clients a faster phase sends more of them to the other one, so that with prompts and
 * replies apart it is the rate that never falls, and together each latency as well.
 */
import { expect, test } from 'vitest';
import { SampanError } from '../base/errors.ts';
import type { Chip } from './facts/chip.ts';
import { chipsTable } from './facts/chips-table.ts';
import { modelsTable } from './facts/models-table.ts';
import { supports } from './facts/supports.ts';
import { parallelismText } from './layout.ts';
import { type PlanQuestion, type PredictQuestion, plan, predict } from './plan.ts';

import type { Prediction } from './prediction.ts';
import { parallelisms } from './search/candidates.ts';

/** Numbers from 0 to 1, the same for the same seed. */
function randomsOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomsOf(20_260);
const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
/** Small and large numbers alike. */
const spread = (least: number, most: number) => Math.round(least * (most / least) ** random());

interface Case {
  readonly chip: Chip;
  readonly question: PredictQuestion;
  readonly answer: Prediction;
}

function randomCase(): Case | undefined {
  const [chip, model] = [pick(chipsTable), pick(modelsTable)];
  const rows = supports(chip, model);
  if (rows.length === 0) return undefined;
  const row = pick(rows);
  const all = parallelisms(model, chip);
  const group = () => `${parallelismText(pick(all))}x${spread(1, 8)}`;
  const context = Math.min(model.contextTokens, 60_000);
  const question: PredictQuestion = {
    ...{ model: model.id, chips: chip.id, engine: row.engine, precision: pick(row.precisions) },
    layout: random() < 0.6 ? group() : `prefill:${group()},decode:${group()}`,
    ...{ inTokens: spread(1, context / 4), outTokens: spread(2, context / 4) },
    concurrency: spread(1, 4000),
    cacheHit: random() < 0.3 ? 0.95 * random() : 0,
    ...(model.mtp && random() < 0.3 && { mtpAcceptance: [random()] }),
  };
  try {
    return { chip, question, answer: predict(question) };
  } catch (cause) {
    if (cause instanceof SampanError) return undefined; // refused: no room, or a figure is missing
    throw cause;
  }
}

const cases: Case[] = [];
while (cases.length < 400) {
  const found = randomCase();
  if (found) cases.push(found);
}

type Improved = 'bandwidth' | 'compute' | 'neighbours' | 'network';

function improved(chip: Chip, what: Improved, by: number): Chip {
  const more = <F extends { readonly value: number }>(figure: F): F => ({
    ...figure,
    value: figure.value * by,
  });
  const { bandwidthGbs, scaleUp, scaleOut } = chip;
  if (what === 'bandwidth')
    return { ...chip, ...(bandwidthGbs && { bandwidthGbs: more(bandwidthGbs) }) };
  if (what === 'neighbours') {
    return { ...chip, ...(scaleUp && { scaleUp: { ...scaleUp, gbs: more(scaleUp.gbs) } }) };
  }
  if (what === 'network') {
    return { ...chip, ...(scaleOut && { scaleOut: { ...scaleOut, gbs: more(scaleOut.gbs) } }) };
  }
  const rates = Object.entries(chip.rates).map(([type, rate]) => [
    type,
    rate === 'none' ? rate : more(rate),
  ]);
  return { ...chip, rates: Object.fromEntries(rates) };
}

/** Roots that are found by halving are as close as this. */
const alike = 1e-6;
const notAbove = (found: number, bound: number, said: string) =>
  expect(found, said).toBeLessThanOrEqual(bound * (1 + alike));
const told = (question: PredictQuestion, what: string) => `${what}: ${JSON.stringify(question)}`;
const isTogether = ({ question }: Case) => !question.layout?.startsWith('prefill');

test.each(['bandwidth', 'compute', 'neighbours', 'network'] as const)(
  'more %s is never slower',
  (what) => {
    for (const one of cases) {
      const { chip, question, answer } = one;
      const better = predict({ ...question, machine: improved(chip, what, 1 + 2 * random()) });
      const said = told(question, what);
      notAbove(answer.requestsPerSecond, better.requestsPerSecond, said);
      if (!isTogether(one)) continue;
      notAbove(better.tpotMs, answer.tpotMs, said);
      notAbove(better.ttftMs, answer.ttftMs, said);
    }
  },
);

test('a longer prompt never has a lower TTFT where both run on the same chips', () => {
  let compared = 0;
  for (const { question, answer } of cases.filter(isTogether)) {
    const longer = { ...question, inTokens: question.inTokens + spread(1, 10_000) };
    try {
      notAbove(answer.ttftMs, predict(longer).ttftMs, told(question, `${longer.inTokens} in`));
      compared++;
    } catch (cause) {
      if (!(cause instanceof SampanError)) throw cause; // it does not fit any more
    }
  }
  expect(compared).toBeGreaterThan(150);
});

/** Fewest clients that make so many requests a second; undefined: it does not carry them. */
function clientsAt(question: PredictQuestion, rate: number): number | undefined {
  const rateOf = (concurrency: number) => predict({ ...question, concurrency }).requestsPerSecond;
  let [low, high] = [1, question.concurrency * 100];
  if (rateOf(high) < rate) return undefined;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (rateOf(middle) < rate) low = middle;
    else high = middle;
  }
  return high;
}

test('apart a longer prompt never has a lower TTFT at the same rate of requests', () => {
  let compared = 0;
  for (const { question, answer } of cases.filter((one) => !isTogether(one)).slice(0, 120)) {
    const longer = { ...question, inTokens: question.inTokens + spread(1, 2000) };
    const rate = answer.requestsPerSecond * 0.8;
    try {
      const [few, more] = [clientsAt(question, rate), clientsAt(longer, rate)];
      if (few === undefined || more === undefined) continue;
      const { ttftMs } = predict({ ...question, concurrency: few });
      const found = predict({ ...longer, concurrency: more }).ttftMs;
      notAbove(ttftMs, found * (1 + 1e-4), told(question, `${longer.inTokens} in at ${rate}/s`));
      compared++;
    } catch (cause) {
      if (!(cause instanceof SampanError)) throw cause; // it does not fit any more
    }
  }
  expect(compared).toBeGreaterThan(40);
});

test('more clients never get more each, and a fuller prefix cache never less', () => {
  for (const { question, answer } of cases) {
    const { concurrency, cacheHit = 0 } = question;
    const more = predict({ ...question, concurrency: concurrency + spread(1, 3000) });
    const each = ({ requestsPerSecond, concurrency }: Prediction) =>
      requestsPerSecond / concurrency;
    notAbove(each(more), each(answer), told(question, `${more.concurrency} clients`));
    const cached = predict({ ...question, cacheHit: cacheHit + (0.99 - cacheHit) * random() });
    notAbove(answer.requestsPerSecond, cached.requestsPerSecond, told(question, 'cached'));
  }
});

test('every number is one, and lies within its range', () => {
  for (const { question, answer } of cases) {
    for (const number of numbersIn(answer)) {
      expect(number, told(question, 'a number')).toBeGreaterThanOrEqual(0);
      expect(number).toBeLessThan(Number.POSITIVE_INFINITY);
    }
    for (const key of ['ttftMs', 'tpotMs', 'outputTokensPerSecondPerChip'] as const) {
      expect(answer.low[key], told(question, key)).toBeLessThan(answer.high[key]);
      notAbove(answer.low[key], answer[key], told(question, key));
      notAbove(answer[key], answer.high[key], told(question, key));
    }
  }
});

test('of a plan: a looser limit takes no more chips, a double rate no fewer; money follows the price', () => {
  let planned = 0;
  for (const { chip, question } of cases.slice(0, 40)) {
    const { inTokens, outTokens, engine = '', precision = '' } = question;
    const amount = 0.5 + 9 * random();
    const asked = (rate: number, limit: number, times: number): PlanQuestion => ({
      ...{ model: String(question.model), inTokens, outTokens, engine, precision, rate },
      ...{ ttftMs: 5000 * limit, tpotMs: 100 * limit, chips: [{ chip: chip.id }] },
      prices: { [chip.id]: { amount: amount * times, currency: 'USD' } },
    });
    const rate = spread(1, 300);
    const [row] = plan(asked(rate, 1, 1)).rows;
    if (row === undefined) continue;
    planned++;
    const said = told(question, `${rate} requests/s`);
    expect(plan(asked(rate, 1.5, 1)).rows[0]?.chips, said).toBeLessThanOrEqual(row.chips);
    expect(plan(asked(2 * rate, 1, 1)).rows[0]?.chips, said).toBeGreaterThanOrEqual(row.chips);
    const dearer = plan(asked(rate, 1, 3)).rows[0]?.cost;
    expect(dearer?.perHour, said).toBeCloseTo(3 * (row.cost?.perHour as number), 6);
    expect(dearer?.perMillionOutput).toBeCloseTo(3 * (row.cost?.perMillionOutput as number), 6);
  }
  expect(planned).toBeGreaterThan(15);
});

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(numbersIn);
}
