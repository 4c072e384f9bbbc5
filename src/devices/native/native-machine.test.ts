/** Threads, barriers, aborts and leaks, with kernels assembled by hand. */
import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test as testAnywhere } from 'vitest';
import type { MachineMemory, ReadyLaunch } from '../compiled/machine.ts';
import { handTarget } from './hand-target.ts';
import { NativeMachine, type NativeOptions } from './native-machine.ts';
import { pageSystem } from './page-system.ts';

/** Machine code of one processor runs on no other. */
const test = testAnywhere.skipIf(process.arch !== 'x64');
const isLinux = process.platform === 'linux';

const opened: NativeMachine[] = [];
afterEach(async () => {
  for (const machine of opened.splice(0)) await machine.close();
});

function open(options: NativeOptions = {}): NativeMachine {
  const machine = NativeMachine.open({ target: handTarget, ...options });
  if ('refused' in machine) throw new Error(machine.refused);
  opened.push(machine);
  return machine;
}

const integers = ({ buffer, byteOffset, sizeBytes }: MachineMemory) =>
  new BigInt64Array(buffer, byteOffset, sizeBytes / 8);

/** A launch of a kernel of hand-target.ts. */
function launch(
  machine: NativeMachine,
  kernel: string,
  args: readonly number[],
  { items, grain = 1, waits = false }: { items: number; grain?: number; waits?: boolean },
): ReadyLaunch {
  const memory = machine.allocate(8 * args.length);
  integers(memory).set(args.map(BigInt));
  const code = machine.compile({ key: kernel, build() {} });
  return { code, argsAddress: memory.address, items, grain, waits };
}

for (const threads of [1, 2, 3]) {
  test(`1,000 runs of 50 launches on ${threads} threads do every item exactly once`, async () => {
    const machine = open({ threads });
    expect(machine.threads).toBe(threads);
    const items = 97;
    const array = machine.allocate(8 * items);
    const launches = Array.from({ length: 50 }, (_, i) =>
      // Without the barrier two threads would add to one item at once.
      launch(machine, 'addItem', [array.address, 3], { items, grain: 1 + (i % 40), waits: i > 0 }),
    );
    for (let run = 0; run < 1000; run++) await machine.run(launches);
    expect([...integers(array)]).toEqual(
      Array.from({ length: items }, (_, i) => BigInt(i) * 3n * 50_000n),
    );
  });
}

test('a launch that waits sees all that was written before it, by whichever thread', async () => {
  const machine = open({ threads: 2 });
  const items = 64;
  const [a, b] = [machine.allocate(8 * items), machine.allocate(8 * items)];
  const shape = { items, grain: 5, waits: true };
  const there = launch(machine, 'reverse', [a.address, b.address, items - 1], shape);
  const back = launch(machine, 'reverse', [b.address, a.address, items - 1], shape);
  for (let run = 0; run < 200; run++) {
    await machine.run(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? there : back)));
  }
  expect(new Set(integers(a))).toEqual(new Set([8000n]));
});

test('launches that do not wait are all done when the run ends', async () => {
  const machine = open({ threads: 3 });
  const counters = Array.from({ length: 30 }, () => machine.allocate(8));
  const launches = counters.map(({ address }, i) =>
    launch(machine, 'spin', [address, 1 + 100 * (i % 7)], { items: i, grain: 2 }),
  );
  await machine.run(launches);
  expect(counters.map((counter) => integers(counter)[0])).toEqual(
    counters.map((_, i) => BigInt(i)),
  );
});

test('a list may change between runs, in length too; an empty one ends at once', async () => {
  const machine = open({ threads: 2 });
  const counter = machine.allocate(8);
  const one = launch(machine, 'spin', [counter.address, 1], { items: 3 });
  for (const length of [1, 200, 2, 0, 500]) await machine.run(new Array(length).fill(one));
  expect(integers(counter)[0]).toBe(3n * 703n);
});

