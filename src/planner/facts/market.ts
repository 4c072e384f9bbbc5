/** Prices and export status: dated, shown, never used to rank silently. */
import type { Figure, Grade } from './figure.ts';

export type Currency = 'USD' | 'CNY' | 'EUR' | 'VND';
export type Region = 'global' | 'us' | 'cn';

/** One chip for one hour. */
export interface Price {
  readonly chip: string;
  readonly region: Region;
  readonly currency: Currency;
  readonly kind: 'on-demand' | 'spot' | 'rental' | 'ownership' | 'assumed';
  /** Place or seller. */
  readonly place: string;
  readonly perHour: Figure;
}

export interface ExportStatus {
  readonly chip: string;
  readonly region: Region;
  readonly status: 'open' | 'licence' | 'barred' | 'unclear';
  readonly asOf: string;
  readonly grade: Grade;
  readonly source: string;
  readonly note: string;
}

/** Units of the currency that one US dollar buys. */
export interface ExchangeRate {
  readonly currency: Currency;
  readonly perDollar: Figure;
}
