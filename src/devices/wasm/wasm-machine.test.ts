import { execFile } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { at, type Builder, type RoutineInputs } from '../../compiler/ir/builder.ts';
import type { Program } from '../../compiler/lowering.ts';
import { probeFeatures } from '../../compiler/targets/wasm/features.ts';
import type { MachineMemory, ReadyLaunch } from '../compiled/machine.ts';
import { maxLaunches } from './control-block.ts';
import { WasmMachine } from './wasm-machine.ts';

const opened: WasmMachine[] = [];
async function open(threads: number): Promise<WasmMachine> {
  const machine = await WasmMachine.open({ threads });
  if ('refused' in machine) throw new Error(machine.refused);
  opened.push(machine);
  return machine;
}
afterEach(async () => {
  for (const machine of opened.splice(0)) await machine.close();
});

const words = (memory: MachineMemory) =>
  new Int32Array(memory.buffer, memory.byteOffset, memory.sizeBytes / 4);
function put(machine: WasmMachine, numbers: readonly number[]): number {
  const memory = machine.allocate(8 * numbers.length);
  numbers.forEach((number, i) => {
    words(memory)[2 * i] = number;
  });
  return memory.address;
}
function program(key: string, build: (k: Builder, inputs: RoutineInputs) => void): Program {
  return { key, build };
}

/** to[i] = 3 · from[i] + from[(i + 1) mod n]; parameters: to, from, n - 1 (n a power of two). */
const mix = program('mix', (k, { start, end }) => {
  const [to, from, mask] = [k.param(0), k.param(1), k.param(2)];
  k.loop(start, end, 1, (i) => {
    const next = k.loadI32(at(from, k.and(k.add(i, 1), mask), 4));
    k.store(at(to, i, 4), k.add(k.mul(k.loadI32(at(from, i, 4)), 3), next));
  });
});
/** Counts to parameter 1 for each item, then adds 1 to the item's number at parameter 0. */
const slow = program('slow', (k, { start, end }) => {
  const [to, rounds] = [k.param(0), k.param(1)];
  k.loop(start, end, 1, (i) => {
    const x = k.variable(k.loadI32(at(to, i, 4)));
    k.loop(0, rounds, 1, (j) => k.set(x, k.xor(k.mul(x, 5), j)));
    k.loop(0, rounds, 1, (j) => k.set(x, k.sub(x, j)));
    k.store(at(to, i, 4), k.or(x, 1));
  });
});

test.each([1, 2, 3])('500 runs of 20 launches on %d threads keep their order', async (threads) => {
  const machine = await open(threads);
  const numItems = 64;
  const [a, b] = [machine.allocate(4 * numItems), machine.allocate(4 * numItems)];
  const code = await machine.compile(mix);
  const parameters = [
    put(machine, [b.address, a.address, numItems - 1]),
    put(machine, [a.address, b.address, numItems - 1]),
  ];
  const launches = Array.from({ length: 20 }, (_, i): ReadyLaunch => {
    return {
      code,
      argsAddress: parameters[i % 2],
      items: numItems,
      grain: 1 + (i % 7),
      waits: true,
    };
  });
  let expected = Int32Array.from({ length: numItems }, (_, i) => i);
  words(a).set(expected);
  for (let run = 0; run < 500; run++) {
    await machine.run(launches);
    for (const _ of launches) {
      expected = expected.map((x, i) => Math.imul(x, 3) + expected[(i + 1) % numItems]);
    }
    expect(words(a)).toEqual(expected);
  }
});

test('launches that do not wait are all done when the run is', async () => {
  const machine = await open(3);
  const outs = Array.from({ length: 40 }, () => machine.allocate(4 * 100));
  const code = await machine.compile(
    program('index', (k, { start, end }) => {
      k.loop(start, end, 1, (i) => k.store(at(k.param(0), i, 4), k.add(i, k.param(1))));
    }),
  );
  const launches = outs.map((out, n) => {
    const argsAddress = put(machine, [out.address, n]);
    return { code, argsAddress, items: 100, grain: 3, waits: false };
  });
  await machine.run(launches);
  outs.forEach((out, n) => {
    expect(words(out)).toEqual(Int32Array.from({ length: 100 }, (_, i) => i + n));
  });
});

