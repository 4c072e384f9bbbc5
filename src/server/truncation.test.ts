import { expect, test } from 'vitest';
import type { AskedMessage } from '../protocol/openai/chat-messages.ts';
import { mostPromptTokens, newestThatFit } from './truncation.ts';

const say = (role: AskedMessage['role'], content: string): AskedMessage => ({ role, content });
const messages = [
  say('system', 'sys'),
  say('user', 'one'),
  say('assistant', 'I'),
  say('tool', 'result'),
  say('user', 'two'),
  say('assistant', 'II'),
  say('user', 'three'),
];
const textOf = (kept: readonly AskedMessage[]) => kept.map(({ content }) => content).join(' ');
const chars = (kept: readonly AskedMessage[]) => textOf(kept).length;

test('what fits is left alone', () => {
  expect(newestThatFit(messages, 1000, chars)).toBe(messages);
  expect(newestThatFit(messages, chars(messages), chars)).toBe(messages);
});

test('whole turns go, the oldest first; system messages and the last turn stay', () => {
  const kept = (most: number) => textOf(newestThatFit(messages, most, chars));
  expect(kept(chars(messages) - 1)).toBe('sys two II three');
  expect(kept(15)).toBe('sys three');
  expect(kept(1)).toBe('sys three');
});

test('it counts a few times, not once per turn', () => {
  const long = Array.from({ length: 1000 }, (_, i) => say('user', `question ${i}`));
  let counted = 0;
  newestThatFit(long, 500, (kept) => {
    counted++;
    return chars(kept);
  });
  expect(counted).toBeLessThan(12);
});

test('room is left for the reply', () => {
  expect(mostPromptTokens(512, undefined)).toBe(384);
  expect(mostPromptTokens(512, 20)).toBe(492);
  expect(mostPromptTokens(512, 4000)).toBe(384);
});
