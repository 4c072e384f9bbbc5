/** Money of one currency in another, over the dollar, and which published rates that took. */
import { exchangeTable } from './exchange-table.ts';
import type { Figure } from './figure.ts';
import type { Currency } from './market.ts';

/** A user's own rates: what one dollar buys. */
export type OwnExchange = Readonly<Partial<Record<Currency, number>>>;

export interface ConvertedMoney {
  readonly amount: number;
  /** Of the table; a user's own are not among them. */
  readonly rates: readonly Figure[];
}

export function convertMoney(
  amount: number,
  from: Currency,
  to: Currency,
  own: OwnExchange = {},
): ConvertedMoney {
  if (from === to) return { amount, rates: [] };
  const [bought, sold] = [perDollar(to, own), perDollar(from, own)];
  return {
    amount: (amount / sold.value) * bought.value,
    rates: [sold.published, bought.published].filter((rate) => rate !== undefined),
  };
}

function perDollar(currency: Currency, own: OwnExchange): { value: number; published?: Figure } {
  const given = own[currency];
  if (given !== undefined) return { value: given };
  if (currency === 'USD') return { value: 1 };
  const row = exchangeTable.find((row) => row.currency === currency);
  if (row === undefined) throw new Error(`no exchange rate for ${currency}`);
  return { value: row.perDollar.value, published: row.perDollar };
}
