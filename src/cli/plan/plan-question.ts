/**
 * From what is said on the command line of `plan` to the planner's question. What is not said of
 * the load is assumed, and told with the answer.
 */
import { error } from '../../base/errors.ts';
import type { Currency, Region } from '../../planner/facts/market.ts';
import type { PlanQuestion } from '../../planner/plan-answer.ts';
import type { ChipWish } from './chip-list.ts';
import type { ChipPrices, ExchangeRates, Money } from './money.ts';

/** As the command line has them. */
export interface PlanOptions {
  readonly rate?: number;
  readonly in?: number;
  readonly out?: number;
  readonly ttft?: number;
  readonly tpot?: number;
  readonly cacheHit?: number;
  readonly mtp?: readonly number[];
  readonly region?: Region;
  readonly currency?: Currency;
  readonly price?: ChipPrices;
  readonly exchange?: ExchangeRates;
  readonly chips?: readonly ChipWish[];
  readonly compare?: readonly ChipWish[];
  readonly budget?: Money;
  readonly engine?: string;
  readonly precision?: string;
}

export const assumedLoad = { rate: 1, inTokens: 2000, outTokens: 800 } as const;

export interface AskedPlan {
  readonly question: PlanQuestion;
  /** What was not said, in words. */
  readonly assumed: readonly string[];
}

export function planQuestion(model: string, options: PlanOptions): AskedPlan {
  const { ttft, tpot, cacheHit, mtp, region, exchange, engine, precision, budget } = options;
  const chips = options.chips ?? options.compare;
  const currency = currencyOf(options);
  const isOpenEnded = budget !== undefined || chips?.some(({ count }) => count !== undefined);
  const rate = options.rate ?? (isOpenEnded ? undefined : assumedLoad.rate);
  const { in: inTokens = assumedLoad.inTokens, out: outTokens = assumedLoad.outTokens } = options;
  const assumed = [
    ...(options.rate === undefined && rate !== undefined ? [`${rate} request/s (--rate)`] : []),
    ...(options.in === undefined ? [`prompts of ${inTokens} tokens (--in)`] : []),
    ...(options.out === undefined ? [`replies of ${outTokens} tokens (--out)`] : []),
    ...(ttft === undefined ? ['no limit on TTFT (--ttft)'] : []),
    ...(tpot === undefined ? ['no limit on TPOT (--tpot)'] : []),
  ];
  const said = {
    ...{ rate, ttftMs: ttft, tpotMs: tpot, cacheHit, mtpAcceptance: mtp, region, currency },
    ...{ exchange, chips, engine, precision, budgetPerHour: budget?.perHour },
    prices: options.price && pricesIn(options.price, currency ?? regionalCurrency(region)),
  };
  const given = Object.entries(said).filter(([, value]) => value !== undefined);
  return { question: { model, inTokens, outTokens, ...Object.fromEntries(given) }, assumed };
}

/** Of the plan: as asked, or that of the budget. */
function currencyOf({ currency, budget }: PlanOptions): Currency | undefined {
  if (currency && budget?.currency && currency !== budget.currency) {
    const expected = `the plan's currency, ${currency}`;
    throw error('invalid_option', { name: 'budget', found: budget.currency, expected });
  }
  return currency ?? budget?.currency;
}

/** Where none is asked for. */
export const regionalCurrency = (region: Region | undefined): Currency =>
  region === 'cn' ? 'CNY' : 'USD';

function pricesIn(prices: ChipPrices, currency: Currency): NonNullable<PlanQuestion['prices']> {
  return Object.fromEntries(
    [...prices].map(([chip, { perHour, currency: own = currency }]) => [
      chip,
      { amount: perHour, currency: own },
    ]),
  );
}
