import { expect, test } from 'vitest';
import { matches, titleFrom } from './conversation.ts';
import { parseConversation } from './parse-conversation.ts';

test('a title is the first line of the question, cut where it is long', () => {
  expect(titleFrom('  What is 2 + 2?\nPlease.')).toBe('What is 2 + 2?');
  expect(titleFrom('x'.repeat(100))).toHaveLength(60);
});

test('a search finds every word, in any case, in titles and messages', () => {
  const conversation = {
    ...{ id: '1', title: 'Phép Nhân', updatedAt: 0 },
    messages: [{ role: 'user', id: 'q', text: '37 * 48 bằng bao nhiêu?' } as const],
  };
  expect(matches(conversation, '')).toBe(true);
  expect(matches(conversation, 'phép BẰNG 48')).toBe(true);
  expect(matches(conversation, 'phép cộng')).toBe(false);
});

test('what the database held is read with doubt', () => {
  for (const value of [undefined, null, 3, 'x', {}, { id: 1, messages: [] }, { id: 'a' }]) {
    expect(parseConversation(value)).toBeUndefined();
  }
  const messages = [
    null,
    { id: 'q', role: 'user', text: 'Hi' },
    { id: 'x', role: 'robot', text: 'no' },
    { id: 'a', role: 'assistant', text: 'Hel', ending: { kind: 'writing' } },
  ];
  expect(parseConversation({ id: 'a', messages })).toMatchObject({
    title: '',
    messages: [
      { role: 'user', text: 'Hi' },
      { role: 'assistant', text: 'Hel', reasoning: '', ending: { kind: 'cut' } },
    ],
  });
});
