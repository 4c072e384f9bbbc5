import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fakeAnswerer, fakeInfo, fakeSummary } from '../../test/fakes/fake-answerer.ts';
import { FakeTerminal } from '../../test/fakes/fake-terminal.ts';
import type { ChatPiece } from '../engine/reply-writer.ts';
import { figures, printReply } from './print-reply.ts';

const shown = { hideThinking: false };
const pieces: ChatPiece[] = [
  { type: 'reasoning', text: '\n37 times 48\nis ' },
  { type: 'reasoning', text: '1776' },
  { type: 'text', text: '\n\n' },
  { type: 'text', text: 'The answer ' },
  { type: 'text', text: 'is 1776.' },
];
/** What Node looks at besides TERM: its answer on a plain terminal, wherever the tests run. */
const colours = ['NO_COLOR', 'FORCE_COLOR', 'NODE_DISABLE_COLORS', 'CI', 'TF_BUILD', 'TMUX'];

beforeEach(() => {
  for (const name of colours) vi.stubEnv(name, undefined);
  vi.stubEnv('TERM', 'xterm-256color');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function print(terminal: FakeTerminal, options = shown, given = pieces): Promise<string> {
  const model = fakeAnswerer(async function* () {
    yield* given;
  });
  const reply = model.chat([{ role: 'user', content: 'What is 37 * 48?' }]);
  return await printReply(reply, model.info, terminal, options);
}

test('the answer alone goes to stdout, without the empty lines before it', async () => {
  const terminal = new FakeTerminal({ isTTY: false });
  expect(await print(terminal)).toBe('The answer is 1776.');
  expect(terminal.written.stdout).toBe('The answer is 1776.\n');
});

test('thinking is marked by bars where there are no colours', async () => {
  const terminal = new FakeTerminal({ isTTY: false });
  await print(terminal);
  const lines = terminal.written.stderr.split('\n');
  expect(lines.slice(0, 2)).toEqual(['| 37 times 48', '| is 1776']);
});

test('thinking is dim on a terminal', async () => {
  const terminal = new FakeTerminal();
  await print(terminal);
  expect(terminal.written.stderr).toContain('\x1b[2m1776\x1b[22m');
  expect(terminal.written.stdout).not.toContain('\x1b');
});

test('NO_COLOR holds on a terminal', async () => {
  vi.stubEnv('NO_COLOR', '1');
  const terminal = new FakeTerminal();
  await print(terminal);
  expect(terminal.written.stderr).not.toContain('\x1b');
});

test('thinking can be hidden', async () => {
  const terminal = new FakeTerminal({ isTTY: false });
  await print(terminal, { hideThinking: true });
  expect(terminal.written.stderr).not.toContain('37 times');
});

test('control characters of a model do not reach the terminal', async () => {
  const terminal = new FakeTerminal();
  await print(terminal, shown, [{ type: 'text', text: 'a\x1b]0;title\x07b\x9b2Jc\td\n' }]);
  expect(terminal.written.stdout).toBe('a]0;titleb2Jc\td\n');
});

test('one line of figures names TTFT, both speeds, device and threads', () => {
  expect(figures(fakeSummary, fakeInfo)).toBe(
    '40 tokens (30 thinking) · TTFT 0.12 s · prompt 321 tokens/s · reply 39.0 tokens/s · ' +
      'reference, 1 thread',
  );
});

test('a reply that was cut says so, and why', () => {
  const cut = { ...fakeSummary, finishReason: 'length' } as const;
  expect(figures(cut, fakeInfo)).toContain('cut: the token limit was reached');
  const loop = figures({ ...cut, lengthCause: 'loop' }, fakeInfo);
  expect(loop).toContain('cut: it went round in circles');
});
