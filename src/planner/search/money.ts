/** What a chip costs and what that makes of a token. No price is made up: without one, no cost. */
import type { Chip } from '../facts/chip.ts';
import { convertMoney } from '../facts/convert-money.ts';
import { defaultPrice } from '../facts/default-price.ts';
import type { Currency } from '../facts/market.ts';
import type { Cost } from '../plan-answer.ts';
import type { Prediction } from '../prediction.ts';
import type { Asked } from './asked.ts';

export interface ChipPrice {
  /** One chip for one hour, in the currency of the question. */
  readonly perHour: number;
  readonly source: string;
  readonly date: string;
  readonly grade: Cost['priceGrade'];
  /** Tags, of exchange rates too. */
  readonly sources: readonly string[];
  readonly notes: readonly string[];
}

/** A user's own price before a published one. */
export function chipPriceOf(chip: Chip, asked: Asked): ChipPrice | undefined {
  const { region, currency, exchange } = asked;
  const own = asked.prices.get(chip.id);
  const converted = (from: Currency, amount: number) =>
    from === currency ? '' : ` = ${moneyText(amount, currency)}`;
  if (own !== undefined) {
    const { amount, rates } = convertMoney(own.amount, own.currency, currency, exchange);
    return {
      perHour: amount,
      source: 'yours',
      date: '',
      grade: 'yours',
      sources: rates.map(({ source }) => source),
      notes: [
        `a chip-hour: ${moneyText(own.amount, own.currency)}${converted(own.currency, amount)}, yours`,
      ],
    };
  }
  const chosen = defaultPrice(chip, region, currency, exchange);
  if (chosen === undefined) return undefined;
  const { price, perHour, grade, sources } = chosen;
  const { value, note, source, date } = price.perHour;
  const abroad = region !== 'global' && price.region !== region ? `, not of ${region}` : '';
  const place = price.place + abroad;
  const published = `${moneyText(value, price.currency)}${converted(price.currency, perHour)}`;
  const terms = `${price.kind}, ${place}${note ? `, ${note}` : ''}`;
  return {
    perHour,
    source,
    date,
    grade,
    sources,
    notes: [`a chip-hour: ${published}, ${terms} [${source}] (${date}, ${grade})`],
  };
}

const moneyText = (value: number, currency: Currency) =>
  `${Number(value.toPrecision(4))} ${currency}`;

/** Of a prediction on `chips` chips that serve `rate` requests a second. */
export function costOf(
  price: ChipPrice,
  currency: Cost['currency'],
  deployed: { readonly prediction: Prediction; readonly chips: number; readonly rate: number },
  load: { readonly inTokens: number; readonly outTokens: number },
): Cost {
  const { prediction, chips, rate } = deployed;
  const perHour = price.perHour * chips;
  const perMillion = (share: number, tokens: number) =>
    ((perHour * share) / (rate * tokens * 3600)) * 1e6;
  return {
    currency,
    perHour,
    perMillionInput: perMillion(prediction.promptShare, load.inTokens),
    perMillionOutput: perMillion(1 - prediction.promptShare, load.outTokens),
    perMillionOutputAll: perMillion(1, load.outTokens),
    chipHour: price.perHour,
    priceSource: price.source,
    priceDate: price.date,
    priceGrade: price.grade,
  };
}
