/** The languages of the pages, and which of them a reader most likely wants. */
export const languages = ['en', 'vi', 'zh'] as const;
export type Language = (typeof languages)[number];

/** The first of the reader's languages that the pages speak; English where they speak none. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0] as string;
    if (isLanguage(base)) return base;
  }
  return 'en';
}

export function isLanguage(text: unknown): text is Language {
  return languages.some((language) => language === text);
}

/** For `lang` and Intl. */
export function languageTag(language: Language): string {
  return language === 'zh' ? 'zh-CN' : language;
}
