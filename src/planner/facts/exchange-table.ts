/**
 * Exchange rates, dated: what one dollar buys. They are for comparing, and old when you read this:
 * a user's own come first.
 */
import { figuresFrom } from './figure-from.ts';
import type { ExchangeRate } from './market.ts';

export const exchangeTable: readonly ExchangeRate[] = [
  {
    currency: 'CNY',
    perDollar: figuresFrom('FX-CNY', '2026-01-15', 'B')(7.0064, 'central parity of that day'),
  },
  {
    currency: 'EUR',
    perDollar: figuresFrom(
      'FX-EUR',
      '2026-01-22',
      'B',
    )(1 / 1.1739, "the European Central Bank's reference rate: 1.1739 dollars for a euro"),
  },
  {
    currency: 'VND',
    perDollar: figuresFrom(
      'FX-VND',
      '2025-06',
      'C',
    )(26090, "between Vietcombank's 25,910 and 26,270"),
  },
];
