/**
 * What the reader has chosen, kept in localStorage; the API key only in sessionStorage. Whatever is
 * found there is checked: another version of the page, or a hand, may have written it.
 */
import { isLanguage, type Language, preferredLanguage } from '../text/language.ts';
import { Store } from './store.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];
export const thinkingModes = ['auto', 'off', 'low', 'high', 'budget'] as const;
export type ThinkingMode = (typeof thinkingModes)[number];

export interface Settings {
  readonly language: Language;
  readonly theme: Theme;
  /** '' = the first that the server has. */
  readonly model: string;
  readonly systemPrompt: string;
  readonly thinking: ThinkingMode;
  readonly thinkingBudget: number;
  /** undefined = the model's own. */
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly maxTokens: number | undefined;
  readonly apiKey: string;
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly isInteger: boolean;
}

export const ranges = {
  temperature: { min: 0, max: 2, isInteger: false },
  topP: { min: 0.01, max: 1, isInteger: false },
  maxTokens: { min: 1, max: 1_000_000, isInteger: true },
  thinkingBudget: { min: 1, max: 1_000_000, isInteger: true },
} as const satisfies Record<string, NumberRange>;

const key = 'sampan.settings';
const apiKeyKey = 'sampan.apiKey';
const defaultBudget = 1024;
const maxPromptLength = 100_000;

/** The parts of the browser's storage that are used; either may be forbidden, and then throws. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export class SettingsStore extends Store<Settings> {
  constructor(kept: () => Shelf, session: () => Shelf, wantedLanguages: readonly string[]) {
    super(parse(read(kept, key), read(session, apiKeyKey) ?? '', wantedLanguages));
    this.subscribe(() => {
      const { apiKey, ...rest } = this.get();
      write(kept, key, JSON.stringify(rest));
      write(session, apiKeyKey, apiKey);
    });
  }
}

/** The number that was typed; 'wrong' where it is none or out of range, undefined where empty. */
export function parseNumber(text: string, range: NumberRange): number | undefined | 'wrong' {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') return undefined;
  const number = Number(trimmed);
  return isWithin(number, range) ? number : 'wrong';
}

/** The fields of a chat request that these settings ask for. */
export function requestOptions(settings: Settings): Record<string, unknown> {
  const { temperature, topP, maxTokens, thinking, thinkingBudget } = settings;
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    ...(thinking === 'off' && { thinking: { type: 'disabled' } }),
    ...((thinking === 'low' || thinking === 'high') && { reasoning_effort: thinking }),
    ...(thinking === 'budget' && {
      thinking: { type: 'enabled', budget_tokens: thinkingBudget },
    }),
  };
}

function parse(text: string | null, apiKey: string, wanted: readonly string[]): Settings {
  const found = object(text);
  const number = (name: 'temperature' | 'topP' | 'maxTokens') =>
    isWithin(found[name], ranges[name]) ? found[name] : undefined;
  const word = (value: unknown) => (typeof value === 'string' ? value : '');
  return {
    language: isLanguage(found.language) ? found.language : preferredLanguage(wanted),
    theme: oneOf(themes, found.theme) ?? 'system',
    model: word(found.model),
    systemPrompt: word(found.systemPrompt).slice(0, maxPromptLength),
    thinking: oneOf(thinkingModes, found.thinking) ?? 'auto',
    thinkingBudget: isWithin(found.thinkingBudget, ranges.thinkingBudget)
      ? found.thinkingBudget
      : defaultBudget,
    temperature: number('temperature'),
    topP: number('topP'),
    maxTokens: number('maxTokens'),
    apiKey,
  };
}

function isWithin(value: unknown, { min, max, isInteger }: NumberRange): value is number {
  return (
    typeof value === 'number' &&
    value >= min &&
    value <= max &&
    (!isInteger || Number.isInteger(value))
  );
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T | undefined {
  return known.find((item) => item === value);
}

function object(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function read(shelf: () => Shelf, name: string): string | null {
  try {
    return shelf().getItem(name);
  } catch {
    return null; // forbidden: the page works without
  }
}

function write(shelf: () => Shelf, name: string, value: string): void {
  try {
    if (value === '') shelf().removeItem(name);
    else shelf().setItem(name, value);
  } catch {
    // forbidden or full: the choice holds until the tab is closed
  }
}
