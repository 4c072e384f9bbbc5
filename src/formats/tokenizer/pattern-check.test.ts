import { expect, test } from 'vitest';
import { patternProblem } from './pattern-check.ts';
import { preTokenizerKinds } from './pre-tokenizers-table.ts';

const gpt4o =
  "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?" +
  '|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';

test('patterns of real tokenizers pass', () => {
  for (const kind of Object.values(preTokenizerKinds)) {
    for (const split of kind.splits) expect(patternProblem(split), split).toBeUndefined();
  }
  for (const pattern of [gpt4o, '[\\p{P}]', '\\d{1,3}(?=(?:\\d{3})\\b)']) {
    expect(patternProblem(pattern), pattern).toBeUndefined();
  }
});

test('patterns that can run away are refused', () => {
  const hostile = [
    '(a+)+$',
    '(a*)*b',
    '(?:a+b?)+',
    '((a+))*',
    '(?:x(?:a+))+',
    '(a|a+)+',
    '(?:a|aa)+b',
    '(?:a?a)+b',
    'a{1,99}a{1,99}a{1,99}b',
    '(?:a{1,9}){1,9}',
    '(?:a?b{2,}c)*',
    '(?>a+)+',
    'a*a*a*b',
    '\\s*\\s*\\s*x',
    '(?:a*)(?:a*)(?:a*)',
    'a*a*b',
    'a*(?:a*b)',
    '(?:a*a*)b',
    '(?:x|a*a*)b',
    'a+a+(?!b)',
    'a*a*[b]',
    '(a)\\1',
    '(?<n>a)\\k<n>',
    '(?<=a+)b',
    '(?<!a+)b',
    'a{1,99999}',
    '(a',
    'a)',
  ];
  for (const pattern of hostile) expect(patternProblem(pattern), pattern).toBeTypeOf('string');
});

test('characters that only look like repeats do not count', () => {
  for (const pattern of [
    '\\*\\*\\*\\*',
    '[*+?{}]+',
    '(?:\\+)+',
    '[(][)]',
    'a{',
    '[[:alpha:]]+',
    '[\\]*]+',
  ]) {
    expect(patternProblem(pattern), pattern).toBeUndefined();
  }
});
