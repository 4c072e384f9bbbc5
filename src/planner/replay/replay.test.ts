import { expect, test } from 'vitest';
import { fittedErrors } from '../factors/fitted-errors-table.ts';
import { casesOf } from './cases.ts';
import { publishedResults } from './published.ts';
import { errorTable, medianError, quantile, replay } from './replay.ts';

const rows = replay(casesOf(publishedResults));
const unseen = rows.filter(({ half }) => half === 'check');

test('the unseen half is predicted as well as it has to be', () => {
  expect(unseen.length).toBeGreaterThan(250);
  expect(medianError(unseen, 'tpot')).toBeLessThan(0.25);
  expect(medianError(unseen, 'throughput')).toBeLessThan(0.25);
  expect(medianError(unseen, 'ttft')).toBeLessThan(0.4);
});

test('so are the DeepSeek models in it', () => {
  const deepseek = unseen.filter(({ result }) => result.model.startsWith('deepseek'));
  expect(deepseek.length).toBeGreaterThan(100);
  expect(medianError(deepseek, 'tpot')).toBeLessThan(0.25);
  expect(medianError(deepseek, 'throughput')).toBeLessThan(0.25);
  expect(medianError(deepseek, 'ttft')).toBeLessThan(0.4);
});

test('every usable result has something to compare, and nothing is not a number', () => {
  for (const { result, ratios } of rows) {
    const found = Object.values(ratios);
    expect(found.length, result.id).toBeGreaterThan(0);
    for (const ratio of found) expect(Number.isFinite(ratio) && ratio > 0, result.id).toBe(true);
  }
});

test('the committed error bars are those of the committed factors', () => {
  expect(errorTable(rows)).toEqual(fittedErrors);
});

test('error bars hold eight of ten unseen results', () => {
  for (const [family, errors] of Object.entries(fittedErrors)) {
    const ratios = unseen
      .filter(({ deployment }) => deployment.chip.family === family)
      .map((row) => row.ratios.throughput)
      .filter((ratio) => ratio !== undefined);
    if (ratios.length < 20) continue;
    const { low, high } = errors.throughput;
    const within = ratios.filter((ratio) => ratio >= low * 0.999 && ratio <= high * 1.001);
    // Quantiles lie between two results and are rounded: a few more or less may be inside.
    expect(within.length, family).toBeGreaterThanOrEqual(0.8 * ratios.length - 2);
    expect(within.length, family).toBeLessThanOrEqual(0.8 * ratios.length + 2);
  }
});

test('quantiles lie between the two nearest', () => {
  expect(quantile([], 0.5)).toBeUndefined();
  expect(quantile([3], 0.9)).toBe(3);
  expect(quantile([4, 1, 2, 3], 0.5)).toBe(2.5);
  expect(quantile([0, 10], 0.1)).toBe(1);
});