test('a list longer than the table of launches is run to its end', async () => {
  const machine = await open(2);
  const out = machine.allocate(4);
  const code = await machine.compile(
    program('count', (k) => k.store(at(k.param(0)), k.add(k.loadI32(at(k.param(0))), 1))),
  );
  const argsAddress = put(machine, [out.address]);
  const launch = { code, argsAddress, items: 1, grain: 1, waits: true };
  await machine.run(Array(maxLaunches + 5).fill(launch));
  expect(words(out)[0]).toBe(maxLaunches + 5);
  await machine.run([]);
});

test('a run leaves the event loop free, and an abort ends it between two launches', async () => {
  const machine = await open(2);
  const out = machine.allocate(4 * 4);
  const marks = machine.allocate(4 * 4000);
  const code = await machine.compile(slow);
  const argsAddress = put(machine, [out.address, 1_000_000]);
  const mark = await machine.compile(
    program('mark', (k, { start }) => k.store(at(k.param(0), start, 4), k.int(1))),
  );
  const launches = Array.from({ length: 4000 }, (_, i): ReadyLaunch[] => [
    { code, argsAddress, items: 4, grain: 1, waits: true },
    {
      code: mark,
      argsAddress: put(machine, [marks.address + 4 * i]),
      items: 1,
      grain: 1,
      waits: true,
    },
  ]).flat(); // would take half a minute
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('enough')), 5);
  await expect(machine.run(launches, controller.signal)).rejects.toThrow('enough');
  const numDone = words(marks).indexOf(0);
  expect(numDone).toBeLessThan(4000);
  expect(
    words(marks)
      .subarray(numDone)
      .some((x) => x !== 0),
  ).toBe(false);
  await expect(machine.run(launches, controller.signal)).rejects.toThrow('enough');
  await machine.run(launches.slice(0, 2)); // and it runs again
  expect(words(marks)[0]).toBe(1);
});

test('a run waits for the one before it, and nothing is compiled meanwhile', async () => {
  const machine = await open(2);
  const numItems = 64;
  const [a, b] = [machine.allocate(4 * numItems), machine.allocate(4 * numItems)];
  words(a).fill(1);
  const code = await machine.compile(mix);
  const launch = { code, items: numItems, grain: 8, waits: true };
  const there = { ...launch, argsAddress: put(machine, [b.address, a.address, numItems - 1]) };
  const back = { ...launch, argsAddress: put(machine, [a.address, b.address, numItems - 1]) };
  const runs = [there, back, there].map((one) => machine.run([one]));
  await runs[0];
  await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
  expect(() => machine.compile(slow)).toThrow('slow is compiled while a run is under way');
  expect(machine.compile(mix)).toBe(code);
  await Promise.all(runs);
  expect([words(a)[0], words(b)[0]]).toEqual([16, 64]);
});

test('a kernel that reaches outside memory fails its run and no other', async () => {
  const machine = await open(3);
  const code = await machine.compile(
    program('stray', (k, { start }) => k.store(at(k.param(0)), start)),
  );
  const out = machine.allocate(64);
  const good = { code, argsAddress: put(machine, [out.address]), items: 9, grain: 1, waits: true };
  const bad = { ...good, argsAddress: put(machine, [-64]) };
  await expect(machine.run([good, bad, good])).rejects.toThrow(/a kernel failed: .*out of bounds/);
  await machine.run([good]);
});

test('code is made once per key, and each thread has its own scratch', async () => {
  const machine = await open(3);
  const out = machine.allocate(4 * 300);
  let numBuilds = 0;
  const viaScratch = program('via_scratch', (k, { start, end, scratch }) => {
    numBuilds++;
    const region = k.reserve(40_000);
    k.loop(0, 100, 1, (i) => k.store(at(scratch, i, 4, region + 39_000), k.add(i, start)));
    k.loop(start, end, 1, (i) =>
      k.store(at(k.param(0), i, 4), k.loadI32(at(scratch, region + 39_000))),
    );
  });
  const first = machine.compile(viaScratch);
  expect(machine.compile(viaScratch)).toBe(first);
  const code = await first;
  expect([machine.compile(viaScratch), numBuilds]).toEqual([code, 1]);
  const argsAddress = put(machine, [out.address]);
  await machine.run([{ code, argsAddress, items: 300, grain: 1, waits: true }]);
  expect(words(out)).toEqual(Int32Array.from({ length: 300 }, (_, i) => i));
});

