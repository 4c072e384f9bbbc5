/**
 * A plan's question with names looked up and numbers checked. Refuses what is no question: unknown
 * names, a load that is none, money that buys nothing.
 */
import { error } from '../../base/errors.ts';
import type { Chip } from '../facts/chip.ts';
import { chipsTable } from '../facts/chips-table.ts';
import type { Engine } from '../facts/engine.ts';
import { exchangeTable } from '../facts/exchange-table.ts';
import { findChip } from '../facts/find-chip.ts';
import { findModel } from '../facts/find-model.ts';
import { findPrecision } from '../facts/find-precision.ts';
import type { Currency, Region } from '../facts/market.ts';
import type { PrecisionId } from '../facts/precision.ts';
import type { ServedModel } from '../facts/served-model.ts';
import type { PlanQuestion } from '../plan-answer.ts';
import { engineOf, releaseNotes } from '../resolve-deployment.ts';
import type { Demand } from './demand.ts';

export interface AskedChip {
  readonly chip: Chip;
  /** At most so many. */
  readonly count?: number;
}

export interface Money {
  readonly amount: number;
  readonly currency: Currency;
}

export interface Asked {
  readonly model: ServedModel;
  readonly mtpAcceptance: readonly number[];
  readonly load: Demand['load'];
  readonly ttftSeconds: number;
  readonly tpotSeconds: number;
  readonly rate?: number;
  readonly chips: readonly AskedChip[];
  /** true: few chips, of which more than the cheapest way is wanted. */
  readonly isComparison: boolean;
  readonly engine?: Engine;
  readonly release?: string;
  readonly precision?: PrecisionId;
  readonly region: Region;
  readonly currency: Currency;
  readonly prices: ReadonlyMap<string, Money>;
  readonly exchange: Readonly<Partial<Record<Currency, number>>>;
  readonly budgetPerHour?: number;
  /** What of the question was set aside. */
  readonly notes: readonly string[];
}

/** So many named chips are compared in detail. */
const mostCompared = 3;
const most = { tokens: 10_000_000, rate: 1e6, chips: 100_000, ms: 1e9, money: 1e12 };

export function askedOf(question: PlanQuestion): Asked {
  const model = findModel(question.model);
  checkLoad(question, model);
  const chips = chipsOf(question);
  if (question.rate === undefined && question.budgetPerHour === undefined) {
    const endless = chips.find(({ count }) => count === undefined);
    if (endless) {
      throw error('invalid_option', {
        name: 'rate',
        found: 'none',
        expected: `requests per second, or how many chips (${endless.chip.id}:16), or a budget`,
      });
    }
  }
  const { engine, release } = engineOf(question.engine);
  const region = question.region ?? 'global';
  return {
    model,
    mtpAcceptance: model.mtp ? (question.mtpAcceptance ?? []) : [],
    load: {
      inTokens: question.inTokens,
      outTokens: question.outTokens,
      cacheHit: question.cacheHit ?? 0,
    },
    ttftSeconds: (question.ttftMs ?? Number.POSITIVE_INFINITY) / 1e3,
    tpotSeconds: (question.tpotMs ?? Number.POSITIVE_INFINITY) / 1e3,
    ...(question.rate !== undefined && { rate: question.rate }),
    chips,
    isComparison: question.chips !== undefined && chips.length <= mostCompared,
    ...(engine && { engine }),
    ...(release !== undefined && { release }),
    ...(question.precision !== undefined && { precision: findPrecision(question.precision).id }),
    region,
    currency: question.currency ?? (region === 'cn' ? 'CNY' : 'USD'),
    prices: ownPrices(question),
    exchange: question.exchange ?? {},
    ...(question.budgetPerHour !== undefined && { budgetPerHour: question.budgetPerHour }),
    notes: [
      ...(question.mtpAcceptance && !model.mtp ? ['the model has nothing to draft with'] : []),
      ...releaseNotes(engine, release),
    ],
  };
}

/** Each once; a machine's own processor is asked for by `predict`. */
function chipsOf({ chips }: PlanQuestion): AskedChip[] {
  if (chips === undefined) return chipsTable.map((chip) => ({ chip }));
  if (chips.length === 0) {
    throw error('invalid_option', { name: 'chips', found: 'none', expected: 'at least one chip' });
  }
  const found = new Map<string, AskedChip>();
  for (const { chip: name, count } of chips) {
    const chip = findChip(name);
    if (count !== undefined) {
      within(`chips of ${chip.id}`, count, 1, most.chips);
      if (!Number.isInteger(count)) {
        throw error('invalid_option', { name: 'chips', found: count, expected: 'a whole number' });
      }
    }
    found.set(chip.id, { chip, ...(count !== undefined && { count }) });
  }
  return [...found.values()];
}

function ownPrices({ prices = {} }: PlanQuestion): Map<string, Money> {
  return new Map(
    Object.entries(prices).map(([name, money]) => {
      const { id } = findChip(name);
      within(`price of ${id}`, money.amount, 0, most.money);
      known(`currency of ${id}`, money.currency, currencies);
      return [id, money];
    }),
  );
}

function checkLoad(question: PlanQuestion, model: ServedModel): void {
  const { inTokens, outTokens, rate, ttftMs, tpotMs, budgetPerHour, exchange = {} } = question;
  within('in', inTokens, 1, most.tokens);
  within('out', outTokens, 1, most.tokens);
  if (rate !== undefined) positive('rate', rate, most.rate);
  if (ttftMs !== undefined) positive('ttft', ttftMs, most.ms);
  if (tpotMs !== undefined) positive('tpot', tpotMs, most.ms);
  if (budgetPerHour !== undefined) positive('budget', budgetPerHour, most.money);
  within('cache-hit', question.cacheHit ?? 0, 0, 0.999);
  for (const acceptance of question.mtpAcceptance ?? []) within('mtp', acceptance, 0, 1);
  for (const [currency, perDollar] of Object.entries(exchange)) {
    known('exchange', currency, currencies);
    positive(`exchange of ${currency}`, perDollar, most.money);
  }
  known('currency', question.currency ?? 'USD', currencies);
  known('region', question.region ?? 'global', regions);
  const context = inTokens + outTokens;
  if (context <= model.contextTokens) return;
  const { name, contextTokens } = model;
  throw error('plan_context', { model: name, found: context, expected: contextTokens });
}

const regions: readonly string[] = ['global', 'us', 'cn'] satisfies Region[];
const currencies: readonly string[] = ['USD', ...exchangeTable.map(({ currency }) => currency)];

/** For programs that no compiler checked. */
function known(name: string, found: string, all: readonly string[]): void {
  if (all.includes(found)) return;
  throw error('invalid_option', { name, found, expected: `one of ${all.join(', ')}` });
}

/** Not a number is not within. */
function within(name: string, found: number, least: number, largest: number): void {
  if (found >= least && found <= largest) return;
  throw error('invalid_option', { name, found, expected: `${least} to ${largest}` });
}

function positive(name: string, found: number, largest: number): void {
  if (found > 0 && found <= largest) return;
  throw error('invalid_option', { name, found, expected: `more than 0, at most ${largest}` });
}
