/**
 * Work that needs the model to itself for a moment, in the order it came: one piece after each
 * step, so that replies go on meanwhile.
 */
interface Work {
  run(): Promise<void>;
  fail(reason: unknown): void;
}

export class BetweenSteps {
  readonly #queue: Work[] = [];

  get hasWork(): boolean {
    return this.#queue.length > 0;
  }

  add<T>(work: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#queue.push({ run: () => work().then(resolve, reject), fail: reject });
    return promise;
  }

  /** Never rejects: who asked for the work hears of it. */
  async runNext(): Promise<void> {
    await this.#queue.shift()?.run();
  }

  failAll(reason: unknown): void {
    for (const work of this.#queue.splice(0)) work.fail(reason);
  }
}
