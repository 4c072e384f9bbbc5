import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mulberry32 } from '../base/mulberry32.ts';
import { LoopDetector } from './loop-detector.ts';

/** After how many tokens it fires; undefined: never. */
function firesAfter(tokens: Iterable<number>, isReasoning = true): number | undefined {
  const detector = new LoopDetector();
  let count = 0;
  for (const token of tokens) {
    count++;
    if (detector.push(token, isReasoning)) return count;
  }
  return undefined;
}

/** The harshest vocabulary: every character is a token, so the fewest are different. */
const byBytes = (text: string): Iterable<number> => Buffer.from(text);
/** As vocabularies for prose do it: a word with its space, a sign, three digits. */
function byWords(text: string): Iterable<number> {
  const ids = new Map<string, number>();
  return (text.match(/ ?\p{L}+|\d{1,3}|\s|./gu) ?? []).map((word) => {
    if (!ids.has(word)) ids.set(word, ids.size);
    return ids.get(word)!;
  });
}

const random = mulberry32(7);
const below = (n: number) => Math.floor(random() * n);
const randomTokens = (count: number) => Array.from({ length: count }, () => below(30_000));
const repeated = (tokens: readonly number[], times: number) =>
  Array.from({ length: times }, () => tokens).flat();
const lines = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

test.each([1, 2, 7, 30, 100, 200, 350, 512])(
  'thinking that repeats %i tokens is found',
  (period) => {
    const before = randomTokens(3000);
    const fired = firesAfter([...before, ...repeated(randomTokens(period), 6000)]);
    const wanted = before.length + period + Math.max(1024, 6 * period);
    expect(fired).toBe(wanted);
  },
);

test('an answer may repeat itself twice as long', () => {
  const loop = repeated(randomTokens(7), 2000);
  expect(firesAfter(loop, true)).toBeLessThan(256 + 7 + 1024 + 24);
  expect(firesAfter(loop, false)).toBeGreaterThan(2048);
  expect(firesAfter(loop, false)).toBeLessThan(256 + 7 + 2048 + 24);
});

test('after a restart it asks for half, of the answer too, and forgets what was', () => {
  const detector = new LoopDetector();
  const loop = repeated(randomTokens(3), 2000);
  expect(loop.findIndex((token) => detector.push(token, true))).toBeGreaterThan(0);
  detector.restart();
  const second = loop.findIndex((token) => detector.push(token, false));
  expect(second).toBeGreaterThan(500);
  expect(second).toBeLessThan(600);
});

test('sentences in ever other order are found in thinking, not in an answer', () => {
  const sentences = [
    'Wait, let me check that once more. ',
    'The sum of the first two is seven, so the third must be nine. ',
    'Hmm, but that is not what was asked. ',
    'So the answer should be nine, if I read it right. ',
  ];
  const text = lines(4000, () => sentences[below(4)]!);
  const fired = firesAfter(byWords(text));
  expect(fired).toBeGreaterThan(4096);
  expect(fired).toBeLessThan(12_000);
  expect(firesAfter(byWords(text), false)).toBeUndefined();
});

test('a loop with a number that changes now and then is found', () => {
  const paragraph = readFileSync(import.meta.filename, 'utf8').slice(0, 1500);
  const text = lines(40, (i) => (i % 3 === 0 ? `${paragraph} try ${i}` : paragraph));
  expect(firesAfter(byWords(text))).toBeLessThan(12_000);
});

