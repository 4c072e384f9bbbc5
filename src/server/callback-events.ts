/**
 * What a task reports through a callback, as an async iterable that ends or fails with the task.
 * Reports that nobody has taken yet wait in a list: for tasks that report seldom.
 */
export async function* eventsOf<T>(
  task: (report: (event: T) => void) => Promise<void>,
): AsyncGenerator<T, void, undefined> {
  const events: T[] = [];
  let wake = () => {};
  let isOver = false;
  const ended = task((event) => {
    events.push(event);
    wake();
  }).finally(() => {
    isOver = true;
    wake();
  });
  ended.catch(() => {}); // awaited below, unless the reader leaves first
  while (!isOver || events.length > 0) {
    if (events.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    yield* events.splice(0);
  }
  await ended;
}
