import { expect, test, vi } from 'vitest';
import { Reply, type Summary } from './reply.ts';

const summary = { finishReason: 'stop' } as Summary;

test('pieces come in order, those before the reader and those after; then the summary', async () => {
  const reply = new Reply<string>(() => {});
  reply.push('a');
  setTimeout(() => reply.push('b'), 1);
  setTimeout(() => reply.finish(summary), 2);
  const pieces = [];
  for await (const piece of reply) pieces.push(piece);
  expect(pieces).toEqual(['a', 'b']);
  expect(await reply.summary).toBe(summary);
});

test('leaving the loop early tells the writer; reading to the end does not', async () => {
  const onLeave = vi.fn();
  const reply = new Reply<string>(onLeave);
  reply.push('a');
  reply.push('b');
  for await (const piece of reply) if (piece === 'a') break;
  expect(onLeave).toHaveBeenCalledOnce();

  const whole = new Reply<string>(onLeave);
  whole.finish(summary);
  for await (const _ of whole);
  expect(onLeave).toHaveBeenCalledOnce();
});

test('a failure drops what was not read and rejects pieces and summary with the same reason', async () => {
  const reply = new Reply<string>(() => {});
  reply.push('a');
  const reason = new Error('gone');
  reply.fail(reason);
  reply.finish(summary);
  await expect(reply[Symbol.asyncIterator]().next()).rejects.toBe(reason);
  await expect(reply.summary).rejects.toBe(reason);
});

test('two readers share the pieces, and neither waits for ever', async () => {
  const reply = new Reply<string>(() => {});
  const read = async () => {
    const pieces = [];
    for await (const piece of reply) pieces.push(piece);
    return pieces;
  };
  const both = Promise.all([read(), read()]);
  for (const piece of ['a', 'b', 'c']) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    reply.push(piece);
  }
  setTimeout(() => reply.finish(summary), 1);
  expect((await both).flat().sort()).toEqual(['a', 'b', 'c']);
});

test('a summary that nobody reads does not reject unhandled', async () => {
  const onUnhandled = vi.fn();
  process.once('unhandledRejection', onUnhandled);
  new Reply<string>(() => {}).fail(new Error('gone'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off('unhandledRejection', onUnhandled);
  expect(onUnhandled).not.toHaveBeenCalled();
});
