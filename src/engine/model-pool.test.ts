import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LoadOptions, loadWithin } from './load.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { MemoryRoom } from './memory-room.ts';
import { ModelPool, type ModelPoolOptions } from './model-pool.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Loads that end when the test says so, of models that note when they are closed. */
class Loads {
  readonly begun: string[] = [];
  readonly closed: string[] = [];
  readonly options: LoadOptions[] = [];
  readonly #ends: { resolve(): void; reject(reason: unknown): void }[] = [];
  isImmediate = true;

  readonly drained: (number | undefined)[] = [];
  /** What each load does before anything else. */
  onBegin: ((room: MemoryRoom) => Promise<void>) | undefined;

  readonly load = (async (room: MemoryRoom, name: string, options: LoadOptions) => {
    this.begun.push(name);
    this.options.push(options);
    await this.onBegin?.(room);
    if (!this.isImmediate) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      this.#ends.push({ resolve, reject });
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason));
      await promise;
    }
    return {
      info: { name, memory: { weightBytes: 100, kvCacheBytes: 50 } },
      stats: () => ({ kvBlocks: { total: 10, untouched: 4 } }),
      drain: async (limitMs?: number) => this.drained.push(limitMs),
      close: async () => this.closed.push(name),
    } as unknown as LoadedModel;
  }) as unknown as typeof loadWithin;

  end(index: number, reason?: unknown): void {
    if (reason === undefined) this.#ends[index]!.resolve();
    else this.#ends[index]!.reject(reason);
  }
}

function setup(names = ['a', 'b', 'c'], options: ModelPoolOptions = {}) {
  const loads = new Loads();
  const models = names.map((name) => ({ name, source: `${name}.gguf` }));
  const pool = new ModelPool(models, { load: loads.load, keepAliveMs: 1000, ...options });
  const states = () => pool.list().map(({ state }) => state);
  return { loads, pool, states };
}

