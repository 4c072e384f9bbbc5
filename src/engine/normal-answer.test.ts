import { expect, test } from 'vitest';
import { normalAnswer } from './normal-answer.ts';

test.each([
  ['a box', 'So it is \\boxed{1,776}. Check: 37.', '1776'],
  ['the last box', '\\boxed{1} no: \\boxed{2}', '2'],
  ['nested braces in a box', 'x = \\boxed{\\frac{1}{2}}', '\\frac{1}{2}'],
  ['a box that never closes is none', 'x = \\boxed{12', '12'],
  ['the only number of a line', '37 × 48 …\nThe result is 1776.', '1776'],
  ['thousands and decimals', 'about 1,234.50 metres', '1234.5'],
  ['a minus of any kind', 'Kết quả là −7', '-7'],
  ['no negative zero', '-0.0', '0'],
  ['leading zeros', '007', '7'],
  ['a decimal before a full stop', '3.932 lớn hơn.', '3.932'],
  ['several numbers: the text', '9.9 > 9.11', '9.9>9.11'],
  ['an equation, spaces are form', '4-(7 - 5) = 2', '4-(7-5)=2'],
  ['words: case and full stop are form', '  Yes,  It IS. ', 'yes,it is'],
  ['emphasis is form', '**Paris**', 'paris'],
  ['Chinese', '一样大。', '一样大'],
  ['full-width digits', '答案是１２', '12'],
  ['JSON: spaces and order are form', '{ "b": [1, 2],\n "a": "x" }', '{"a":"x","b":[1,2]}'],
  ['what only begins like JSON', '[7]: so it is', '7'],
  ['nothing', ' \n', ''],
])('%s', (_, answer, expected) => {
  expect(normalAnswer(answer)).toBe(expected);
});

test('contrary comparisons stay contrary', () => {
  expect(normalAnswer('9.9 > 9.11')).not.toBe(normalAnswer('9.9 < 9.11'));
});

test('a number inside a word is not one', () => {
  expect(normalAnswer('use model v3')).toBe('use model v3');
});

test('of a long text without a number its last line counts', () => {
  const long = 'Let me explain. '.repeat(50);
  expect(normalAnswer(`${long}\nIt is blue.`)).toBe('it is blue');
});
