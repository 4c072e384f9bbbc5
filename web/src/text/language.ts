/** The languages of the page, and which of them a reader most likely wants. */
import { type Dictionary, en } from './en.ts';
import { vi } from './vi.ts';
import { zh } from './zh.ts';

export const dictionaries = { en, vi, zh } as const satisfies Record<string, Dictionary>;
export type Language = keyof typeof dictionaries;
export const languages = Object.keys(dictionaries) as Language[];

/** The first of the reader's languages that the page speaks; English where it speaks none. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0] as string;
    if (isLanguage(base)) return base;
  }
  return 'en';
}

export function isLanguage(text: unknown): text is Language {
  return typeof text === 'string' && Object.hasOwn(dictionaries, text);
}

/** For `lang` and Intl. */
export function languageTag(language: Language): string {
  return language === 'zh' ? 'zh-CN' : language;
}
