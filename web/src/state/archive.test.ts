import { expect, test, vi } from 'vitest';
import { Archive, type TabChannel } from './archive.ts';
import type { Conversation } from './conversation.ts';
import type { Database } from './database.ts';

function memory(failure?: () => Error | undefined) {
  const kept = new Map<string, Conversation>();
  const check = () => {
    const cause = failure?.();
    if (cause !== undefined) throw cause;
  };
  const database: Database = {
    all: async () => [...kept.values(), { not: 'a conversation' }],
    get: async (id) => kept.get(id),
    async put(conversation) {
      check();
      kept.set(conversation.id, conversation);
    },
    async delete(id) {
      kept.delete(id);
    },
  };
  return { kept, open: async () => database };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

test('what is kept is found again, the one changed last first', async () => {
  const { kept, open } = memory();
  const archive = new Archive();
  await archive.load(open, undefined);
  const first = archive.begin();
  const second = archive.begin();
  archive.change(second.id, (it) => ({ ...it, title: 'second', updatedAt: 2 }));
  archive.change(first.id, (it) => ({ ...it, title: 'first', updatedAt: 3 }));
  await settle();
  expect(kept.size).toBe(2);

  const again = new Archive();
  await again.load(open, second.id);
  expect(again.get().conversations.map(({ title }) => title)).toEqual(['first', 'second']);
  expect(again.current?.title).toBe('second');
});

test('an answer being written is saved now and then, not with every token', async () => {
  vi.useFakeTimers();
  const { kept, open } = memory();
  const put = vi.spyOn(await open(), 'put');
  const archive = new Archive();
  await archive.load(open, undefined);
  const { id } = archive.begin();
  for (let i = 1; i <= 500; i++) archive.change(id, (it) => ({ ...it, title: `${i}` }), false);
  expect(put).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1100);
  expect(put).toHaveBeenCalledTimes(1);
  expect(kept.get(id)?.title).toBe('500');
  vi.useRealTimers();
});

test('a deleted one is gone, and comes back when it is wanted', async () => {
  const { kept, open } = memory();
  const archive = new Archive();
  await archive.load(open, undefined);
  const { id } = archive.begin();
  archive.change(id, (it) => ({ ...it, title: 'dear' }));
  await settle();
  const undo = archive.remove(id);
  await settle();
  expect([kept.size, archive.current]).toEqual([0, undefined]);
  undo?.();
  await settle();
  expect([kept.size, archive.current?.title]).toEqual([1, 'dear']);
});

test('what another tab changed is seen; an answer that is written here is left alone', async () => {
  const { open } = memory();
  const hear: ((event: { data: unknown }) => void)[] = [];
  const tab = (other: number): TabChannel => ({
    postMessage: (data) => hear[other]?.({ data }),
    addEventListener: (_, listener) => hear.push(listener),
  });
  const [here, there] = [new Archive(tab(1)), new Archive(tab(0))];
  await here.load(open, undefined);
  await there.load(open, undefined);
  const { id } = here.begin();
  here.change(id, (it) => ({ ...it, title: 'ours' }));
  await settle();
  expect(there.find(id)?.title).toBe('ours');
  there.change(id, (it) => ({ ...it, title: 'theirs' }));
  await settle();
  expect(here.find(id)?.title).toBe('theirs');

  const answer = { role: 'assistant', id: 'a', model: '', reasoning: '', text: 'Hal' } as const;
  const figures = { completionTokens: 1, reasoningTokens: 0, rates: [] };
  const writing = { ...answer, figures, ending: { kind: 'writing' } as const };
  here.change(id, (it) => ({ ...it, messages: [writing] }));
  await settle();
  expect(there.find(id)?.messages).toEqual([]);
  there.change(id, (it) => ({ ...it, title: 'again' }));
  await settle();
  expect(here.find(id)?.messages).toEqual([writing]);

  here.change(id, (it) => ({ ...it, messages: [] }));
  here.remove(id);
  await settle();
  expect(there.find(id)).toBeUndefined();
});

test('a full browser is said; what was not saved is saved when there is room', async () => {
  let isFull = true;
  const full = new DOMException('full', 'QuotaExceededError');
  const { kept, open } = memory(() => (isFull ? full : undefined));
  const archive = new Archive();
  await archive.load(open, undefined);
  const old = archive.begin();
  const { id } = archive.begin();
  archive.change(id, (it) => ({ ...it, title: 'new' }));
  await settle();
  expect(archive.get().trouble).toBe('full');
  isFull = false;
  archive.remove(old.id);
  await settle();
  expect(archive.get().trouble).toBeUndefined();
  expect(kept.get(id)?.title).toBe('new');
});

test('a browser without a database: the page works, and says so', async () => {
  const archive = new Archive();
  await archive.load(async () => {
    throw new DOMException('no', 'SecurityError');
  }, undefined);
  const { id } = archive.begin();
  archive.change(id, (it) => ({ ...it, title: 'kept in memory' }));
  expect(archive.get()).toMatchObject({ isLoaded: true, trouble: 'unavailable' });
  expect(archive.current?.title).toBe('kept in memory');
});
