/**
 * Which published price of a chip a plan uses when its user gives none. The rule: a price of the
 * region before one of the world; then the better grade; then what a plan of months is about, rental
 * before hourly, assumed, ownership and spot; then the newer; then the lower. None is made up.
 */
import type { Chip } from './chip.ts';
import { convertMoney, type OwnExchange } from './convert-money.ts';
import { type Grade, worstGrade } from './figure.ts';
import type { Currency, Price, Region } from './market.ts';
import { pricesTable } from './prices-table.ts';

export interface ChosenPrice {
  /** As published. */
  readonly price: Price;
  /** One chip for one hour, in `currency`. */
  readonly perHour: number;
  readonly currency: Currency;
  /** Of the price and, where it was converted, of the exchange rates. */
  readonly grade: Grade;
  /** Tags: of the price, and of the exchange rates that were used. */
  readonly sources: readonly string[];
}

const kinds: readonly Price['kind'][] = ['rental', 'on-demand', 'assumed', 'ownership', 'spot'];

export function defaultPrice(
  chip: Pick<Chip, 'id'>,
  region: Region,
  currency: Currency,
  exchange: OwnExchange = {},
): ChosenPrice | undefined {
  const price = pricesTable
    .filter((price) => price.chip === chip.id && [region, 'global'].includes(price.region))
    .sort((a, b) => compare(a, b, region))[0];
  if (price === undefined) return undefined;

  const money = convertMoney(price.perHour.value, price.currency, currency, exchange);
  return {
    price,
    perHour: money.amount,
    currency,
    grade: worstGrade([price.perHour.grade, ...money.rates.map((rate) => rate.grade)]),
    sources: [price.perHour.source, ...money.rates.map((rate) => rate.source)],
  };
}

function compare(a: Price, b: Price, region: Region): number {
  return (
    Number(b.region === region) - Number(a.region === region) ||
    a.perHour.grade.localeCompare(b.perHour.grade) ||
    kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
    b.perHour.date.localeCompare(a.perHour.date) ||
    a.perHour.value - b.perHour.value
  );
}
