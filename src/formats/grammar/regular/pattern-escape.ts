/** What stands behind a backslash in a pattern: classes and single characters. */
import { otherRanges } from '../code-points.ts';
import type { CodePointRange } from '../grammar.ts';
import { type PatternScanner, PatternUnsupported } from './pattern-scanner.ts';

export const lineBreaks: readonly CodePointRange[] = [
  ...([
    [0xa, 0xa],
    [0xd, 0xd],
    [0x2028, 0x2029],
  ] as const),
];
const digits: readonly CodePointRange[] = [[0x30, 0x39]];
const wordCharacters: readonly CodePointRange[] = [
  ...([
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ] as const),
];
const whiteSpace: readonly CodePointRange[] = [
  ...([
    [9, 13],
    [0x20, 0x20],
    [0xa0, 0xa0],
    [0x1680, 0x1680],
    [0x2000, 0x200a],
  ] as const),
  ...([
    [0x2028, 0x2029],
    [0x202f, 0x202f],
    [0x205f, 0x205f],
    [0x3000, 0x3000],
  ] as const),
  [0xfeff, 0xfeff],
];

/** \d, \w, \s, \p{…} and their opposites; undefined where a single character follows. */
export function classEscape(scanner: PatternScanner): readonly CodePointRange[] | undefined {
  const letter = scanner.peek();
  const known = { d: digits, w: wordCharacters, s: whiteSpace }[letter.toLowerCase()];
  if (known !== undefined) {
    scanner.skip(1);
    return letter === letter.toLowerCase() ? known : otherRanges(known);
  }
  if (letter !== 'p' && letter !== 'P') return undefined;
  const property = /^[pP]\{[\w=]+\}/u.exec(scanner.rest)?.[0];
  if (property === undefined) throw new PatternUnsupported('has \\p without a property');
  scanner.skip(property.length);
  return charactersWith(`\\${property}`);
}

const propertyRanges = new Map<string, readonly CodePointRange[]>();
const maxProperties = 32;

/** The runtime's own tables, read once per property by asking about each character. */
function charactersWith(property: string): readonly CodePointRange[] {
  const known = propertyRanges.get(property);
  if (known !== undefined) return known;
  const isIn = new RegExp(`^${property}$`, 'u');
  const ranges: CodePointRange[] = [];
  let first = -1;
  for (let point = 0; point <= 0x110000; point++) {
    const isSurrogate = point >= 0xd800 && point <= 0xdfff;
    const is = point < 0x110000 && !isSurrogate && isIn.test(String.fromCodePoint(point));
    if (is && first < 0) first = point;
    if (is || first < 0) continue;
    ranges.push([first, point - 1]);
    first = -1;
  }
  if (propertyRanges.size < maxProperties) propertyRanges.set(property, ranges);
  return ranges;
}

const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };

/** The character that is meant; the pattern is known to be a regular expression. */
export function readCharacterEscape(scanner: PatternScanner): number {
  const hex = /^(?:x([\da-f]{2})|u([\da-f]{4})|u\{([\da-f]+)\})/iu.exec(scanner.rest);
  if (hex !== null) {
    scanner.skip(hex[0].length);
    return withSecondSurrogate(Number.parseInt(hex[1] ?? hex[2] ?? hex[3], 16), scanner);
  }
  const letter = scanner.next();
  if (letter === 'c') return (scanner.next().codePointAt(0) as number) % 32;
  return controls[letter] ?? (letter.codePointAt(0) as number);
}

/** \ud83d\ude00 is one character. */
function withSecondSurrogate(point: number, scanner: PatternScanner): number {
  if (point < 0xd800 || point > 0xdbff) return point;
  const low = /^\\u(d[c-f][\da-f]{2})/iu.exec(scanner.rest);
  if (low === null) return point;
  scanner.skip(low[0].length);
  return 0x10000 + (point - 0xd800) * 0x400 + (Number.parseInt(low[1], 16) - 0xdc00);
}
