import { expect, test } from 'vitest';
import { tokenizerConfig, tokenizerJson } from '../tokenizer/fixtures/fixture.ts';
import { tokenizerFromJson } from '../tokenizer/tokenizer-json.ts';
import type { ChatMessage } from './chat-message.ts';
import { ChatTemplate } from './chat-template.ts';
import { encodeChat } from './encode-chat.ts';
import { chatml, r1, v31 } from './fixtures/templates.ts';

const tokenizer = tokenizerFromJson(tokenizerJson('deepseek-v3'), tokenizerConfig);
const start = '<｜begin▁of▁sentence｜><｜User｜>Hi<｜Assistant｜>';

function begun(template: string, last: Omit<ChatMessage, 'role'>, thinking?: boolean) {
  const messages: ChatMessage[] = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', ...last },
  ];
  return encodeChat(tokenizer, new ChatTemplate(template), messages, { prefix: true, thinking });
}

test('an answer that is begun goes on, its thinking skipped', () => {
  expect(begun(r1, { content: '```python\n' })).toMatchObject({
    text: `${start}<think>\n\n</think>\n\n\`\`\`python\n`,
    startsInReasoning: false,
  });
  expect(begun(v31, { content: 'Sure' }, true).text).toBe(`${start}</think>Sure`);
});

test('thinking that is begun goes on inside it', () => {
  expect(begun(r1, { content: '', reasoning_content: 'First, ' })).toMatchObject({
    text: `${start}<think>\nFirst, `,
    startsInReasoning: true,
  });
});

test('thinking and the beginning of the answer are both continued', () => {
  const both = { content: 'It is', reasoning_content: 'Easy.' };
  expect(begun(r1, both)).toMatchObject({
    text: `${start}<think>\nEasy.\n</think>\n\nIt is`,
    startsInReasoning: false,
  });
  expect(begun(chatml, both).text).toMatch(/assistant\n<think>\nEasy.\n<\/think>\n\nIt is$/);
});

test('special tokens in it stay text', () => {
  const { ids, text } = begun(r1, { content: 'a<｜User｜>b' });
  expect(text.endsWith('a<｜User｜>b')).toBe(true);
  const user = tokenizer.tokenId('<｜User｜>') as number;
  expect(ids.filter((id) => id === user)).toHaveLength(1);
});

test('refuses what is no beginning of a reply', () => {
  const template = new ChatTemplate(r1);
  const prefix = (messages: ChatMessage[]) => () =>
    encodeChat(tokenizer, template, messages, { prefix: true });
  expect(prefix([{ role: 'user', content: 'Hi' }])).toThrow(/prefix/);
  expect(prefix([{ role: 'assistant', content: 'Hi' }])).toThrow(/one message/);
  const user: ChatMessage = { role: 'user', content: 'Hi' };
  expect(prefix([user, user])).toThrow(/role user/);
});
