import { expect, test } from 'vitest';
import { Reply, type Summary } from '../engine/reply.ts';
import { mergeReplies } from './merge-replies.ts';

function open(count: number) {
  const left: number[] = [];
  const replies = Array.from({ length: count }, (_, i) => new Reply<string>(() => left.push(i)));
  return { replies, left };
}
const end = {} as Summary;

test('pieces come in the order they were written, then each end', async () => {
  const { replies } = open(2);
  const [a, b] = replies as [Reply<string>, Reply<string>];
  a.push('a1');
  const merged = mergeReplies(replies);
  expect((await merged.next()).value).toEqual({ index: 0, piece: 'a1' });
  const waiting = merged.next();
  b.push('b1');
  expect((await waiting).value).toEqual({ index: 1, piece: 'b1' });
  b.finish(end);
  a.push('a2');
  a.finish(end);
  const rest = [];
  for await (const { index, piece } of merged) rest.push([index, piece]);
  expect(rest.filter(([index]) => index === 0)).toEqual([
    [0, 'a2'],
    [0, undefined],
  ]);
  expect(rest.filter(([index]) => index === 1)).toEqual([[1, undefined]]);
});

test('the failure of one is the failure of all, read or not', async () => {
  const { replies, left } = open(3);
  const merged = mergeReplies(replies);
  replies[0]?.push('a');
  expect((await merged.next()).value).toEqual({ index: 0, piece: 'a' });
  for (const reply of replies.slice(1)) reply.fail(new Error('broken'));
  await new Promise(setImmediate); // nobody reads meanwhile: no unhandled rejection
  await expect(merged.next()).rejects.toThrow('broken');
  expect(left).toEqual([0]);
});

test('leaving it leaves all', async () => {
  const { replies, left } = open(2);
  replies[1]?.push('b');
  for await (const _ of mergeReplies(replies)) break;
  expect(left).toEqual([0, 1]);
});
