import { expect, test } from 'vitest';
import { planQuestion } from './plan-question.ts';

test('what is said is asked, and nothing else', () => {
  const { question, assumed } = planQuestion('deepseek-r1', {
    ...{ rate: 20, in: 2000, out: 800, ttft: 2000, tpot: 50, cacheHit: 0.5, mtp: [0.7] },
    ...{ region: 'cn', currency: 'CNY', exchange: { CNY: 7.1 }, engine: 'sglang' },
    chips: [{ chip: 'h20', count: 16 }],
    price: new Map([
      ['h20', { perHour: 4 }],
      ['l20', { perHour: 1, currency: 'USD' }],
    ]),
  });
  expect(question).toEqual({
    ...{ model: 'deepseek-r1', rate: 20, inTokens: 2000, outTokens: 800, ttftMs: 2000, tpotMs: 50 },
    ...{ cacheHit: 0.5, mtpAcceptance: [0.7], region: 'cn', currency: 'CNY', engine: 'sglang' },
    exchange: { CNY: 7.1 },
    chips: [{ chip: 'h20', count: 16 }],
    prices: { h20: { amount: 4, currency: 'CNY' }, l20: { amount: 1, currency: 'USD' } },
  });
  expect(assumed).toEqual([]);
});

test('what is not said of the load is assumed, and told', () => {
  const { question, assumed } = planQuestion('deepseek-r1', {});
  expect(question).toEqual({ model: 'deepseek-r1', rate: 1, inTokens: 2000, outTokens: 800 });
  expect(assumed).toHaveLength(5);
  expect(assumed).toContain('1 request/s (--rate)');
});

test('with a number of chips, or a budget, the rate is what is asked for', () => {
  const counted = planQuestion('m', { chips: [{ chip: 'h20', count: 8 }] });
  expect(counted.question.rate).toBeUndefined();
  const bought = planQuestion('m', { budget: { perHour: 100 } });
  expect(bought.question).toMatchObject({ budgetPerHour: 100 });
  expect(bought.question.rate).toBeUndefined();
  expect(planQuestion('m', { compare: [{ chip: 'h20' }] }).question.rate).toBe(1);
});

test('a price without a currency is in that of the plan, of the budget, of the region', () => {
  const price = new Map([['h20', { perHour: 4 }]]);
  const currencyOf = (options: Parameters<typeof planQuestion>[1]) =>
    planQuestion('m', { price, ...options }).question.prices?.h20?.currency;
  expect(currencyOf({})).toBe('USD');
  expect(currencyOf({ region: 'cn' })).toBe('CNY');
  expect(currencyOf({ region: 'cn', currency: 'EUR' })).toBe('EUR');
  expect(currencyOf({ budget: { perHour: 1, currency: 'VND' } })).toBe('VND');
});

test('a budget in another currency than the plan is refused', () => {
  const options = { currency: 'CNY', budget: { perHour: 1, currency: 'USD' } } as const;
  expect(() => planQuestion('m', options)).toThrow(
    "Option budget: found USD, expected the plan's currency, CNY",
  );
});