test('memory is zeroed, on cache lines, and stays where it is when there is more of it', async () => {
  const machine = await open(1);
  const small = machine.allocate(100);
  expect([small.address % 64, small.byteOffset]).toEqual([0, small.address]);
  const before = words(small);
  before.fill(7);
  const large = machine.allocate(100 * 2 ** 20);
  expect(words(large).length).toBe(25 * 2 ** 20);
  expect(words(small)).toEqual(before);
  words(small)[0] = 8;
  expect(before[0]).toBe(8);
  machine.free(small);
  const again = machine.allocate(100);
  expect(again.address).toBe(small.address);
  expect(words(again)).toEqual(new Int32Array(25));
});

test('memory that threads were given after they started is theirs too', async () => {
  const machine = await open(2);
  const code = await machine.compile(mix);
  for (let round = 0; round < 20; round++) {
    const memory = machine.allocate(17 * 2 ** 20); // more than the memory has grown to
    const from = memory.address + memory.sizeBytes - 64;
    const to = from - 64;
    new Int32Array(memory.buffer, from, 16).fill(round);
    const argsAddress = put(machine, [to, from, 15]);
    await machine.run([{ code, argsAddress, items: 16, grain: 1, waits: true }]);
    expect([...new Int32Array(memory.buffer, to, 16)]).toEqual(Array(16).fill(4 * round));
  }
});

test('more than 4 GiB is refused with what is held, and what fits is still given', async () => {
  const machine = await open(1);
  const before = machine.freeBytes;
  const held = machine.allocate(2 ** 31);
  expect(machine.freeBytes).toBe(before - 2 ** 31);
  expect(() => machine.allocate(2 ** 31)).toThrow(
    'no 2048 MiB left beside the 2048 MiB in use: what is not weights has at most 4 GiB',
  );
  const last = machine.allocate(2 ** 31 - 2 ** 21);
  words(last)[last.sizeBytes / 4 - 1] = 5;
  machine.free(last);
  machine.free(held);
});

/** to[i] = a[i] - b[i]; parameters: to, a, b, the latter two weights. */
const difference = program('difference', (k, { start, end }) => {
  const [to, a, b] = [k.param(0), k.weightsParam(1), k.weightsParam(2)];
  k.loop(start, end, 1, (i) => {
    k.store(at(to, i, 4), k.sub(k.loadI32(at(a, i, 4)), k.loadI32(at(b, i, 4))));
  });
});
/** to[i] = i + n; parameters: to, which is weights, n. */
const count = program('count', (k, { start, end }) => {
  const [to, n] = [k.weightsParam(0), k.param(1)];
  k.loop(start, end, 1, (i) => k.store(at(to, i, 4), k.add(i, n)));
});

test('weights have as many memories as they need, and programs meet them in any', async () => {
  const machine = await open(2);
  const free = machine.freeBytes;
  const weights = Array.from({ length: 5 }, () => machine.allocate(2 ** 31 - 2 ** 20, 'weights'));
  expect(weights.map(({ bank }) => bank)).toEqual([1, 1, 2, 2, 3]);
  expect(weights[2]!.address).toBe(weights[0]!.address);
  expect(machine.freeBytes).toBe(free);
  const [fill, code] = [await machine.compile(count), await machine.compile(difference)];
  const filling = weights.map((to, n): ReadyLaunch => {
    const argsAddress = put(machine, [to.address, 1000 * n * n]);
    return { code: fill, argsAddress, items: 100, grain: 9, waits: false, banks: [to.bank, 0] };
  });
  const pairs = weights.flatMap((a) => weights.map((b) => [a, b] as const));
  const outs = pairs.map(() => machine.allocate(4 * 100));
  const launches = pairs.map(([a, b], i): ReadyLaunch => {
    const argsAddress = put(machine, [outs[i]!.address, a.address, b.address]);
    const banks = [0, a.bank, b.bank];
    return { code, argsAddress, items: 100, grain: 9, waits: i === 0, banks };
  });
  await Promise.all([machine.run([...filling, ...launches]), machine.run(launches)]);
  pairs.forEach(([a, b], i) => {
    const [x, y] = [weights.indexOf(a), weights.indexOf(b)];
    expect(words(outs[i]!)).toEqual(new Int32Array(100).fill(1000 * (x * x - y * y)));
  });
  machine.free(weights[1]!);
  expect(machine.allocate(2 ** 20, 'weights').bank).toBe(1);
});

