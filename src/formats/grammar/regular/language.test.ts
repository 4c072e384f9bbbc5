/** Patterns and what is made of them, held to the runtime's regular expressions on random texts. */
import { expect, test } from 'vitest';
import { mulberry32 } from '../../../base/mulberry32.ts';
import { Language } from './language.ts';
import { parsePattern } from './pattern.ts';

const of = (pattern: string) => Language.of(parsePattern(pattern));

const patterns: readonly string[] = [
  ...['a', '^a', 'a$', '^a$', '', '^$', '^', '$', 'ab|ba', '^ab|ba$', '^(?:ab|ba)$', 'a.b', '^.*$'],
  ...['^a{2}$', '^a{2,}$', '^a{1,3}b?$', '^(a|b)*b$', '^(?<x>a+)b+?$', '^(a*)*$', '(^a|b$)c?'],
  ...['^[ab1]+$', '^[^ab]+$', '^[a-c]-[\\d_]$', '^[\\w-]+$', '^\\d+\\s\\D\\S\\W$', '[\\]\\\\^-]'],
  ...['\\x61\\u0062', '\\u{1f600}', '\\ud83d\\ude00', '^\\p{L}+$', '^\\P{L}+$', '\\p{Script=Han}'],
  ...[
    '^\\/\\.\\*\\$\\(\\|$',
    '^[\\b\\n\\t]$',
    'a^b',
    'a$b',
    '^^a$$',
    '(?:)',
    '^(|a)b$',
    '\\cJ',
    '^\\0$',
  ],
  '^[^\\d\\s]+$',
];
const pieces = [...'aabbbccab11--__ ', '\n', '\b', '\0', 'é', '漢', '😀', '/.*$(|', ']', '\\', '^'];

function randomText(random: () => number): string {
  let text = '';
  const length = Math.floor(random() * 6);
  for (let i = 0; i < length; i++) text += pieces[Math.floor(random() * pieces.length)];
  return text;
}

test.each(patterns)('/%s/ finds what the runtime finds', (pattern) => {
  const language = of(pattern);
  const runtime = new RegExp(pattern, 'u');
  const random = mulberry32(7);
  for (let i = 0; i < 200; i++) {
    const text = randomText(random);
    expect([text, language.accepts(text)]).toEqual([text, runtime.test(text)]);
  }
});

test('met, complemented, counted', () => {
  const random = mulberry32(3);
  const [a, b] = [of('^(a|b)*b$'), of('^.{2,3}$')];
  const both = a.and(b);
  const not = a.complement();
  for (let i = 0; i < 500; i++) {
    const text = randomText(random);
    expect(both.accepts(text)).toBe(a.accepts(text) && b.accepts(text));
    expect(not.accepts(text)).toBe(!a.accepts(text));
  }
  expect([both.minLength, both.maxLength, a.maxLength]).toEqual([2, 3, Infinity]);
  expect([a.and(not).isEmpty, a.isEmpty, a.and(not).minLength]).toEqual([true, false, Infinity]);
  expect(a.and(not).complement().accepts('anything')).toBe(true);
});

test('words and lengths', () => {
  const words = Language.ofWords(['ab', 'a', '漢b', '']);
  for (const word of ['ab', 'a', '漢b', '']) expect(words.accepts(word)).toBe(true);
  for (const word of ['b', 'abc', '漢']) expect(words.accepts(word)).toBe(false);
  expect(Language.ofWords([]).isEmpty).toBe(true);
  const two = Language.ofLength(2, 2);
  expect([two.accepts('😀a'), two.accepts('a'), two.accepts('aaa')]).toEqual([true, false, false]);
});

test.each([
  ['(?=a)b', 'ahead or behind'],
  ['(?<!a)b', 'ahead or behind'],
  ['(?i:a)', 'changes flags'],
  ['\\bword\\b', 'word boundary'],
  ['(a)\\1', 'back to a group'],
  ['(?<n>a)\\k<n>', 'back to a group'],
  ['a{3000}', 'at most 2000 times'],
  ['(', 'no regular expression'],
  ['a\\-b', 'no regular expression'],
  ['a'.repeat(3000), '3000 characters'],
  [`${'('.repeat(200)}a${')'.repeat(200)}`, 'nests deeper'],
])('refuses /%s/ (%s)', (pattern, reason) => {
  expect(() => of(pattern)).toThrow(reason);
});

test.each(['a.{1000}$', '(a|b|ab)*c.{15}d', '((a{100}){100}){100}', '^(a?){2000}$'])(
  'refuses /%s/ for what it costs',
  (pattern) => {
    expect(() => of(pattern)).toThrow(/needs|too long/);
  },
);

test.each(['^(a+)+$', '^((a*)*)*$', '(x+x+)+y'])('/%s/ costs no more than it must', (pattern) => {
  expect(of(pattern).table.length).toBeLessThan(20);
});
