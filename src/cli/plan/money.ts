/**
 * Money on the command line of `plan`: prices of chips, exchange rates, a budget. A month is a
 * twelfth of 365 days. Currencies are those of the planner; without one it is the plan's.
 */
import { InvalidArgumentError } from 'commander';
import type { Currency } from '../../planner/facts/market.ts';

export const currencies: readonly Currency[] = ['USD', 'CNY', 'EUR', 'VND'];
const signs: Readonly<Record<string, Currency>> = { $: 'USD', '¥': 'CNY', '€': 'EUR', '₫': 'VND' };

const hours = { h: 1, hour: 1, day: 24, month: 730, year: 8760 } as const;

export interface Money {
  readonly perHour: number;
  /** absent: the plan's. */
  readonly currency?: Currency;
}

/** `4/h`, `USD 2/h`, `2 USD/h`, `¥4/h`, `9000/month`. */
export function money(text: string): Money {
  const word = String.raw`([a-z]{3}|[$¥€₫])?\s*`;
  const form = new RegExp(
    String.raw`^${word}(\d{1,12}(?:\.\d{1,9})?)\s*${word}/\s*(h|hour|day|month|year)$`,
    'i',
  );
  const [, before, amount, after, unit] = form.exec(text.trim()) ?? [];
  const perHour = Number(amount) / hours[unit?.toLowerCase() as keyof typeof hours];
  if (!(perHour > 0) || (before && after)) {
    throw new InvalidArgumentError(
      'It must be money per hour, day, month or year, as in 4/h, USD 2/h or 9000/month.',
    );
  }
  const named = before ?? after;
  return named === undefined ? { perHour } : { perHour, currency: currency(named) };
}

export function currency(text: string): Currency {
  const name = signs[text] ?? text.toUpperCase();
  const known = currencies.find((code) => code === name);
  if (known) return known;
  throw new InvalidArgumentError(`A currency must be one of ${currencies.join(', ')}.`);
}

export type ChipPrices = ReadonlyMap<string, Money>;

/** `ascend-910b3=4/h`, one more. */
export function chipPrice(text: string, others: ChipPrices = new Map()): ChipPrices {
  const [, chip, price] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (chip === undefined || price === undefined) {
    throw new InvalidArgumentError('It must be chip=price, as in ascend-910b3=4/h.');
  }
  return new Map([...others, [chip.trim(), money(price)]]);
}

export type ExchangeRates = Readonly<Partial<Record<Currency, number>>>;

/** `CNY=7.1`: so many for one US dollar, one more. */
export function exchangeRate(text: string, others: ExchangeRates = {}): ExchangeRates {
  const [, name, value] = /^([^=]+)=(\d{1,9}(?:\.\d{1,9})?)$/.exec(text.replaceAll(' ', '')) ?? [];
  if (name === undefined || !(Number(value) > 0)) {
    throw new InvalidArgumentError('It must be what one US dollar buys, as in CNY=7.1.');
  }
  return { ...others, [currency(name)]: Number(value) };
}
