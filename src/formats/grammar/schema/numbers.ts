/** Numbers under several schemas at once: bounds and multiples. */
import { type Grammar, never } from '../grammar.ts';
import { anyInteger, anyNumber } from '../json-text.ts';
import { Language } from '../regular/language.ts';
import { grammarOfLanguage } from '../regular/language-grammar.ts';
import type { Alternative, PlainLocation } from './alternatives.ts';
import { annotatingFormats, formatPatterns, integerFormats } from './formats-table.ts';
import { type Bound, decimalOf, type NumberBounds, numberLanguage } from './number-language.ts';
import { readNumber, readString } from './read-keyword.ts';
import { at, unsupported, wrong } from './refusal.ts';

const maxMultiple = 200;

export function numberBounds(alternative: Alternative, isInteger: boolean): NumberBounds {
  let [min, max]: (Bound | undefined)[] = [];
  const multiplesOf: number[] = [];
  for (const place of alternative) {
    for (const { value, isExclusive, side } of boundsOf(place, isInteger)) {
      if (side === 'min') min = stricter(min, { value, isExclusive }, 1);
      else max = stricter(max, { value, isExclusive }, -1);
    }
    const multiple = multipleOf(place);
    if (multiple !== undefined) multiplesOf.push(multiple);
  }
  return { isInteger, min, max, multiplesOf };
}

/** `excluded`: values that may not be. */
export function numberGrammar(
  bounds: NumberBounds,
  excluded: ReadonlySet<unknown>,
  pointer: string,
  prefix: string,
  rules: Map<string, Grammar>,
): Grammar {
  const { isInteger, min, max, multiplesOf } = bounds;
  const words = [...excluded].filter((value) => typeof value === 'number').map(String);
  const isFree = min === undefined && max === undefined && multiplesOf.length === 0;
  if (isFree && words.length === 0) {
    return isInteger ? anyInteger : anyNumber;
  }
  const language = at(pointer, 'the number', () => {
    const all = numberLanguage(bounds);
    return words.length === 0 ? all : all.and(Language.ofWords(words).complement());
  });
  return language.isEmpty ? never : grammarOfLanguage(language, prefix, rules);
}

export function isInBounds(value: number, bounds: NumberBounds): boolean {
  const { isInteger, min, max, multiplesOf } = bounds;
  if (isInteger && !Number.isInteger(value)) return false;
  if (min !== undefined && (min.isExclusive ? value <= min.value : value < min.value)) return false;
  if (max !== undefined && (max.isExclusive ? value >= max.value : value > max.value)) return false;
  return multiplesOf.every((multiple) => {
    if (multiple >= 1) return value % multiple === 0;
    return decimalOf(Math.abs(value)).fraction.length <= decimalOf(multiple).fraction.length;
  });
}

interface SidedBound extends Bound {
  readonly side: 'min' | 'max';
}

function boundsOf(place: PlainLocation, isInteger: boolean): SidedBound[] {
  const bounds: SidedBound[] = [];
  for (const [side, plain, exclusive] of [
    ['min', 'minimum', 'exclusiveMinimum'],
    ['max', 'maximum', 'exclusiveMaximum'],
  ] as const) {
    // OpenAPI 3.0 says true beside the bound where JSON Schema says the bound itself.
    const isFlag = typeof place.schema[exclusive] === 'boolean';
    const value = readNumber(place, plain);
    if (value !== undefined) {
      bounds.push({ side, value, isExclusive: place.schema[exclusive] === true });
    }
    const beyond = isFlag ? undefined : readNumber(place, exclusive);
    if (beyond !== undefined) bounds.push({ side, value: beyond, isExclusive: true });
  }
  for (const { value, isExclusive } of bounds) {
    if (isExclusive && Math.abs(value) > Number.MAX_SAFE_INTEGER && Math.abs(value) < 1e19) {
      const remedy = 'Use minimum and maximum.';
      throw unsupported(place.pointer, `the exclusive bound ${value}, which is rounded`, remedy);
    }
  }
  const format = readString(place, 'format');
  if (format !== undefined && Object.hasOwn(integerFormats, format)) {
    const [least, most] = integerFormats[format];
    bounds.push({ side: 'min', value: least, isExclusive: false });
    bounds.push({ side: 'max', value: most, isExclusive: false });
    if (!isInteger) throw wrong(`${place.pointer}/format`, format, 'the type integer beside it');
  } else if (format !== undefined && !isOfOtherTypes(format)) {
    const known = [...Object.keys(integerFormats), ...annotatingFormats].join(', ');
    const remedy = `Leave it out, or use one of ${known}.`;
    throw unsupported(`${place.pointer}/format`, `the format ${format} of a number`, remedy);
  }
  return bounds;
}

function isOfOtherTypes(format: string): boolean {
  return annotatingFormats.has(format) || Object.hasOwn(formatPatterns, format);
}

/** `sign` 1: the greater is stricter. */
function stricter(a: Bound | undefined, b: Bound, sign: 1 | -1): Bound {
  if (a === undefined) return b;
  if (a.value === b.value) return a.isExclusive ? a : b;
  return (a.value - b.value) * sign > 0 ? a : b;
}

function multipleOf(place: PlainLocation): number | undefined {
  const value = readNumber(place, 'multipleOf');
  if (value === undefined) return undefined;
  const pointer = `${place.pointer}/multipleOf`;
  if (value <= 0) throw wrong(pointer, value, 'a number above 0');
  const isPlaces = value < 1 && /^0\.0*1$/.test(`0.${decimalOf(value).fraction}`);
  const isSmall = Number.isInteger(value) && value <= maxMultiple;
  if (isPlaces && decimalOf(value).fraction.length <= 12) return value;
  if (isSmall) return value;
  const expected = `whole numbers up to ${maxMultiple}, and 0.1, 0.01, …`;
  throw unsupported(pointer, `multiples of ${value}`, `Can be held: ${expected}`);
}
