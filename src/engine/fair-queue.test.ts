import { expect, test } from 'vitest';
import { FairQueue } from './fair-queue.ts';
import { samplingParams } from './sampling-params.ts';
import { Sequence } from './sequence.ts';

const sink = { onToken: () => 'continue' as const, onFinish() {}, onError() {} };
const params = samplingParams({}, { temperature: 0, topP: 1, topK: 0, minP: 0 }, 10, []);
let nextId = 0;
const sequence = (client: string) => new Sequence(nextId++, [1], params, sink, { client });
const anybody = () => true;

/** Takes so many, each served `tokens` and then gone; → whose they were. */
function serve(queue: FairQueue, count: number, tokens = 10): string {
  let order = '';
  for (let i = 0; i < count; i++) {
    const next = queue.next(anybody) as Sequence;
    queue.take(next);
    queue.charge(next, tokens);
    queue.leave(next);
    order += next.client;
  }
  return order;
}

function filled(clients: string): FairQueue {
  nextId = 0;
  const queue = new FairQueue();
  for (const client of clients) queue.add(sequence(client));
  return queue;
}

test('clients take turns, however many one of them sends and whenever the others come', () => {
  const queue = filled('aaaaaaaabb');
  expect(serve(queue, 4)).toBe('abab');
  queue.add(sequence('c'));
  queue.add(sequence('c'));
  expect(serve(queue, 4)).toBe('acac');
  expect(serve(queue, 4)).toBe('aaaa');
  expect([queue.length, queue.numClients]).toEqual([0, 0]);
});

test('turns are counted in tokens, not in requests', () => {
  const queue = filled('abbbbbb');
  const first = queue.next(anybody) as Sequence;
  queue.take(first);
  queue.charge(first, 40);
  queue.add(sequence('a'));
  expect(serve(queue, 6)).toBe('bbbbba'); // level with the fourth: then by age
});

test('within a client the oldest comes first, and who is not ready is passed over', () => {
  const queue = filled('aaa');
  expect(queue.next(({ id }) => id !== 0)?.id).toBe(1);
  expect(queue.next(() => false)).toBeUndefined();
  expect([...queue].map(({ id }) => id)).toEqual([0, 1, 2]);
});

test('who was away saved nothing up: it starts level with the least served', () => {
  const queue = filled('aaaa');
  serve(queue, 3, 1000);
  queue.add(sequence('b'));
  queue.add(sequence('b'));
  queue.add(sequence('b'));
  expect(serve(queue, 4)).toBe('abbb');
});

test('one search looks at few of many who all wait for the same', () => {
  const queue = filled('a'.repeat(5000));
  let looks = 0;
  queue.next(() => {
    looks++;
    return false;
  });
  expect(looks).toBeLessThan(100);
});
