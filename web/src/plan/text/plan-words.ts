/** The plan page's dictionaries, apart from the chat's: neither page loads the other's words. */
import type { Language } from '../../text/language.ts';
import { en, type PlanWords } from './en.ts';
import { vi } from './vi.ts';
import { zh } from './zh.ts';

export const planWords: Readonly<Record<Language, PlanWords>> = { en, vi, zh };
/** As each language calls itself. */
export const languageNames: Readonly<Record<Language, string>> = {
  en: 'English',
  vi: 'Tiếng Việt',
  zh: '简体中文',
};
