/**
 * Numbers between bounds, as texts: digits are compared, so nothing is rounded. What is written
 * has no exponent then, and no more digits than a double tells apart.
 */
import { concat, type Expression, either, set, text, times } from '../regular/expression.ts';
import { Language } from '../regular/language.ts';

export interface NumberBounds {
  readonly isInteger: boolean;
  readonly min: Bound | undefined;
  readonly max: Bound | undefined;
  /** Each is a whole number, or 10 to the power of -1, -2, … */
  readonly multiplesOf: readonly number[];
}
export interface Bound {
  readonly value: number;
  /** The bound itself is not in. */
  readonly isExclusive: boolean;
}

const maxWholeDigits = 19;
/** Decimal digits that every double keeps. */
const safeDigits = 15;
const endOfWholes = 10 ** maxWholeDigits;

const digit = set([0x30, 0x39]);
const nonZero = set([0x31, 0x39]);
const anyDigits = times(digit, 0);
const nothing = either();
const minus = text('-');

/** A bound that no text here is beyond says nothing. */
export function numberLanguage(bounds: NumberBounds): Language {
  const { min, max, multiplesOf } = bounds;
  const decimals = multiplesOf.filter((m) => m < 1).map((m) => decimalOf(m).fraction.length);
  const wholes = multiplesOf.filter((m) => m >= 1);
  const isInteger = bounds.isInteger || wholes.length > 0;
  const fractionDigits = isInteger ? 0 : Math.min(...decimals, room(bounds));
  const wholeDigits = digitsBetween(bounds);
  let language = shape(fractionDigits, wholeDigits);
  const texts = new BoundTexts(isInteger, wholeDigits);
  if (min !== undefined && min.value > -endOfWholes) {
    language = language.and(Language.of(texts.from(isInteger ? wholeBound(min, 1) : min)));
  }
  if (max !== undefined && max.value < endOfWholes) {
    language = language.and(Language.of(texts.upTo(isInteger ? wholeBound(max, -1) : max)));
  }
  for (const multiple of wholes) {
    if (multiple !== 1) language = language.and(multiplesLanguage(multiple));
  }
  return language;
}

/** Digits in front of the point. A remainder is only right of what a double holds. */
function digitsBetween({ min, max, multiplesOf }: NumberBounds): number {
  const most = multiplesOf.length > 0 ? safeDigits : maxWholeDigits;
  if (min === undefined || max === undefined) return most;
  const digits = [min, max].map(({ value }) => decimalOf(Math.abs(value)).whole.length + 1);
  return Math.min(most, Math.max(...digits));
}

/** The whole number that bounds whole numbers alike. */
function wholeBound({ value, isExclusive }: Bound, sign: 1 | -1): Bound {
  const whole = sign === 1 ? Math.ceil(value) : Math.floor(value);
  const isOff = isExclusive && whole === value;
  return { value: isOff ? whole + sign : whole, isExclusive: false };
}

/** Digits behind the point: so few that none rounds onto an exclusive bound. */
function room({ min, max }: NumberBounds): number {
  const used = [min, max].map((bound) =>
    bound?.isExclusive ? decimalOf(Math.abs(bound.value)).whole.length : 1,
  );
  return Math.max(1, safeDigits - Math.max(...used));
}

const shapes = new Map<string, Language>();

/** All that is written, before bounds: no leading zeros, no -0 alone. */
function shape(fractionDigits: number, wholeDigits: number): Language {
  const key = `${fractionDigits} ${wholeDigits}`;
  const language = shapes.get(key) ?? Language.of(shapeOf(fractionDigits, wholeDigits));
  shapes.set(key, language);
  return language;
}

function shapeOf(fractionDigits: number, wholeDigits: number): Expression {
  const positive = concat(nonZero, times(digit, 0, wholeDigits - 1));
  const whole = either(text('0'), concat(times(minus, 0, 1), positive));
  if (fractionDigits === 0) return whole;
  const fraction = concat(text('.'), times(digit, 1, fractionDigits));
  return either(
    concat(whole, times(fraction, 0, 1)),
    concat(text('-0.'), times(digit, 0, fractionDigits - 1), nonZero),
  );
}

/** Texts on one side of a bound; of whole numbers, or with a fraction. */
class BoundTexts {
  readonly #isWhole: boolean;
  readonly #anyFraction: Expression;
  readonly #anyMagnitude: Expression;
  readonly #wholeDigits: number;

  constructor(isWhole: boolean, wholeDigits: number) {
    this.#wholeDigits = wholeDigits;
    this.#isWhole = isWhole;
    this.#anyFraction = isWhole ? text('') : times(concat(text('.'), times(digit, 1)), 0, 1);
    this.#anyMagnitude = concat(times(digit, 1), this.#anyFraction);
  }

