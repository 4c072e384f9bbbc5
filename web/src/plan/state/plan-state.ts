/** What the reader asks of the planner and how the answer is looked at; all of it is in the address. */
import type { CostAxis, LatencyAxis } from '../../../../src/planner/charts/pareto-points.ts';
import type { Currency, Region } from '../../../../src/planner/facts/market.ts';
import type { PlanQuestion } from '../../../../src/planner/plan-answer.ts';
import type { NumberRange } from '../../state/settings.ts';

export const regions = ['global', 'us', 'cn'] as const satisfies readonly Region[];
export const currencies = ['USD', 'CNY', 'EUR', 'VND'] as const satisfies readonly Currency[];
export const latencyAxes = ['tpot', 'ttft', 'latency'] as const satisfies readonly LatencyAxis[];
export const costAxes = ['cost', 'chips'] as const satisfies readonly CostAxis[];
export const sortKeys = [
  ...['rank', 'chip', 'chips', 'ttft', 'tpot', 'speed', 'cost', 'hour', 'power', 'grade'],
] as const;
export type SortKey =
  | 'rank'
  | 'chip'
  | 'chips'
  | 'ttft'
  | 'tpot'
  | 'speed'
  | 'cost'
  | 'hour'
  | 'power'
  | 'grade';

export interface OwnPrice {
  readonly amount: number;
  readonly currency: Currency;
}

export interface PlanState {
  readonly model: string;
  readonly rate: number;
  readonly inTokens: number;
  readonly outTokens: number;
  /** undefined = no limit. */
  readonly ttftMs: number | undefined;
  readonly tpotMs: number | undefined;
  readonly cacheHit: number;
  /** Of each further token; empty = without multi-token prediction. */
  readonly mtp: readonly number[];
  readonly region: Region;
  /** undefined = that of the region's prices. */
  readonly currency: Currency | undefined;
  readonly prices: Readonly<Record<string, OwnPrice>>;
  readonly x: LatencyAxis;
  readonly y: CostAxis;
  readonly sort: SortKey;
  readonly isDescending: boolean;
  /** Whose detail is open. */
  readonly chip: string | undefined;
}

export const planRanges = {
  rate: { min: 0.01, max: 10_000, isInteger: false },
  inTokens: { min: 1, max: 1_000_000, isInteger: true },
  outTokens: { min: 2, max: 1_000_000, isInteger: true },
  ttftMs: { min: 10, max: 600_000, isInteger: false },
  tpotMs: { min: 1, max: 10_000, isInteger: false },
  share: { min: 0, max: 1, isInteger: false },
  price: { min: 0, max: 1_000_000_000, isInteger: false },
} as const satisfies Record<string, NumberRange>;

export const maxMtpTokens = 4;

export const planDefaults: PlanState = {
  ...{ model: 'deepseek-r1', rate: 20, inTokens: 2000, outTokens: 800 },
  ...{ ttftMs: 2000, tpotMs: 50, cacheHit: 0, mtp: [] },
  ...{ region: 'global', currency: undefined, prices: {} },
  ...{ x: 'tpot', y: 'cost', sort: 'rank', isDescending: false, chip: undefined },
};

/** That prices are typed in. */
export function currencyOf({ currency, region }: PlanState): Currency {
  return currency ?? (region === 'cn' ? 'CNY' : 'USD');
}

export function questionOf(state: PlanState): PlanQuestion {
  const { model, rate, inTokens, outTokens, ttftMs, tpotMs, cacheHit, mtp } = state;
  const { region, currency, prices } = state;
  return {
    ...{ model, rate, inTokens, outTokens, region },
    ...(ttftMs !== undefined && { ttftMs }),
    ...(tpotMs !== undefined && { tpotMs }),
    ...(cacheHit > 0 && { cacheHit }),
    ...(mtp.length > 0 && { mtpAcceptance: mtp }),
    ...(currency !== undefined && { currency }),
    ...(Object.keys(prices).length > 0 && { prices }),
  };
}