/** Lets promises go on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await setImmediate();
}

test('nothing is loaded before it is asked for; no name is the first model', async () => {
  const { loads, pool, states } = setup();
  expect(states()).toEqual(['unloaded', 'unloaded', 'unloaded']);
  const lease = await pool.lease(undefined);
  expect([lease.name, lease.model.info.name]).toEqual(['a', 'a.gguf']);
  expect(loads.begun).toEqual(['a.gguf']);
  expect(pool.list()[0]).toMatchObject({
    ...{ name: 'a', source: 'a.gguf', state: 'ready', numUsers: 1 },
    ...{ weightBytes: 100, kvBytes: 50, loadedAt: new Date() },
  });
  expect(pool.list()[0]).not.toHaveProperty('expiresAt');
});

test('leases at once share one load and hear of its progress, the late one of the last event', async () => {
  const { loads, pool, states } = setup();
  loads.isImmediate = false;
  const heard: string[] = [];
  const first = pool.lease('a', { onProgress: ({ phase }) => heard.push(`first ${phase}`) });
  await settle();
  expect(states()[0]).toBe('loading');
  loads.options[0]?.onProgress?.({ phase: 'open' });
  const second = pool.lease('a', { onProgress: ({ phase }) => heard.push(`second ${phase}`) });
  loads.options[0]?.onProgress?.({ phase: 'load' });
  loads.end(0);
  expect((await first).model).toBe((await second).model);
  expect(loads.begun).toHaveLength(1);
  expect(heard).toEqual(['first open', 'second open', 'first load', 'second load']);
});

test('a name that is not served is refused with the nearest ones', async () => {
  const { pool } = setup(['nano', 'deepseek-r1:7b']);
  await expect(pool.lease('deepseek-r1')).rejects.toMatchObject({
    code: 'model_not_served',
    fields: { name: 'deepseek-r1', nearest: 'deepseek-r1:7b, nano' },
  });
});

test('an idle model goes after its time, and every lease begins that anew', async () => {
  const { loads, pool, states } = setup();
  (await pool.lease('a'))[Symbol.dispose]();
  expect(pool.list()[0]?.expiresAt).toEqual(new Date(Date.now() + 1000));
  await vi.advanceTimersByTimeAsync(900);
  const lease = await pool.lease('a');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(states()[0]).toBe('ready');
  lease[Symbol.dispose]();
  lease[Symbol.dispose]();
  expect(pool.list()[0]?.numUsers).toBe(0);
  await vi.advanceTimersByTimeAsync(999);
  expect(loads.closed).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await settle();
  expect([loads.closed, states()[0]]).toEqual([['a.gguf'], 'unloaded']);
  await pool.lease('a');
  expect(loads.begun).toHaveLength(2);
});

test('a lease may say how long the model stays: not at all, for ever, until it is said anew', async () => {
  const { loads, pool, states } = setup();
  (await pool.lease('a', { keepAliveMs: 0 }))[Symbol.dispose]();
  await settle();
  expect(loads.closed).toEqual(['a.gguf']);
  (await pool.lease('a', { keepAliveMs: -1 }))[Symbol.dispose]();
  (await pool.lease('a'))[Symbol.dispose]();
  await vi.advanceTimersByTimeAsync(1e9);
  expect(states()[0]).toBe('ready');
  expect(pool.list()[0]).not.toHaveProperty('expiresAt');
  (await pool.lease('a', { keepAliveMs: 50 }))[Symbol.dispose]();
  await vi.advanceTimersByTimeAsync(50);
  await settle();
  expect(loads.closed).toHaveLength(2);
});

test('unload waits for the leases; who comes while a model goes gets a fresh one', async () => {
  const { loads, pool, states } = setup();
  const lease = await pool.lease('a');
  const unloaded = pool.unload('a');
  await settle();
  expect(states()[0]).toBe('ready');
  lease[Symbol.dispose]();
  const next = pool.lease('a');
  await unloaded;
  await next;
  expect([loads.begun.length, loads.closed.length]).toEqual([2, 1]);
});

test('who gives up waiting does not end the load of others; when all have, it ends', async () => {
  const { loads, pool, states } = setup();
  loads.isImmediate = false;
  const [one, two] = [new AbortController(), new AbortController()];
  const first = pool.lease('a', { signal: one.signal });
  const second = pool.lease('a', { signal: two.signal });
  await settle();
  one.abort('first left');
  await expect(first).rejects.toBe('first left');
  expect(loads.options[0]?.signal?.aborted).toBe(false);
  two.abort('second left');
  const third = pool.lease('a'); // in time: the load goes on
  await expect(second).rejects.toBe('second left');
  expect(loads.options[0]?.signal?.aborted).toBe(false);
  const three = new AbortController();
  const fourth = pool.lease('a', { signal: three.signal });
  loads.end(0);
  (await third)[Symbol.dispose]();
  (await fourth)[Symbol.dispose]();
  await pool.unload('a');

  const gone = pool.lease('a', { signal: three.signal });
  await settle();
  three.abort('all left');
  await expect(gone).rejects.toBe('all left');
  expect(loads.options[1]?.signal?.aborted).toBe(true);
  const last = pool.lease('a');
  await settle();
  loads.end(2);
  await last;
  expect([loads.begun.length, states()[0]]).toEqual([3, 'ready']);
});

test('a load that fails fails all who wait for it; the next lease tries again', async () => {
  const { loads, pool, states } = setup();
  loads.isImmediate = false;
  const leases = [pool.lease('a'), pool.lease('a')];
  await settle();
  loads.end(0, new Error('damaged'));
  for (const lease of leases) await expect(lease).rejects.toThrow('damaged');
  expect(states()[0]).toBe('unloaded');
  const again = pool.lease('a');
  await settle();
  loads.end(1);
  await again;
});

test('loads of different models follow each other', async () => {
  const { loads, pool } = setup();
  loads.isImmediate = false;
  const leases = [pool.lease('a'), pool.lease('b')];
  await settle();
  expect(loads.begun).toEqual(['a.gguf']);
  loads.end(0);
  await settle();
  expect(loads.begun).toEqual(['a.gguf', 'b.gguf']);
  loads.end(1);
  await Promise.all(leases);
});

test('when memory is short the idle model that was not used for the longest time goes, a leased one never', async () => {
  const { loads, pool, states } = setup(['a', 'b', 'c', 'd'], {
    memory: { freeBytes: () => 1000 },
  });
  const free: number[] = [];
  const made: boolean[] = [];
  (await pool.lease('b'))[Symbol.dispose]();
  const leased = await pool.lease('a');
  (await pool.lease('c'))[Symbol.dispose]();
  loads.onBegin = async (room) => {
    free.push(room.freeBytes());
    for (let i = 0; i < 3; i++) made.push(await room.makeRoom());
    free.push(room.freeBytes());
  };
  await pool.lease('d');
  expect(loads.closed).toEqual(['b.gguf', 'c.gguf']);
  expect(made).toEqual([true, true, false]);
  expect(states()).toEqual(['ready', 'unloaded', 'unloaded', 'ready']);
  // Each has 20 bytes of its cache that the system has not given yet.
  expect(free).toEqual([1000 - 3 * 20, 1000 - 20]);
  leased[Symbol.dispose]();
});

test('what ends is heard of under its model`s name', async () => {
  const heard: string[] = [];
  const { pool } = setup(['a', 'b'], {
    onFinished: (name, { client }) => heard.push(name, client),
  });
  const { model } = await pool.lease('b');
  (model as unknown as { onFinished(request: object): void }).onFinished({ client: 'anna' });
  expect(heard).toEqual(['b', 'anna']);
});

test('closing ends models and loads, and takes no more leases', async () => {
  const { loads, pool, states } = setup();
  await pool.lease('a');
  loads.isImmediate = false;
  const [loading, queued] = [pool.lease('b'), pool.lease('c')];
  await settle();
  await Promise.all([pool.close(500), pool.close()]);
  expect(loads.drained).toEqual([500]);
  for (const lease of [loading, queued, pool.lease('a')]) {
    await expect(lease).rejects.toMatchObject({ code: 'model_draining' });
  }
  expect(loads.closed).toEqual(['a.gguf']);
  expect(states()).toEqual(['unloaded', 'unloaded', 'unloaded']);
});

test('real models under two names are two models', async () => {
  vi.useRealTimers();
  const options = { contextTokens: 256, maxSequences: 1, device: 'reference' } as const;
  const pool = new ModelPool([
    { name: 'one', source: 'nano', options },
    { name: 'two', source: 'nano', options },
  ]);
  const [one, two] = await Promise.all([pool.lease('one'), pool.lease('two')]);
  expect(one.model).not.toBe(two.model);
  const ask = { maxTokens: 2, temperature: 0 };
  const texts = await Promise.all(
    [one, two].map(async ({ model }) => {
      let text = '';
      for await (const piece of model.generate('2+2=', ask)) text += piece;
      return text;
    }),
  );
  expect(texts[0]).toBe(texts[1]);
  expect(pool.list()[1]?.stats?.counters.generationTokens).toBe(2);
  one[Symbol.dispose]();
  await pool.unload('one');
  expect(pool.list().map(({ state }) => state)).toEqual(['unloaded', 'ready']);
  expect(() => one.model.generate('x')).toThrow(expect.objectContaining({ code: 'model_closed' }));
  const last = two.model.generate('2+2=', { maxTokens: 20 });
  await pool.close();
  expect((await last.summary).completionTokens).toBeGreaterThan(0);
});

test('a model that is added is served like the others, with the options of the first', async () => {
  const loads = new Loads();
  const options = { contextTokens: 77 };
  const pool = new ModelPool([{ name: 'a', options }], { load: loads.load, keepAliveMs: 1000 });
  await expect(pool.lease('b')).rejects.toMatchObject({ code: 'model_not_served' });
  pool.add('b', 'b.gguf');
  pool.add('a', 'other.gguf');
  pool.add('b');
  expect(pool.list()).toMatchObject([
    { name: 'a', source: 'a' },
    { name: 'b', source: 'b.gguf', state: 'unloaded' },
  ]);
  const lease = await pool.lease('b');
  expect(loads.begun).toEqual(['b.gguf']);
  expect(loads.options[0]).toMatchObject(options);
  lease[Symbol.dispose]();
  await vi.advanceTimersByTimeAsync(1000);
  expect(loads.closed).toEqual(['b.gguf']);
});
