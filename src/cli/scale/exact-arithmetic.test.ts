import { expect, test } from 'vitest';
import { evaluate } from './exact-arithmetic.ts';

test.each([
  ['4-(7-5)', [2n, 1n], [4, 7, 5]],
  ['2+3*4', [14n, 1n], [2, 3, 4]],
  ['10-3-2', [5n, 1n], [10, 3, 2]],
  ['8/2/2', [2n, 1n], [8, 2, 2]],
  ['1/3 + 1/6', [1n, 2n], [1, 3, 1, 6]],
  ['2-5', [-3n, 1n], [2, 5]],
  ['3/(1-4)', [-1n, 1n], [3, 1, 4]],
  ['((7))', [7n, 1n], [7]],
  ['999999999999999*999999999999999', [999999999999998000000000000001n, 1n], undefined],
] as const)('%s', (text, value, used) => {
  const found = evaluate(text);
  expect(found?.value).toEqual(value);
  if (used) expect(found?.used).toEqual(used);
});

test.each([
  ...['', ' ', '1+', '+1', '-1', '1 2', '(1', '1)', '()', '2**3', '1.5', 'x', '7 = 7', '1/0'],
  ...['3/(2-2)', '1234567890123456', '1'.repeat(300), '('.repeat(50) + 1 + ')'.repeat(50)],
])('%s is none', (text) => {
  expect(evaluate(text)).toBeUndefined();
});
