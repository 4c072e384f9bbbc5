/** Numbers of a plan as the reader's language writes them: three digits are as many as they hold. */
import type { Currency } from '../../../../src/planner/facts/market.ts';
import { type Language, languageTag } from '../../text/language.ts';

export class PlanFormat {
  readonly #tag: string;

  constructor(language: Language) {
    this.#tag = languageTag(language);
  }

  number(value: number): string {
    const options: Intl.NumberFormatOptions =
      Math.abs(value) >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 };
    return new Intl.NumberFormat(this.#tag, options).format(value);
  }

  money(value: number, currency: Currency): string {
    const places = value >= 100 || value === 0 ? 0 : 2;
    const digits: Intl.NumberFormatOptions =
      value > 0 && value < 1
        ? { maximumSignificantDigits: 3 }
        : { minimumFractionDigits: places, maximumFractionDigits: places };
    const style = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
    return new Intl.NumberFormat(this.#tag, { ...style, ...digits }).format(value);
  }

  percent(share: number): string {
    const options = { style: 'percent', maximumFractionDigits: 0 } as const;
    return new Intl.NumberFormat(this.#tag, options).format(share);
  }

  range(low: number, high: number): string {
    return `${this.number(Math.min(low, high))}–${this.number(Math.max(low, high))}`;
  }

  /** Milliseconds, long times in seconds; the signs are the same in every language. */
  time(ms: number): string {
    return ms >= 10_000 ? `${this.number(ms / 1000)} s` : `${this.number(ms)} ms`;
  }
}