  from({ value, isExclusive }: Bound): Expression {
    if (value >= 0) return this.#atLeast(value, isExclusive);
    return either(this.#anyMagnitude, concat(minus, this.#atMost(-value, isExclusive)));
  }

  upTo({ value, isExclusive }: Bound): Expression {
    if (value > 0) {
      return either(concat(minus, this.#anyMagnitude), this.#atMost(value, isExclusive));
    }
    const below = concat(minus, this.#atLeast(-value, isExclusive));
    return value === 0 && !isExclusive ? either(below, this.#atMost(0, false)) : below;
  }

  #atLeast(value: number, isExclusive: boolean): Expression {
    const { whole, fraction } = decimalOf(value);
    const more = concat(anyDigits, nonZero, anyDigits); // digits that are not all 0
    const behind = (): Expression => {
      if (this.#isWhole) return text('');
      const last = isExclusive ? more : anyDigits;
      if (fraction !== '') {
        const same = concat(text(fraction), last);
        return concat(text('.'), either(differing(fraction, 1, anyDigits), same));
      }
      return isExclusive ? concat(text('.'), more) : this.#anyFraction;
    };
    return either(
      concat(wholeBeyond(whole, 1, this.#wholeDigits), this.#anyFraction),
      concat(text(whole), behind()),
    );
  }

  #atMost(value: number, isExclusive: boolean): Expression {
    const { whole, fraction } = decimalOf(value);
    const behind = (): Expression => {
      if (this.#isWhole) return text('');
      const zeros = concat(text(fraction), times(text('0'), fraction === '' ? 1 : 0));
      const prefixes = Array.from({ length: Math.max(0, fraction.length - 1) }, (_, i) =>
        text(fraction.slice(0, i + 1)),
      );
      const below = differing(fraction, -1, anyDigits);
      return either(
        concat(text('.'), either(below, ...prefixes, isExclusive ? nothing : zeros)),
        fraction === '' && isExclusive ? nothing : text(''),
      );
    };
    return either(
      concat(wholeBeyond(whole, -1, 0), this.#anyFraction),
      concat(text(whole), behind()),
    );
  }
}

/** Whole numbers above (1) or below (-1) this one; above, of at most `mostDigits`. */
function wholeBeyond(whole: string, sign: 1 | -1, mostDigits: number): Expression {
  const n = whole.length;
  const lengths =
    sign === 1
      ? [concat(nonZero, times(digit, n, Math.max(n, mostDigits - 1)))]
      : n > 1
        ? [digit, concat(nonZero, times(digit, 0, n - 2))]
        : [];
  const same = Array.from(whole, (_, i) =>
    concat(
      text(whole.slice(0, i)),
      digitBeyond(whole[i], sign, i === 0 && n > 1),
      times(digit, n - i - 1, n - i - 1),
    ),
  );
  return either(...lengths, ...same);
}

/** Digits that are above or below those given at the first place where they differ; then `rest`. */
function differing(digits: string, sign: 1 | -1, rest: Expression): Expression {
  return either(
    ...Array.from(digits, (char, i) =>
      concat(text(digits.slice(0, i)), digitBeyond(char, sign, false), rest),
    ),
  );
}

function digitBeyond(char: string, sign: 1 | -1, isLeading: boolean): Expression {
  const code = char.charCodeAt(0);
  const [first, last] = sign === 1 ? [code + 1, 0x39] : [isLeading ? 0x31 : 0x30, code - 1];
  return first > last ? nothing : set([first, last]);
}

/** Of zero or more; in digits, without an exponent. */
export function decimalOf(value: number): { whole: string; fraction: string } {
  const [mantissa, exponent = '0'] = String(value).split('e');
  const [whole, fraction = ''] = mantissa.split('.');
  const shift = Number(exponent);
  if (shift >= 0) {
    const moved = fraction.padEnd(shift, '0');
    return { whole: whole + moved.slice(0, shift), fraction: moved.slice(shift) };
  }
  const all = whole.padStart(1 - shift, '0');
  return {
    whole: all.slice(0, all.length + shift),
    fraction: all.slice(all.length + shift) + fraction,
  };
}

/** Remainders as states; a sign changes none of them. */
function multiplesLanguage(multiple: number): Language {
  const groups = [
    ...Array.from({ length: 10 }, (_, i) => [[0x30 + i, 0x30 + i] as const]),
    [[0x2d, 0x2d] as const],
    [[0, 0x2c] as const, [0x2e, 0x2f] as const, [0x3a, 0x10ffff] as const],
  ];
  // State 0 is the start; 1 + r has read digits with remainder r.
  const row = (remainder: number, sign: number) =>
    Int32Array.from(groups, (_, i) =>
      i < 10 ? 1 + ((remainder * 10 + i) % multiple) : i === 10 ? sign : -1,
    );
  const table = [row(0, 0), ...Array.from({ length: multiple }, (_, r) => row(r, -1))];
  return new Language({ groups, table, isFinal: table.map((_, state) => state === 1) });
}