test('every thread has scratch of its own on a cache line, and the stack as functions find it', async () => {
  const machine = open({ threads: 3 });
  machine.reserveScratch(5000); // besides the 1,000 bytes that the kernels reserve
  const items = 3000;
  const [scratch, stack, counter] = [8 * items, 8 * items, 8].map((n) => machine.allocate(n));
  await machine.run([
    launch(machine, 'places', [scratch.address, stack.address], { items }),
    launch(machine, 'spin', [counter.address, 100_000], { items: 100 }),
    launch(machine, 'places', [scratch.address, stack.address], { items }),
  ]);
  const places = [...new Set(integers(scratch))].sort();
  expect(places.length).toBeLessThanOrEqual(3);
  expect(places.filter((place) => place % 64n !== 0n)).toEqual([]);
  for (let i = 1; i < places.length; i++) {
    expect(places[i]! - places[i - 1]!).toBeGreaterThanOrEqual(6000n);
  }
  expect(new Set([...integers(stack)].map((place) => place % 16n))).toEqual(new Set([8n]));
});

test('runs asked for at once follow each other', async () => {
  const machine = open({ threads: 2 });
  const [a, b] = [machine.allocate(8 * 8), machine.allocate(8 * 8)];
  const there = launch(machine, 'reverse', [a.address, b.address, 7], { items: 8 });
  const back = launch(machine, 'reverse', [b.address, a.address, 7], { items: 8 });
  await Promise.all(Array.from({ length: 100 }, (_, i) => machine.run([i % 2 ? back : there])));
  expect(new Set(integers(a))).toEqual(new Set([100n]));
});

test('an aborted run ends between two launches and rejects; the machine goes on', async () => {
  const machine = open({ threads: 2 });
  const counter = machine.allocate(8);
  const slow = launch(machine, 'spin', [counter.address, 3_000_000], { items: 2, waits: true });
  const controller = new AbortController();
  const run = machine.run(new Array(10_000).fill(slow), controller.signal);
  setTimeout(() => controller.abort(new Error('enough')), 20);
  await expect(run).rejects.toThrow('enough');
  const done = integers(counter)[0]!;
  expect(done).toBeLessThan(20_000n);
  expect(done % 2n).toBe(0n);
  await machine.run([slow]);
  expect(integers(counter)[0]).toBe(done + 2n);
  await expect(machine.run([slow], AbortSignal.abort(new Error('no')))).rejects.toThrow('no');
  expect(integers(counter)[0]).toBe(done + 2n);
});

test('the event loop turns while a run is under way', async () => {
  const machine = open({ threads: 2 });
  const counter = machine.allocate(8);
  const slow = launch(machine, 'spin', [counter.address, 10_000_000], { items: 20 });
  let isRunning = true;
  const run = machine.run([slow]).then(() => {
    isRunning = false;
  });
  let turns = 0;
  for (; isRunning; turns++) await new Promise((resolve) => setTimeout(resolve, 1));
  await run;
  expect(turns).toBeGreaterThan(5);
});

test('memory is zeroed, on a page, and gone when freed', () => {
  const machine = open({ threads: 1 });
  const before = machine.allocatedBytes;
  const memory = machine.allocate(10_000);
  expect(memory.address % 4096).toBe(0);
  expect(machine.allocatedBytes - before).toBe(12_288);
  const bytes = new Uint8Array(memory.buffer, memory.byteOffset, memory.sizeBytes);
  expect(bytes.every((byte) => byte === 0)).toBe(true);
  bytes[9_999] = 1;
  machine.free(memory);
  machine.free(memory);
  expect([machine.allocatedBytes - before, bytes.length]).toEqual([0, 0]);
});

test('closing ends a run that is under way, refuses later ones, and may be repeated', async () => {
  const machine = open({ threads: 2 });
  const counter = machine.allocate(8);
  const slow = launch(machine, 'spin', [counter.address, 3_000_000], { items: 2, waits: true });
  const [run, next] = [new Array(10_000).fill(slow), [slow]].map((list) =>
    machine.run(list).then(
      () => 'ended',
      (cause: Error) => cause.message,
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, 5));
  await Promise.all([machine.close(), machine.close()]);
  expect(await run).toBe('the machine was closed during a run');
  expect(await next).toBe('the machine is closed');
  expect(machine.allocatedBytes).toBe(0);
  expect(() => machine.allocate(8)).toThrow('closed');
  expect(() => machine.compile({ key: 'spin', build() {} })).toThrow('closed');
  await expect(machine.run([slow])).rejects.toThrow('closed');
});

