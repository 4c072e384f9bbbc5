import { expect, test } from 'vitest';
import { eventsOf } from './callback-events.ts';

async function read(events: AsyncIterable<number>): Promise<number[]> {
  const found: number[] = [];
  for await (const event of events) found.push(event);
  return found;
}
const pause = () => new Promise((resolve) => setImmediate(resolve));

test('what is reported at once, in pauses and at the end comes in order', async () => {
  const events = eventsOf<number>(async (report) => {
    report(1);
    report(2);
    await pause();
    report(3);
    await pause();
    await pause();
    report(4);
  });
  expect(await read(events)).toEqual([1, 2, 3, 4]);
});

test('a task without reports ends it; one that fails fails it, after what it had reported', async () => {
  expect(await read(eventsOf(async () => {}))).toEqual([]);
  const found: number[] = [];
  const failing = async () => {
    const events = eventsOf<number>(async (report) => {
      report(1);
      await pause();
      throw new Error('no more');
    });
    for await (const event of events) found.push(event);
  };
  await expect(failing()).rejects.toThrow('no more');
  expect(found).toEqual([1]);
});

test('a reader that leaves hears nothing of a failure later', async () => {
  const { promise, reject } = Promise.withResolvers<void>();
  for await (const _ of eventsOf<number>((report) => {
    report(1);
    return promise;
  })) {
    break;
  }
  reject(new Error('nobody hears this'));
  await pause();
});
