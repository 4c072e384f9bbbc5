/** The conversation in a terminal, with a fake one: keys in, what is shown out. */
import { expect, test } from 'vitest';
import { fakeAnswerer } from '../../test/fakes/fake-answerer.ts';
import { FakeTerminal } from '../../test/fakes/fake-terminal.ts';
import { error } from '../base/errors.ts';
import type { ChatMessage } from '../engine/chat.ts';
import type { ChatOptions } from '../engine/loaded-model.ts';
import { chatLoop } from './chat-loop.ts';
import type { Answerer } from './print-reply.ts';

const settings = { chat: {}, system: undefined, hideThinking: false };

test('a question is answered and the next one knows of it', async () => {
  const { model, asked } = recordingModel();
  const terminal = new FakeTerminal();
  const done = chatLoop(model, settings, terminal);
  await terminal.type('first\r', 'echo: first');
  await terminal.type('second\r', 'echo: second');
  terminal.keys('/bye\r');
  await done;
  expect(asked.map((messages) => messages.map(({ content }) => content))).toEqual([
    ['first'],
    ['first', 'echo: first', 'second'],
  ]);
});

test('lines pasted at once are one message', async () => {
  const { model, asked } = recordingModel();
  const terminal = new FakeTerminal();
  const done = chatLoop(model, settings, terminal);
  await terminal.type('line one\rline two\rline three\r', 'echo: line one');
  terminal.keys('\x04');
  await done;
  expect(asked).toEqual([[{ role: 'user', content: 'line one\nline two\nline three' }]]);
});

test('Ctrl-C stops the answer, and the question is taken back', async () => {
  const { model, asked } = recordingModel();
  const terminal = new FakeTerminal();
  const done = chatLoop(model, settings, terminal);
  await terminal.type('forever\r', 'on and on');
  terminal.interrupt();
  await terminal.shows('(stopped)');
  await terminal.type('after\r', 'echo: after');
  terminal.keys('/bye\r');
  await done;
  expect(asked[1]).toEqual([{ role: 'user', content: 'after' }]);
});

test('Ctrl-C at the prompt leaves', async () => {
  const terminal = new FakeTerminal();
  const done = chatLoop(recordingModel().model, settings, terminal);
  await terminal.shows('> ');
  terminal.keys('\x03');
  await done;
});

test('Ctrl-D at the prompt leaves', async () => {
  const terminal = new FakeTerminal();
  const done = chatLoop(recordingModel().model, settings, terminal);
  await terminal.shows('> ');
  terminal.keys('\x04');
  await done;
});

test('/new forgets the conversation but not the system text', async () => {
  const { model, asked } = recordingModel();
  const terminal = new FakeTerminal();
  const done = chatLoop(model, { ...settings, system: 'Be brief.' }, terminal);
  await terminal.type('first\r', 'echo: first');
  await terminal.type('/new\r', 'A new conversation.');
  await terminal.type('second\r', 'echo: second');
  terminal.keys('/bye\r');
  await done;
  expect(asked[1]).toEqual([
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'second' },
  ]);
});

test('a situation of the user is told and the conversation goes on', async () => {
  const { model } = recordingModel();
  const terminal = new FakeTerminal();
  const done = chatLoop(model, settings, terminal);
  await terminal.type('refuse\r', 'error: Option prompt');
  await terminal.type('again\r', 'echo: again');
  terminal.keys('/bye\r');
  await done;
});

test('a bug ends it', async () => {
  const terminal = new FakeTerminal();
  const done = chatLoop(recordingModel().model, settings, terminal);
  await terminal.shows('> ');
  terminal.keys('break\r');
  await expect(done).rejects.toThrow('a bug');
});

/** Answers `echo: …`, never ends on "forever", refuses "refuse", breaks on "break". */
function recordingModel(): { model: Answerer; asked: ChatMessage[][] } {
  const asked: ChatMessage[][] = [];
  const model = fakeAnswerer(async function* (messages, { signal }) {
    asked.push([...messages]);
    const { content } = messages.at(-1) as ChatMessage;
    if (content === 'refuse') {
      throw error('invalid_option', { name: 'prompt', found: 'x', expected: 'y' });
    }
    if (content === 'break') throw new TypeError('a bug');
    if (content === 'forever') {
      yield { type: 'text', text: 'on and on' };
      await aborted(signal);
    }
    yield { type: 'reasoning', text: 'hm' };
    yield { type: 'text', text: `\n\necho: ${content}` };
  });
  return { model, asked };
}

async function aborted(signal: ChatOptions['signal']): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal?.addEventListener('abort', () => reject(signal.reason));
  return promise;
}
