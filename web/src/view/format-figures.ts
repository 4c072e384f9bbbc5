/** Numbers as the reader's language writes them. */
import type { Dictionary } from '../text/en.ts';
import { type Language, languageTag } from '../text/language.ts';

export function formatNumber(language: Language, value: number, digits = 0): string {
  const options = { maximumFractionDigits: digits, minimumFractionDigits: digits };
  return new Intl.NumberFormat(languageTag(language), options).format(value);
}

/** Short times to the hundredth: a small model's first token comes in a few of them. */
export function formatTime(words: Dictionary, language: Language, ms: number): string {
  const seconds = ms / 1000;
  const digits = seconds < 1 ? 2 : seconds < 60 ? 1 : 0;
  return words.figures.seconds(formatNumber(language, seconds, digits));
}

export function formatSpeed(language: Language, tokensPerSecond: number): string {
  return formatNumber(language, tokensPerSecond, tokensPerSecond < 10 ? 1 : 0);
}