const bits = () => below(2);
const sources = ['engine.ts', 'sampler.ts', 'loaded-model.ts', '../formats/grammar/grammar.ts'];
const legitimate: Record<string, string> = {
  'a multiplication table': lines(60, (i) =>
    Array.from({ length: 60 }, (_, k) => `| ${(i + 1) * (k + 1)} `).join(''),
  ),
  'a truth table of ten variables': lines(1024, (i) =>
    [...i.toString(2).padStart(10, '0')].join(' '),
  ),
  'a grid of random bits in JSON': JSON.stringify(
    Array.from({ length: 64 }, () => Array.from({ length: 64 }, bits)),
  ),
  'a table whose rows differ in one number': lines(
    900,
    (i) => `| ${i} | pending | none | 0.00 | no |`,
  ),
  counting: lines(5000, (i) => String(i)),
  'multiples, one by one': lines(900, (i) => `${i} times 7 is ${i * 7}, so not that.`),
  'a list of primes': lines(9000, (i) => String(i)).replace(/\b(\d*[024568])\n/g, ''),
  'digits of a long division': lines(
    300,
    (i) => `${(10 * i) % 97} / 97 = ${Math.floor(((10 * i) % 97) / 97)} rest ${(10 * i * i) % 97}`,
  ),
  'a period of decimals, 250 digits long': `1/7 = 0.${'142857'.repeat(42)}…`,
  'a rule across the page': `${'-'.repeat(400)}\n`.repeat(1),
  'bottles of beer': lines(
    99,
    (i) =>
      `${99 - i} bottles of beer on the wall, ${99 - i} bottles of beer. ` +
      `Take one down and pass it around, ${98 - i} bottles of beer on the wall.`,
  ),
  'a song with its refrain': lines(
    12,
    (i) =>
      `${'la '.repeat(3)}and so we sing it all along the river, we sing it to the sea. ${randomTokens(60).join(' ')} ${i}`,
  ),
  'a log': lines(
    2000,
    (i) =>
      `2026-01-01T00:${String(Math.floor(i / 60) % 60).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}Z INFO request done status=200`,
  ),
  code: sources.map((file) => readFileSync(new URL(file, import.meta.url), 'utf8')).join('\n'),
  'code and then the same code with a change, five times over': lines(5, (i) =>
    readFileSync(new URL('sampler.ts', import.meta.url), 'utf8').replace('argmax', `best${i}`),
  ),
  'a hex dump of almost nothing': lines(
    600,
    (i) =>
      `${(i * 16).toString(16).padStart(8, '0')}  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00`,
  ),
  'a game of life': lines(40, () =>
    lines(20, () => Array.from({ length: 20 }, () => (bits() ? '#' : '.')).join('')),
  ),
  'all subsets of eight things': lines(
    256,
    (i) => `{${[...'abcdefgh'].filter((_, k) => (i >> k) & 1).join(', ')}}`,
  ),
};

test.each(Object.entries(legitimate))(
  '%s is no loop, thought or said, in any vocabulary',
  (_, text) => {
    for (const tokens of [byBytes(text), byWords(text)]) {
      expect(firesAfter(tokens, true)).toBeUndefined();
      expect(firesAfter(tokens, false)).toBeUndefined();
    }
  },
);

test('no loop is seen in 300 replies of nano as if they were one long thought', () => {
  const file = new URL('../../test/golden/nano/held-out-replies.json', import.meta.url);
  const replies: string[] = JSON.parse(readFileSync(file, 'utf8'));
  expect(replies).toHaveLength(300);
  const sorted = [...new Set(replies)].toSorted(); // the likest beside each other
  for (const text of [replies.join('\n'), sorted.join('\n')]) {
    expect(firesAfter(byBytes(text))).toBeUndefined();
    expect(firesAfter(byWords(text))).toBeUndefined();
  }
});

test('what is asked for in an answer: an image of zeros, a word three hundred times', () => {
  const zeros = JSON.stringify(new Array(784).fill(0));
  for (const text of [zeros, 'hello '.repeat(300), '0'.repeat(2000)]) {
    expect(firesAfter(byBytes(text), false)).toBeUndefined();
    expect(firesAfter(byWords(text), false)).toBeUndefined();
  }
});

test('random text of few letters is no loop', () => {
  for (const letters of [2, 3, 5, 10]) {
    const tokens = Array.from({ length: 30_000 }, () => below(letters));
    expect(firesAfter(tokens)).toBeUndefined();
  }
});
