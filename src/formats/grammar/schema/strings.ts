/** Strings under several schemas at once: lengths, patterns, formats. */

import { type Grammar, literal, never, repeat, sequence } from '../grammar.ts';
import { anyCharacter, anyString } from '../json-text.ts';
import { Language } from '../regular/language.ts';
import { grammarOfLanguage } from '../regular/language-grammar.ts';
import { parsePattern } from '../regular/pattern.ts';
import type { Alternative, PlainLocation } from './alternatives.ts';
import { annotatingFormats, formatPatterns, integerFormats } from './formats-table.ts';
import { readCounts, readString } from './read-keyword.ts';
import { at, unsupported } from './refusal.ts';

export interface StringLimits {
  /** All must accept; undefined: any string. */
  readonly language: Language | undefined;
  readonly min: number;
  readonly max: number | undefined;
}

export interface StringOptions {
  /** Formats are left out: a format's texts are fewer here than in the world. */
  readonly ignoresFormats: boolean;
}

export function stringLimits(alternative: Alternative, options: StringOptions): StringLimits {
  let language: Language | undefined;
  const add = (pointer: string, what: string, make: () => Language) => {
    language = at(pointer, what, () => (language === undefined ? make() : language.and(make())));
  };
  for (const place of alternative) {
    const pattern = readString(place, 'pattern');
    if (pattern !== undefined) {
      add(`${place.pointer}/pattern`, 'the pattern', () => patternLanguage(pattern));
    }
    const format = options.ignoresFormats ? undefined : formatPattern(place);
    if (format !== undefined) {
      add(`${place.pointer}/format`, 'the format', () => patternLanguage(`^(?:${format})$`));
    }
  }
  return { language, ...readCounts(alternative, 'minLength', 'maxLength') };
}

export function patternLanguage(pattern: string): Language {
  return Language.of(parsePattern(pattern));
}

export function isAccepted(value: string, { language, min, max }: StringLimits): boolean {
  const length = [...value].length;
  if (length < min || (max !== undefined && length > max)) return false;
  return language === undefined || language.accepts(value);
}

/** The languages and the lengths as one; undefined: any string. */
export function wholeLanguage({ language, min, max }: StringLimits, pointer: string) {
  const isAnyLength = min === 0 && max === undefined;
  if (language === undefined) {
    return isAnyLength ? undefined : at(pointer, 'the length', () => Language.ofLength(min, max));
  }
  if (language.minLength >= min && language.maxLength <= (max ?? Infinity)) return language;
  return at(pointer, 'the length together with the pattern', () =>
    language.and(Language.ofLength(min, max)),
  );
}

/** `excluded`: values that may not be. */
export function stringGrammar(
  limits: StringLimits,
  excluded: ReadonlySet<unknown>,
  pointer: string,
  prefix: string,
  rules: Map<string, Grammar>,
): Grammar {
  const { language, min, max } = limits;
  if (max !== undefined && max < min) return never;
  const words = [...excluded].filter((value) => typeof value === 'string');
  if (language === undefined && words.length === 0) {
    if (min === 0 && max === undefined) return anyString;
    return sequence(literal('"'), repeat(anyCharacter, min, max), literal('"'));
  }
  const all = wholeLanguage(limits, pointer) ?? Language.everything;
  const whole =
    words.length === 0
      ? all
      : at(pointer, 'the values', () => all.and(Language.ofWords(words).complement()));
  if (whole.isEmpty) return never;
  return sequence(literal('"'), grammarOfLanguage(whole, prefix, rules), literal('"'));
}

function formatPattern(place: PlainLocation): string | undefined {
  const format = readString(place, 'format');
  if (format === undefined || annotatingFormats.has(format)) return undefined;
  if (Object.hasOwn(integerFormats, format)) return undefined;
  if (Object.hasOwn(formatPatterns, format)) return formatPatterns[format];
  const remedy = `Say it as a pattern, or use one of ${Object.keys(formatPatterns).join(', ')}.`;
  throw unsupported(`${place.pointer}/format`, `the format ${format}`, remedy);
}
