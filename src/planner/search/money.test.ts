import { expect, test } from 'vitest';
import { findChip } from '../facts/find-chip.ts';
import type { PlanQuestion } from '../plan-answer.ts';
import type { Prediction } from '../prediction.ts';
import { askedOf } from './asked.ts';
import { chipPriceOf, costOf } from './money.ts';

const question: PlanQuestion = { model: 'deepseek-r1', rate: 1, inTokens: 2000, outTokens: 500 };
const priceOf = (chip: string, more: Partial<PlanQuestion> = {}) =>
  chipPriceOf(findChip(chip), askedOf({ ...question, ...more }));

test('cost by hand: 16 chips at 2 an hour, 10 requests a second, a quarter of the time prompts', () => {
  const price = priceOf('h800', { prices: { h800: { amount: 2, currency: 'USD' } } });
  if (price === undefined) throw new Error('a price was given');
  const prediction = { promptShare: 0.25 } as Prediction;
  const cost = costOf(price, 'USD', { prediction, chips: 16, rate: 10 }, question);
  // An hour: 72 million prompt tokens and 18 million of replies for 32 dollars.
  expect(cost.perHour).toBe(32);
  expect(cost.perMillionInput).toBeCloseTo((32 * 0.25) / 72, 12);
  expect(cost.perMillionOutput).toBeCloseTo((32 * 0.75) / 18, 12);
  expect(cost.perMillionOutputAll).toBeCloseTo(32 / 18, 12);
  expect([cost.chipHour, cost.priceSource, cost.priceGrade]).toEqual([2, 'yours', 'yours']);
});

test("one's own price comes first, by any name of the chip, in any currency", () => {
  const own = priceOf('ascend-910b3', {
    prices: { 'Ascend 910B3': { amount: 7, currency: 'CNY' } },
    exchange: { CNY: 7 },
  });
  expect(own?.perHour).toBeCloseTo(1, 12);
  expect(own?.sources).toEqual([]);
});

test("a published price is converted at a dated rate, or at one's own", () => {
  const published = priceOf('mt-s5000', { region: 'cn' });
  expect(published).toMatchObject({ perHour: 8, grade: 'C' });
  const dollars = priceOf('mt-s5000', { region: 'cn', currency: 'USD' });
  expect(dollars?.perHour).toBeCloseTo(8 / 7.0064, 6);
  expect(dollars?.sources).toContain('FX-CNY');
  const own = priceOf('mt-s5000', { region: 'cn', currency: 'USD', exchange: { CNY: 8 } });
  expect(own?.perHour).toBe(1);
  expect(own?.sources).not.toContain('FX-CNY');
});

test('the region chooses the price, and the currency with it; none is made up', () => {
  expect(askedOf({ ...question, region: 'cn' }).currency).toBe('CNY');
  expect(askedOf(question).currency).toBe('USD');
  expect(priceOf('h20', { region: 'us' })).toBeUndefined();
  expect(priceOf('mt-s5000')).toBeUndefined();
  expect(priceOf('mt-s5000', { region: 'cn' })?.notes.join()).not.toContain('not of cn');
  expect(priceOf('h100', { region: 'cn' })?.notes.join()).toContain('not of cn');
  expect(priceOf('h20', { region: 'cn' })).toBeUndefined();
});
