/**
 * The regular expressions of JSON Schema (ECMA-262 with the flag u) → Expression: characters,
 * classes, groups, alternatives, quantifiers, ^ and $. Refuses (PatternUnsupported) what is not
 * regular or has no place in one pass: back references, look-around, word boundaries, modifiers.
 */
import { charactersOf, otherRanges } from '../code-points.ts';
import type { CodePointRange } from '../grammar.ts';
import { type Expression, set } from './expression.ts';
import { classEscape, lineBreaks, readCharacterEscape } from './pattern-escape.ts';
import { PatternScanner, PatternUnsupported } from './pattern-scanner.ts';

const maxChars = 2000;
const maxNesting = 100;
const maxCount = 2000;

/** What a whole text that the pattern is found in looks like. */
export function parsePattern(source: string): Expression {
  if (source.length > maxChars) {
    throw new PatternUnsupported(`has ${source.length} characters, at most ${maxChars}`);
  }
  try {
    new RegExp(source, 'u');
  } catch {
    throw new PatternUnsupported('is no regular expression');
  }
  const scanner = new PatternScanner(source);
  const expression = parseEither(scanner, 0);
  if (!scanner.isAtEnd) throw new PatternUnsupported(`has ${scanner.peek()} where none can be`);
  const anything: Expression = {
    ...{ kind: 'repeat', item: set([0, 0x10ffff]), min: 0, max: undefined },
  };
  return { kind: 'concat', items: [anything, expression, anything] };
}

function parseEither(scanner: PatternScanner, depth: number): Expression {
  if (depth > maxNesting) throw new PatternUnsupported(`nests deeper than ${maxNesting}`);
  const options = [parseConcat(scanner, depth)];
  while (scanner.take('|')) options.push(parseConcat(scanner, depth));
  return options.length === 1 ? options[0] : { kind: 'either', options };
}

function parseConcat(scanner: PatternScanner, depth: number): Expression {
  const items: Expression[] = [];
  while (!scanner.isAtEnd && scanner.peek() !== '|' && scanner.peek() !== ')') {
    items.push(quantified(parseAtom(scanner, depth), scanner));
  }
  return items.length === 1 ? items[0] : { kind: 'concat', items };
}

function parseAtom(scanner: PatternScanner, depth: number): Expression {
  if (scanner.take('^')) return { kind: 'start' };
  if (scanner.take('$')) return { kind: 'end' };
  if (scanner.take('.')) return set(...otherRanges(lineBreaks));
  if (scanner.take('[')) return parseClass(scanner);
  if (scanner.take('(')) return parseGroup(scanner, depth);
  if (scanner.take('\\')) return set(...parseEscape(scanner));
  return set(...charactersOf(scanner.next()));
}

function parseGroup(scanner: PatternScanner, depth: number): Expression {
  if (scanner.take('?')) {
    if (/^<[^=!]/u.test(scanner.rest)) scanner.skipPast('>');
    else if (!scanner.take(':')) {
      throw new PatternUnsupported('looks ahead or behind, or changes flags, with (?');
    }
  }
  const inside = parseEither(scanner, depth + 1);
  scanner.expect(')');
  return inside;
}

function quantified(item: Expression, scanner: PatternScanner): Expression {
  const bounds = quantifier(scanner);
  if (bounds === undefined) return item;
  scanner.take('?'); // lazy: the same texts
  return { kind: 'repeat', item, min: bounds[0], max: bounds[1] };
}

function quantifier(scanner: PatternScanner): readonly [number, number | undefined] | undefined {
  if (scanner.take('*')) return [0, undefined];
  if (scanner.take('+')) return [1, undefined];
  if (scanner.take('?')) return [0, 1];
  const braces = /^\{(\d+)(?:(,)(\d*))?\}/u.exec(scanner.rest);
  if (braces === null) return undefined;
  scanner.skip(braces[0].length);
  const min = Number(braces[1]);
  const max = braces[2] === undefined ? min : braces[3] === '' ? undefined : Number(braces[3]);
  if (Math.max(min, max ?? 0) > maxCount) {
    throw new PatternUnsupported(`repeats ${braces[0]}, at most ${maxCount} times`);
  }
  return [min, max];
}

/** Behind a backslash, outside a class. */
function parseEscape(scanner: PatternScanner): readonly CodePointRange[] {
  const next = scanner.peek();
  if (next === 'b' || next === 'B') throw new PatternUnsupported('asks for a word boundary, \\b');
  if (next === 'k' || /[1-9]/u.test(next)) throw new PatternUnsupported('refers back to a group');
  return classEscape(scanner) ?? [pointRange(readCharacterEscape(scanner))];
}

/** Behind `[`. */
function parseClass(scanner: PatternScanner): Expression {
  const isNegated = scanner.take('^');
  const ranges: CodePointRange[] = [];
  while (!scanner.take(']')) {
    const first = classAtom(scanner);
    if (typeof first === 'number' && scanner.rest.startsWith('-') && scanner.rest[1] !== ']') {
      scanner.skip(1);
      const last = classAtom(scanner);
      if (typeof last !== 'number')
        throw new PatternUnsupported('has a range that ends in a class');
      ranges.push([first, last]);
    } else if (typeof first === 'number') ranges.push(pointRange(first));
    else ranges.push(...first);
  }
  return set(...(isNegated ? otherRanges(ranges) : ranges));
}

/** One character, or the ranges of a class such as \d. */
function classAtom(scanner: PatternScanner): number | readonly CodePointRange[] {
  if (!scanner.take('\\')) return scanner.next().codePointAt(0) as number;
  if (scanner.take('b')) return 8;
  return classEscape(scanner) ?? readCharacterEscape(scanner);
}

function pointRange(point: number): CodePointRange {
  return [point, point];
}
