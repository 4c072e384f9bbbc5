import { expect, test } from 'vitest';
import { isSendKey } from './is-send-key.ts';

const press = (event: Partial<KeyboardEvent>) =>
  isSendKey({ key: 'Enter', shiftKey: false, isComposing: false, keyCode: 13, ...event } as never);

test('Enter sends, but not with Shift, and not while a word is composed', () => {
  expect(press({})).toBe(true);
  expect(press({ shiftKey: true })).toBe(false);
  expect(press({ isComposing: true })).toBe(false);
  expect(press({ keyCode: 229 })).toBe(false); // Safari
  expect(press({ key: 'a' })).toBe(false);
});
