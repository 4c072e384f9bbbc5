/**
 * How JSON is written: UTF-8 as it is, escapes only where JSON needs them, and white space as
 * models write it, in bounded amounts, so that a reply cannot go on with blanks for ever.
 */
import { charactersOf } from './code-points.ts';
import {
  type CodePointRange,
  characters,
  charactersBut,
  choice,
  type Grammar,
  type GrammarDocument,
  literal,
  optional,
  repeat,
  rule,
  sequence,
} from './grammar.ts';

const maxIndent = 16;
const space = characters([0x20, 0x20]);
const lineBreak = sequence(literal('\n'), repeat(space, 0, maxIndent));
/** Behind an opening bracket and before a closing one. */
export const padding = optional(choice(space, lineBreak));
export const comma = sequence(literal(','), padding);
export const colon = sequence(literal(':'), optional(space));

/** Characters that JSON has only escaped. */
export const escapedRanges: readonly CodePointRange[] = [
  [0, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
];
const hexDigit = characters([0x30, 0x39], [0x41, 0x46], [0x61, 0x66]);
const shortEscapes: Readonly<Record<number, string>> = {
  ...{ 8: '\\b', 9: '\\t', 10: '\\n', 12: '\\f', 13: '\\r', 34: '\\"', 92: '\\\\' },
};
/** One character of a string, whichever. A \u escape of a surrogate alone is no character. */
const escaped = sequence(
  literal('\\'),
  choice(characters(...charactersOf('"\\/bfnrt')), sequence(literal('u00'), hexDigit, hexDigit)),
);
export const anyCharacter = choice(charactersBut(...escapedRanges), escaped);
export const anyString = sequence(literal('"'), repeat(anyCharacter, 0), literal('"'));

/** One character out of a range, as a JSON string has it. */
export function escapedCharacter(point: number): string {
  return shortEscapes[point] ?? `\\u${point.toString(16).padStart(4, '0')}`;
}

export function bracketed(open: string, content: Grammar, close: string): Grammar {
  return sequence(literal(open), padding, content, padding, literal(close));
}

/** Items with commas between. */
export function list(item: Grammar): Grammar {
  return optional(sequence(item, repeat(sequence(comma, item), 0)));
}

/** No more digits than a double or a 64-bit integer holds. */
const digit = characters([0x30, 0x39]);
const digits = (min: number, max: number) => repeat(digit, min, max);
const wholePart = choice(literal('0'), sequence(characters([0x31, 0x39]), digits(0, 18)));
const exponent = sequence(
  characters([0x45, 0x45], [0x65, 0x65]),
  optional(characters([0x2b, 0x2b], [0x2d, 0x2d])),
  digits(1, 2),
);
export const anyInteger = sequence(optional(literal('-')), wholePart);
export const anyNumber = sequence(
  anyInteger,
  optional(sequence(literal('.'), digits(1, 16))),
  optional(exponent),
);

/** Rules of any JSON value; a document that names them has them. */
export const anyValueName = 'json value';
export const anyObjectName = 'json object';
export const anyArrayName = 'json array';
const value = rule(anyValueName);
const member = sequence(anyString, colon, value);
export const jsonRules: ReadonlyMap<string, Grammar> = new Map([
  [
    anyValueName,
    choice(
      ...[rule(anyObjectName), rule(anyArrayName), anyString, anyNumber],
      ...[literal('true'), literal('false'), literal('null')],
    ),
  ],
  [anyObjectName, bracketed('{', list(member), '}')],
  [anyArrayName, bracketed('[', list(value), ']')],
]);

/** Any JSON object: what `json_object` asks for. */
export const anyJson: GrammarDocument = { root: rule(anyObjectName), rules: jsonRules };
