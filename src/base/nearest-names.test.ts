import { expect, test } from 'vitest';
import { nearestNames } from './nearest-names.ts';

test('the nearest by edits come first, and an owner in front does not matter', () => {
  const known = ['nano', 'deepseek-r1:7b', 'deepseek-v3.1', 'deepseek-v3'];
  expect(nearestNames('nanno', known)[0]).toBe('nano');
  expect(nearestNames('deepseek-v31', known, 2)).toEqual(['deepseek-v3.1', 'deepseek-v3']);
  expect(nearestNames('DeepSeek/R1-7B', ['x', 'r1-7b'], 1)).toEqual(['r1-7b']);
  expect(nearestNames('', known)).toHaveLength(3);
  expect(nearestNames('x'.repeat(100_000), known)).toHaveLength(3);
});