test('a matrix beyond 4 GiB is refused, and weights for a parameter that is not of weights', async () => {
  const machine = await open(1);
  expect(() => machine.allocate(2 ** 32, 'weights')).toThrow(
    'no 4096 MiB left beside the 0 MiB in use: a matrix has at most 4 GiB',
  );
  const weights = machine.allocate(64, 'weights');
  const code = await machine.compile(mix);
  const argsAddress = put(machine, [weights.address, weights.address, 15]);
  const launch = { code, argsAddress, items: 16, grain: 1, waits: true };
  await expect(machine.run([{ ...launch, banks: [0, weights.bank, 0] }])).rejects.toThrow(
    'mix: parameter 1 is not of weights',
  );
  await machine.run([]);
});

test('without SIMD, shared memory or several memories it is refused in words', async () => {
  const features = probeFeatures();
  const without = (name: string) => WasmMachine.open({ features: { ...features, [name]: false } });
  expect(await without('simd')).toEqual({ refused: expect.stringContaining('SIMD') });
  expect(await without('threads')).toEqual({ refused: expect.stringContaining('shared memory') });
  expect(await without('multiMemory')).toEqual({ refused: expect.stringContaining('one memory') });
  expect((await open(1)).traits.name).toMatch(/^wasm-relaxed/);
});

test('closing ends what runs, again is nothing, and afterwards nothing runs', async () => {
  const machine = await open(2);
  const code = await machine.compile(slow);
  const out = machine.allocate(8);
  const argsAddress = put(machine, [out.address, 2 ** 31 - 1]);
  const run = machine.run([{ code, argsAddress, items: 2, grain: 1, waits: true }]);
  await Promise.all([machine.close(), machine.close(), expect(run).rejects.toThrow('was closed')]);
  await machine.close();
  await expect(machine.run([])).rejects.toThrow('was closed');
  expect(() => machine.allocate(1)).toThrow('was given back');
  expect(() => out.buffer).toThrow('was given back');
});

test('50 machines that were opened and closed leave no thread', async () => {
  const workers: Worker[] = [];
  const note = (message: unknown) => workers.push((message as { worker: Worker }).worker);
  subscribe('worker_threads', note);
  for (let i = 0; i < 50; i++) {
    const machine = await open(i === 0 ? 3 : 1);
    await machine.close();
  }
  unsubscribe('worker_threads', note);
  expect(workers.length).toBe(52);
  expect(workers.filter(({ threadId }) => threadId !== -1)).toEqual([]);
});

/** What a process prints that does this with a machine of two threads, and whether it ends by itself. */
async function printed(body: string): Promise<string> {
  const script = `
    import { WasmMachine } from ${JSON.stringify(new URL('./wasm-machine.ts', import.meta.url))};
    import { at } from ${JSON.stringify(new URL('../../compiler/ir/builder.ts', import.meta.url))};
    const machine = await WasmMachine.open({ threads: 2 });
    ${body}`;
  const options = ['--input-type=module', '--eval', script];
  return (await promisify(execFile)(process.execPath, options)).stdout;
}

test('a run keeps its process alive, an idle machine does not', async () => {
  const stdout = await printed(`
    const build = (k, { start }) => {
      const x = k.variable(0);
      k.loop(0, 50_000_000, 1, (i) => k.set(x, k.xor(k.mul(x, 5), i)));
      k.store(at(k.param(0), start, 4), x);
    };
    const out = machine.allocate(8);
    const parameters = machine.allocate(8);
    new Int32Array(parameters.buffer, parameters.byteOffset, 1)[0] = out.address;
    machine.compile({ key: 'slow', build })
      .then((code) => machine.run([
        { code, argsAddress: parameters.address, items: 2, grain: 1, waits: true },
      ]))
      .then(() => console.log('ran'));`);
  expect(stdout).toBe('ran\n');
});
