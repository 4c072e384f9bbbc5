import { expect, test } from 'vitest';
import { FakeTokenizer } from '../../test/fakes/fake-tokenizer.ts';
import { closingTokens, endsLineOrSentence, ThinkBudget } from './think-budget.ts';

const tokenizer = new FakeTokenizer();
/** One token per word, as far as the budget can tell; the sentence costs few tokens. */
const roomy = Object.assign(new FakeTokenizer(), {
  encode: (text: string) => text.split(/(?=[ \n<])/).map((_, i) => i),
});

/** Feeds words and says after how many it forced, and with what tail. */
function feed(budget: number, words: string[], isReasoning = true): number {
  const watch = new ThinkBudget(budget, tokenizer);
  return words.findIndex((word) => watch.onToken(word, isReasoning, true) !== 'continue') + 1;
}

test('below the budget nothing is forced, at its end only where a sentence ends', () => {
  const words = 'a b. c d e f. g h'.split(' ').map((word) => `${word} `);
  expect(feed(9, words)).toBe(0);
  expect(feed(2, words)).toBe(2);
  expect(feed(3, words)).toBe(6);
});

test('without an end of a sentence the grace ends it: 8 tokens, an eighth of the budget, at most 64', () => {
  const endless = new Array(5000).fill('x');
  expect(feed(1, endless)).toBe(9);
  expect(feed(160, endless)).toBe(180);
  expect(feed(4000, endless)).toBe(4064);
});

test('the answer is not counted, and it forces once only', () => {
  expect(feed(1, ['a.\n', 'b.\n'], false)).toBe(0);
  const watch = new ThinkBudget(1, tokenizer);
  expect(watch.onToken('a.\n', true, true)).not.toBe('continue');
  expect(watch.onToken('b.\n', true, true)).toBe('continue');
});

test.each([
  ['so it is.', true],
  ['really?"', true],
  ['line\n', true],
  ['完成。', true],
  ['3.', false],
  ['it is 9.11', false],
  ['and', false],
  ['', false],
])('%j ends a line or sentence: %s', (text, expected) => {
  expect(endsLineOrSentence(text)).toBe(expected);
});

test('the closing is a sentence in the language of the thinking, on a line of its own', () => {
  const texts: string[] = [];
  const listening = Object.assign(new FakeTokenizer(), {
    encode: (text: string) => {
      texts.push(text);
      return [1];
    },
  });
  closingTokens('so far.', listening);
  closingTokens('算一下\n', listening);
  expect(texts.filter((text) => text.includes('</think>'))).toEqual([
    '\nMy time for thinking is up, so I will answer with what I have found.\n</think>\n\n',
    '时间到了，我根据目前的思考给出答案。\n</think>\n\n',
  ]);
});

test('a vocabulary that is not made for prose gets the tag alone', () => {
  expect(tokenizer.decode(closingTokens('1+1=2', tokenizer))).toBe('\n</think>\n\n');
  expect(closingTokens('so', roomy).length).toBeGreaterThan(10);
});