test('programs are not compiled and scratch is not moved while a run is under way', async () => {
  const machine = open({ threads: 1 });
  const counter = machine.allocate(8);
  const run = machine.run([launch(machine, 'spin', [counter.address, 1000], { items: 9 })]);
  await Promise.resolve();
  expect(() => machine.compile({ key: 'reverse', build() {} })).toThrow(
    'reverse is compiled while',
  );
  await run;
});

/** Threads of this process, and bytes of its anonymous mappings. */
function held(): { threads: number; bytes: number } {
  if (!isLinux) return { threads: 0, bytes: 0 };
  const maps = readFileSync('/proc/self/maps', 'utf8').matchAll(/^(\w+)-(\w+) \S+ \S+ \S+ 0 *$/gm);
  const bytes = [...maps].reduce(
    (sum, [, start, end]) => sum + Number.parseInt(end!, 16) - Number.parseInt(start!, 16),
    0,
  );
  return { threads: readdirSync('/proc/self/task').length, bytes };
}

test('200 machines opened, run and closed leave no thread and no memory', async () => {
  const once = async () => {
    const machine = open({ threads: 3 });
    const memory = machine.allocate(2 ** 22);
    await machine.run([launch(machine, 'spin', [memory.address, 10], { items: 10 })]);
    await machine.close();
  };
  for (let i = 0; i < 20; i++) await once(); // stacks that the system keeps for later threads
  const before = held();
  for (let i = 0; i < 200; i++) await once();
  const after = held();
  opened.length = 0;
  expect(after.threads - before.threads).toBeLessThanOrEqual(0);
  expect(after.bytes - before.bytes).toBeLessThan(20 * 2 ** 22); // one in ten kept would be seen
});

test('works in a worker, beside a machine here', async () => {
  const here = open({ threads: 2 });
  const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const script = `
    import { parentPort } from 'node:worker_threads';
    import { NativeMachine } from ${module('./native-machine.ts')};
    import { handTarget } from ${module('./hand-target.ts')};
    const machine = NativeMachine.open({ threads: 2, target: handTarget });
    const [counter, args] = [machine.allocate(8), machine.allocate(16)];
    new BigInt64Array(args.buffer).set([BigInt(counter.address), 10n]);
    const code = machine.compile({ key: 'spin', build() {} });
    const launch = { code, argsAddress: args.address, items: 5, grain: 1, waits: true };
    for (let i = 0; i < 20; i++) await machine.run([launch, launch]);
    const count = Number(new BigInt64Array(counter.buffer)[0]);
    await machine.close();
    parentPort.postMessage(count);`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`));
  const answer = new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
  });
  const counter = here.allocate(8);
  const spin = launch(here, 'spin', [counter.address, 1000], { items: 5 });
  for (let i = 0; i < 20; i++) await here.run([spin]);
  expect(await answer).toBe(200);
  await worker.terminate();
  expect(integers(counter)[0]).toBe(100n);
});

test('pages refused are a reason, not an exception, and nothing stays allocated', () => {
  const allocated = new Set<bigint>();
  const machine = NativeMachine.open({
    target: handTarget,
    pages(koffi) {
      const system = pageSystem(koffi);
      return {
        ...system,
        allocate(sizeBytes) {
          const address = system.allocate(sizeBytes);
          if (typeof address === 'bigint') allocated.add(address);
          return address;
        },
        makeExecutable: () => 'mprotect failed with EACCES',
        release(address, sizeBytes) {
          allocated.delete(address);
          system.release(address, sizeBytes);
        },
      };
    },
  });
  expect(machine).toEqual({ refused: 'mprotect failed with EACCES' });
  expect(allocated.size).toBe(0);
});
