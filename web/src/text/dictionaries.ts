/** The chat page's words in every language. */
import { type Dictionary, en } from './en.ts';
import type { Language } from './language.ts';
import { vi } from './vi.ts';
import { zh } from './zh.ts';

export const dictionaries = { en, vi, zh } as const satisfies Record<Language, Dictionary>;
