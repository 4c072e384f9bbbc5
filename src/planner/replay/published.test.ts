import { expect, test } from 'vitest';
import { publishedResults } from './published.ts';
import { benchMachine } from './published-bench-table.ts';
import { acceptanceOf } from './published-series.ts';
import { half } from './split.ts';
import { derivedThroughput } from './throughput.ts';

const usable = publishedResults.filter((result) => result.unusable === undefined);

/** Ids that models-table.ts and chips-table.ts have. */
const models = new Set([
  ...['deepseek-r1', 'deepseek-v2', 'deepseek-v2-lite', 'deepseek-v3', 'deepseek-v3.1'],
  ...['deepseek-v3.2', 'deepseek-v4-flash', 'deepseek-v4-pro', 'llama-3.1-70b'],
  ...['qwen3-8b', 'qwen3-30b-a3b', 'qwen3-32b', 'r1-distill-qwen-1.5b', 'r1-distill-qwen-7b'],
  ...['r1-distill-qwen-14b', 'r1-distill-qwen-32b', 'r1-distill-llama-8b'],
]);
const chips = new Set([
  ...[
    'a100',
    'h20',
    'h100',
    'h200',
    'h800',
    'b200',
    'b300',
    'gb200',
    'gb300',
    'rtx-4090',
    'mi300x',
  ],
  ...['ascend-910b3', 'ascend-910c', 'mt-s5000', 'mt-s80', 'enflame-s60', 'kunlun-p800'],
  ...['iluvatar-mr-v100'],
]);

/** Chips of a canonical layout; undefined where it is not one. */
function chipsOfCanonical(layout: string): number | undefined {
  const groups = /^prefill:([^,]+),decode:([^,]+)$/.exec(layout)?.slice(1) ?? [layout];
  let total = 0;
  for (const group of groups) {
    const parts = /^(tp\d+)?(pp\d+)?(dp\d+)?(ep\d+)?(x\d+)?$/.exec(group);
    if (!parts) return undefined;
    const [tp, pp, dp, ep, copies] = parts.slice(1).map((part) => part && Number(part.slice(2)));
    const count = parts[5] ? Number(parts[5].slice(1)) : 1;
    const isBare = pp === undefined && dp === undefined && ep === undefined;
    if (tp === 1 && !isBare) return undefined;
    if ([pp, dp, ep].includes(1) || (copies !== undefined && count < 2)) return undefined;
    const ranks = ((tp as number) ?? 1) * ((dp as number) ?? 1);
    if (ep !== undefined && ranks % (ep as number) !== 0) return undefined;
    total += ranks * ((pp as number) ?? 1) * count;
  }
  return total;
}

test('every result has an id of its own', () => {
  expect(new Set(publishedResults.map(({ id }) => id)).size).toBe(publishedResults.length);
});

test('points of a curve differ in concurrency only, and lie in one half', () => {
  const curves = Map.groupBy(publishedResults, ({ curve }) => curve);
  for (const [curve, points] of curves) {
    const runs = points.map(({ model, chip, chips: count, engine, layout, inTokens, outTokens }) =>
      JSON.stringify([model, chip, count, engine, layout, inTokens, outTokens]),
    );
    expect(new Set(runs).size, curve).toBe(1);
    expect(new Set(points.map((point) => point.concurrency)).size, curve).toBe(points.length);
    expect(new Set(points.map((point) => half(point.curve))).size, curve).toBe(1);
  }
});

test('there are far more results than the survey they began with, and both halves are wide', () => {
  expect(publishedResults.filter(({ source }) => source === 'AIC-CSV').length).toBeGreaterThan(80);
  expect(usable.length).toBeGreaterThan(500);
  const fit = usable.filter(({ curve }) => half(curve) === 'fit').length / usable.length;
  expect(fit).toBeGreaterThan(0.4);
  expect(fit).toBeLessThan(0.6);
});

test('a layout is canonical and its chips are the chips of the result', () => {
  for (const { id, layout, chips: count } of publishedResults) {
    expect(chipsOfCanonical(layout), `${id}: ${layout}`).toBe(count);
  }
});

test('the check of layouts refuses what is not canonical', () => {
  for (const wrong of [
    'tp8dp1',
    'ep8dp8',
    'tp1dp8ep8',
    'tp8x1',
    'decode:tp8,prefill:tp8',
    'dp8ep3',
  ]) {
    expect(chipsOfCanonical(wrong), wrong).toBeUndefined();
  }
});

test('usable results name models and chips of the planner and miss nothing that it needs', () => {
  for (const result of usable) {
    expect(models, result.id).toContain(result.model);
    expect([...chips, benchMachine.id], result.id).toContain(result.chip);
    expect(result.inTokens, result.id).toBeGreaterThan(0);
    if (result.phase !== 'prefill') expect(result.concurrency, result.id).toBeGreaterThan(0);
    if (result.phase === 'serve') expect(result.outTokens, result.id).toBeGreaterThan(0);
    expect(Object.values(result.measured).length, result.id).toBeGreaterThan(0);
  }
  for (const result of publishedResults) {
    for (const value of Object.values(result.measured)) expect(value, result.id).toBeGreaterThan(0);
  }
});

test('tokens/s that follow from the latencies are within 3 % of those that are printed', () => {
  let compared = 0;
  for (const result of publishedResults) {
    const derived = derivedThroughput(result);
    const printed = result.measured.outputTokensPerSecond;
    if (derived === undefined || printed === undefined) continue;
    expect(Math.abs(derived / printed - 1), result.id).toBeLessThan(0.03);
    compared++;
  }
  expect(compared).toBeGreaterThan(25);
});

test('runs that InferenceX served with drafts are not held against the planner', () => {
  const speculative = publishedResults.filter(({ unusable }) => unusable?.includes('IX-LOG'));
  expect(speculative.length).toBeGreaterThan(20);
  expect(speculative.every(({ engine }) => engine === 'trtllm')).toBe(true);
});

test('acceptance is found from what a step yields', () => {
  const [p, q] = acceptanceOf(2.547, 2) as [number, number];
  expect(p).toBe(q);
  expect(1 + p + p * q).toBeCloseTo(2.547, 2);
  expect(acceptanceOf(1.7, 1)).toEqual([0.7]);
});
