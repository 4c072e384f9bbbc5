/**
 * Several replies as one stream of their pieces, each as it comes. Where one fails the stream does;
 * leaving it leaves all of them. Replies keep what nobody has read, so nothing is lost by reading
 * them ahead.
 */
import type { Reply } from '../engine/reply.ts';

export interface Indexed<T> {
  readonly index: number;
  /** Undefined: this one has ended. */
  readonly piece: T | undefined;
}

export async function* mergeReplies<T>(
  replies: readonly Reply<T>[],
): AsyncGenerator<Indexed<T>, void, undefined> {
  const ready: Indexed<T>[] = [];
  let failure: { readonly reason: unknown } | undefined;
  let wake = () => {};
  const follow = async (reply: Reply<T>, index: number) => {
    try {
      for await (const piece of reply) {
        ready.push({ index, piece });
        wake();
      }
      ready.push({ index, piece: undefined });
    } catch (reason) {
      failure ??= { reason };
    }
    wake();
  };
  for (const [index, reply] of replies.entries()) void follow(reply, index);
  try {
    for (let numOpen = replies.length; numOpen > 0; ) {
      const next = ready.shift();
      if (next !== undefined) {
        if (next.piece === undefined) numOpen--;
        yield next;
      } else if (failure !== undefined) throw failure.reason;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    for (const reply of replies) reply.leave();
  }
}

/** Each of them whole. Where one fails nobody waits for the others, and all are left. */
export async function wholes<R extends { leave(): void }, W>(
  replies: readonly R[],
  whole: (reply: R, index: number) => Promise<W>,
): Promise<W[]> {
  try {
    return await Promise.all(replies.map(whole));
  } finally {
    for (const reply of replies) reply.leave();
  }
}
