import { expect, test } from 'vitest';
import { fnv1a, half } from './split.ts';

test('the hash is FNV-1a of 32 bits', () => {
  expect(fnv1a('')).toBe(0x811c9dc5);
  expect(fnv1a('a')).toBe(0xe40c292c);
  expect(fnv1a('foobar')).toBe(0xbf9cf968);
});

test('even hashes are fitted, odd ones checked', () => {
  expect(half('a')).toBe('fit');
  expect(half('')).toBe('check');
});
