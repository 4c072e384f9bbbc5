import { afterEach, expect, test, vi } from 'vitest';
import { Archive } from './archive.ts';
import { Chat } from './chat.ts';
import { Connection } from './connection.ts';
import type { Answer } from './conversation.ts';
import { SettingsStore } from './settings.ts';

afterEach(() => vi.unstubAllGlobals());

const empty = { getItem: () => null, setItem: () => {}, removeItem: () => {} };

/** A chat whose server answers each question with its count of messages. */
function setUp() {
  const bodies: { messages: { role: string; content: string }[] }[] = [];
  const reply = { next: (): Response | Promise<Response> => answer(bodies.length) };
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    if (!path.includes('completions')) throw new TypeError('no other server');
    bodies.push(JSON.parse(init.body as string));
    return reply.next();
  });
  const archive = new Archive();
  const settings = new SettingsStore(
    () => empty,
    () => empty,
    ['en'],
  );
  const access = { apiKey: () => '' };
  const connection = new Connection(access);
  let onEnd: (answer: Answer) => void = () => {};
  const chat = new Chat({
    ...{ access, archive, connection, settings },
    onFrame: (callback) => callback(),
    now: () => performance.now(),
    onEnd: (done) => onEnd(done),
  });
  const ended = () =>
    new Promise<Answer>((resolve) => {
      onEnd = resolve;
    });
  const messages = () => archive.current?.messages ?? [];
  return { archive, chat, settings, connection, bodies, reply, ended, messages };
}

function answer(number: number): Response {
  const chunk = (choice: object) => `data: ${JSON.stringify({ choices: [choice] })}\n\n`;
  return new Response(
    chunk({ delta: { reasoning_content: 'Hm.' } }) +
      chunk({ delta: { content: `answer ${number}` }, finish_reason: 'stop' }) +
      'data: [DONE]\n\n',
  );
}

test('questions and answers follow each other; thinking is not sent back', async () => {
  const { chat, settings, bodies, ended, messages, archive } = setUp();
  settings.merge({ systemPrompt: 'Be brief.' });
  for (const question of ['one', 'two']) {
    const end = ended();
    chat.send(question);
    expect(chat.isWriting).toBe(true);
    chat.send('not while it writes');
    await end;
  }
  expect(messages().map(({ text }) => text)).toEqual(['one', 'answer 1', 'two', 'answer 2']);
  expect(bodies.at(-1)?.messages).toEqual([
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'one' },
    { role: 'assistant', content: 'answer 1' },
    { role: 'user', content: 'two' },
  ]);
  expect(archive.current?.title).toBe('one');
});

test('edit and retry drop what came after', async () => {
  const { chat, archive, ended, messages } = setUp();
  const run = async (work: () => void) => {
    const end = ended();
    work();
    await end;
  };
  await run(() => chat.send('one'));
  await run(() => chat.send('two'));
  const { id } = archive.current as { id: string };
  await run(() => chat.edit(id, messages()[0]?.id as string, 'uno'));
  expect(messages().map(({ text }) => text)).toEqual(['uno', 'answer 3']);
  expect(archive.current?.title).toBe('uno');
  archive.change(id, (it) => ({ ...it, title: 'mine' }));
  await run(() => chat.edit(id, messages()[0]?.id as string, 'eins'));
  expect(archive.current?.title).toBe('mine');
  await run(() => chat.retry(id, messages()[1]?.id as string));
  expect(messages().map(({ text }) => text)).toEqual(['eins', 'answer 5']);
});

test('stop keeps what came', async () => {
  const { chat, reply, ended, messages } = setUp();
  const encoder = new TextEncoder();
  reply.next = () =>
    new Response(
      new ReadableStream({
        start(controller) {
          const chunk = { choices: [{ delta: { content: 'half' } }] };
          controller.enqueue(encoder.encode(`data: ${JSON.stringify(chunk)}\n\n`));
        },
      }),
    );
  const end = ended();
  chat.send('one');
  await vi.waitFor(() => expect(messages().at(-1)?.text).toBe('half'));
  chat.stop();
  // This fetch knows no signal; a browser's ends the stream here.
  expect(chat.isWriting).toBe(true);
  void end;
});

test('a server that is not there: the question stays, with why', async () => {
  const { chat, reply, ended, messages, connection } = setUp();
  reply.next = () => Promise.reject(new TypeError('fetch failed'));
  const end = ended();
  chat.send('one');
  expect((await end).ending).toEqual({ kind: 'failed', problem: { kind: 'unreachable' } });
  expect(messages()).toMatchObject([{ text: 'one' }, { text: '' }]);
  expect(connection.get().kind).toBe('lost');
  connection.pause();
});

test('a question that was not answered is asked together with the next', async () => {
  const { chat, reply, ended, bodies, connection } = setUp();
  const good = reply.next;
  reply.next = () => Promise.reject(new TypeError('fetch failed'));
  let end = ended();
  chat.send('one');
  await end;
  reply.next = good;
  end = ended();
  chat.send('two');
  await end;
  expect(bodies.at(-1)?.messages).toEqual([{ role: 'user', content: 'one\n\ntwo' }]);
  connection.pause();
});
