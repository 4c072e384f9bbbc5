import { expect, test } from 'vitest';
import { ApiKeys } from './api-keys.ts';

test('finds whose key was shown, with its limits', () => {
  const keys = new ApiKeys(['ci:sk-1 requests=60 concurrent=2', 'me:sk-2', 'sk-3'], 'test');
  expect(keys.find('sk-1')).toEqual({ name: 'ci', limits: { requests: 60, concurrent: 2 } });
  expect(keys.find('sk-2')).toEqual({ name: 'me', limits: {} });
  expect(keys.find('sk-3')?.name).toBe('key-3');
  for (const wrong of ['', 'sk', 'sk-11', 'ci:sk-1', 'x'.repeat(100_000)]) {
    expect(keys.find(wrong)).toBeUndefined();
  }
});

test('only the first colon parts name and key', () => {
  expect(new ApiKeys(['a:b:c'], 'test').find('b:c')?.name).toBe('a');
});

test.each([
  ['name:', '0 characters in key 1'],
  ['a b:secret-1', 'no limit'],
  ['a:secret-1 speed=3', 'no limit'],
  ['a:secret-1 requests=0', 'no limit'],
  ['ü:secret-1', 'a wrong name'],
])('refuses %s, and its message does not show the key', (line, expected) => {
  const made = () => new ApiKeys([line], 'keys.txt');
  expect(made).toThrow(expected);
  expect(made).toThrow('keys.txt');
  expect(made).not.toThrow('secret-1');
});

test('refuses two keys of one name', () => {
  expect(() => new ApiKeys(['a:1', 'a:2'], 'keys.txt')).toThrow('two keys called a');
});
