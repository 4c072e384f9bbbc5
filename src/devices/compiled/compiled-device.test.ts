import { beforeEach, describe, expect, test } from 'vitest';
import type { TensorView } from '../../base/tensor-view.ts';
import type { Command, DeviceTensor } from '../device.ts';
import { slackBytes } from './allocation.ts';
import { CompiledDevice } from './compiled-device.ts';
import { InterpreterMachine } from './interpreter-machine.ts';
import * as toy from './toy-library.ts';

const { addScaled, doubled, scaled, tripled } = toy;

let machine: InterpreterMachine;
let device: CompiledDevice;
beforeEach(() => {
  machine = new InterpreterMachine();
  device = new CompiledDevice(machine, toy.toyLibrary);
});

function filled(dims: number[], values: readonly number[], label = 'x'): DeviceTensor {
  const tensor = device.allocate('f32', dims, label);
  device.write(tensor, Float32Array.from(values));
  return tensor;
}

async function read(tensor: DeviceTensor): Promise<number[]> {
  const out = new Float32Array(tensor.dims.reduce((a, b) => a * b, 1));
  await device.read(tensor, out);
  return [...out];
}

/** Which launches of the last run waited. */
const waits = () => machine.runs.at(-1)?.map((launch) => launch.waits);

describe('tensors', () => {
  test('are zeroed, written and read; slices of columns in place', async () => {
    const x = device.allocate('f32', [2, 3], 'x');
    expect(await read(x)).toEqual([0, 0, 0, 0, 0, 0]);
    device.write(x, Float32Array.of(1, 2, 3, 4, 5, 6));
    const part = device.view(x, [2, 2], 1);
    expect(await read(part)).toEqual([2, 3, 5, 6]);
    await device.run([device.command(scaled, { x: part, y: part, factor: 10 })]);
    expect(await read(x)).toEqual([1, 20, 30, 4, 50, 60]);
    device.write(part, Float32Array.of(7, 8, 9));
    expect(await read(x)).toEqual([1, 7, 8, 4, 9, 60]);
  });

  test('rows share storage with the whole', async () => {
    const x = device.allocate('f32', [3, 2], 'x');
    device.write(device.rows(x, 1, 2), Float32Array.of(7, 8, 9, 10));
    expect(await read(x)).toEqual([0, 0, 7, 8, 9, 10]);
    expect(device.rows(device.view(x, [3, 1], 1), 2, 1).rowStride).toBe(2);
  });

  test('views, rows and writes outside their tensor are refused', () => {
    const x = device.allocate('f32', [2, 3], 'x');
    expect(() => device.view(x, [2, 3], 1)).toThrow('columns 1+3 are outside a row of 3');
    expect(() => device.view(x, [3, 3])).toThrow('view outside its tensor');
    expect(() => device.view(device.view(x, [2, 2], 1), [4, 1])).toThrow('keeps its rows');
    expect(() => device.rows(x, 1, 2)).toThrow('rows outside their tensor');
    expect(() => device.write(x, new Float32Array(7))).toThrow('x: 7 elements for (2,3)');
  });

  test('a cache has elements of the size that kernels store', async () => {
    const before = machine.allocatedBytes;
    const slots = device.allocateCache(16, 8, 'cache');
    expect(machine.allocatedBytes - before).toBe(16 * 8 * 2 + slackBytes);
    const half = device.rows(slots, 8, 8);
    await device.run([device.command(toy.filledCache, { slots: half, value: 7 })]);
    expect(() => device.write(slots, Float32Array.of(1))).toThrow('only kernels');
    await expect(read(slots)).rejects.toThrow('only kernels');
  });

  test('released memory is given back, once, and cannot be used', async () => {
    const before = machine.allocatedBytes;
    const x = filled([1, 2], [1, 2]);
    const command = device.command(scaled, { x, y: x, factor: 2 });
    device.release(device.view(x, [2, 1]));
    device.release(x);
    expect(machine.allocatedBytes).toBe(before);
    expect(() => device.write(x, Float32Array.of(1))).toThrow('x was released');
    await expect(device.run([command])).rejects.toThrow('x was released');
  });

  test('what is released while a step runs stays until the step has ended', async () => {
    const x = filled([1, 2], [1, 2]);
    const y = device.allocate('f32', [1, 2], 'y');
    const step = device.run([device.command(tripled, { x, y })]);
    device.release(x);
    await step;
    expect(await read(y)).toEqual([3, 6]);
    await device.ready();
    expect(() => device.write(x, Float32Array.of(1))).toThrow('released');
  });
});

describe('commands', () => {
  test('a kernel without lower is refused by name, and so are tensors of another device', () => {
    const x = filled([1, 2], [1, 2]);
    const { lower: _, ...reference } = scaled;
    expect(() => device.command({ ...reference, name: 'plain' }, { x, y: x, factor: 1 })).toThrow(
      'plain cannot be lowered',
    );
    const other = { dtype: 'f32', dims: [1, 2], rowStride: 2 } as const;
    expect(() => device.command(scaled, { x: other, y: x, factor: 1 })).toThrow(
      'scaled: x is of another device',
    );
    const wide = device.allocate('f32', [1, 3], 'wide');
    expect(() => device.command(scaled, { x, y: wide, factor: 1 })).toThrow('y has width=3');
  });

  test('a launch waits exactly where it meets memory of those before it', async () => {
    const [x, a, b] = [filled([2, 2], [1, 2, 3, 4]), filled([2, 2], []), filled([2, 2], [])];
    await device.run([
      device.command(scaled, { x, y: a, factor: 2 }),
      device.command(scaled, { x, y: b, factor: 3 }), // beside the first
      device.command(addScaled, { x: a, y: b, factor: 1 }), // after both
      device.command(scaled, { x, y: a, factor: 5 }), // a was read since
      device.command(scaled, { x: device.rows(b, 0, 1), y: device.rows(x, 0, 1), factor: 1 }),
    ]);
    expect(waits()).toEqual([false, false, true, true, true]);
    expect(await read(b)).toEqual([5, 10, 15, 20]);
    expect(await read(a)).toEqual([5, 10, 15, 20]);
    expect(await read(x)).toEqual([5, 10, 3, 4]);
  });

  test('halves of one tensor do not wait for each other', async () => {
    const x = filled([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    const [top, bottom] = [device.rows(x, 0, 2), device.rows(x, 2, 2)];
    await device.run([
      device.command(scaled, { x: top, y: top, factor: 2 }),
      device.command(scaled, { x: bottom, y: bottom, factor: 3 }),
    ]);
    expect(waits()).toEqual([false, false]);
    expect(await read(x)).toEqual([2, 4, 6, 8, 15, 18, 21, 24]);
  });

  test('temporaries are of the step: large ones are used again, small ones are not', async () => {
    for (const [width, sharing] of [
      [8, false],
      [2 ** 16, true],
    ] as const) {
      const x = device.allocate('f32', [1, width], 'x');
      const ys = [1, 2, 3].map(() => device.allocate('f32', [1, width], 'y'));
      device.write(x, new Float32Array(width).fill(5));
      const before = machine.allocatedBytes;
      await device.run(ys.map((y) => device.command(tripled, { x, y })));
      expect(machine.allocatedBytes - before).toBeLessThan(2 ** 24 + 2 ** 17);
      // The first launch of a command that takes its temporary over has to wait.
      expect(waits()?.filter((_, i) => i % 3 === 0)).toEqual([false, sharing, sharing]);
      for (const y of ys) expect(new Set(await read(y))).toEqual(new Set([15]));
    }
  });
});

describe('what is derived', () => {
  const launches = () => machine.runs.at(-1)?.length;
  let x: DeviceTensor;
  let ys: DeviceTensor[];
  beforeEach(() => {
    x = filled([2, 2], [1, 2, 3, 4]);
    ys = [0, 1, 2].map(() => device.allocate('f32', [2, 2], 'y'));
  });

  test('is made once for as long as its source stays as it is', async () => {
    await device.run(ys.map((y) => device.command(doubled, { x, y })));
    expect(launches()).toBe(4);
    for (const y of ys) expect(await read(y)).toEqual([2, 4, 6, 8]);
  });

  test('is made again once any part of its source was written', async () => {
    const lastRow = device.rows(x, 1, 1);
    await device.run([
      device.command(doubled, { x, y: ys[0] }),
      device.command(addScaled, { x: lastRow, y: lastRow, factor: 1 }),
      device.command(doubled, { x, y: ys[1] }),
    ]);
    expect(launches()).toBe(5);
    expect(await read(ys[0])).toEqual([2, 4, 6, 8]);
    expect(await read(ys[1])).toEqual([2, 4, 12, 16]);
  });

  test('is of its source alone: another part of the same tensor has its own', async () => {
    const [top, y] = [device.rows(x, 0, 1), device.rows(ys[1], 0, 1)];
    await device.run([
      device.command(doubled, { x, y: ys[0] }),
      device.command(doubled, { x: top, y }),
    ]);
    expect(launches()).toBe(4);
    expect(await read(y)).toEqual([2, 4]);
  });

  test('is not kept for the next step, whose input may be another', async () => {
    const commands = [device.command(doubled, { x, y: ys[0] })];
    await device.run(commands);
    device.write(x, Float32Array.of(5, 6, 7, 8));
    await device.run(commands);
    expect(await read(ys[0])).toEqual([10, 12, 14, 16]);
  });
});

describe('parts that JavaScript does', () => {
  const table = (): TensorView => ({
    ...{ name: 'table', dtype: 'f32', dims: [3, 2] },
    bytes: new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer),
  });
  let ids: DeviceTensor;
  let x: DeviceTensor;
  let y: DeviceTensor;
  let lookUp: Command;
  beforeEach(() => {
    ids = device.allocate('i32', [2], 'ids');
    device.write(ids, Int32Array.of(2, 0));
    x = device.allocate('f32', [2, 2], 'x');
    y = device.allocate('f32', [2, 2], 'y');
    lookUp = device.command(toy.lookedUp, { ids, table: device.upload([table()], 'rows'), y: x });
  });

  test('come before everything, where nothing before minds', async () => {
    const z = filled([2, 2], [1, 1, 1, 1]);
    await device.run([
      device.command(scaled, { x: z, y: z, factor: 2 }),
      lookUp,
      device.command(scaled, { x, y, factor: 10 }),
    ]);
    expect(machine.runs.map((run) => run.length)).toEqual([2]);
    expect(waits()).toEqual([false, false]);
    expect(await read(y)).toEqual([50, 60, 10, 20]);
  });

  test('split the step where a launch before them has to be done', async () => {
    device.write(x, Float32Array.of(1, 1, 1, 1));
    await device.run([
      device.command(scaled, { x, y, factor: 2 }), // reads what is about to be written
      lookUp,
      device.command(addScaled, { x, y, factor: 1 }),
    ]);
    expect(machine.runs.map((run) => run.length)).toEqual([1, 1]);
    expect(await read(y)).toEqual([7, 8, 3, 4]);
  });

  test('are called again when the same commands run again, with what the inputs are then', async () => {
    await device.run([lookUp]);
    expect(await read(x)).toEqual([5, 6, 1, 2]);
    device.write(ids, Int32Array.of(1, 1));
    await device.run([lookUp]);
    expect(await read(x)).toEqual([3, 4, 3, 4]);
  });
});

describe('the same commands again', () => {
  test('are launched as they were, also when recorded anew', async () => {
    const x = filled([2, 2], [1, 2, 3, 4]);
    const record = (factor: number) => [device.command(scaled, { x, y: x, factor })];
    const commands = record(2);
    await device.run(commands);
    await device.run(commands);
    await device.run(record(2));
    await device.run(record(3));
    await device.run(record(2));
    expect(await read(x)).toEqual([48, 96, 144, 192]);
    const [first, second, third, fourth, fifth] = machine.runs;
    expect([second, third, fifth].every((run) => run === first)).toBe(true);
    expect(fourth).not.toBe(first);
  });

  test('are lowered again after memory was released, or with another number in an input', async () => {
    const x = filled([1, 2], [1, 2]);
    const ids = device.allocate('i32', [1], 'ids');
    device.write(ids, Int32Array.of(5));
    const commands = [device.command(toy.scaledByInput, { ids, x, y: x })];
    await device.run(commands);
    await device.run(commands);
    device.write(ids, Int32Array.of(2));
    await device.run(commands);
    device.release(device.allocate('f32', [1], 'other'));
    await device.run(commands);
    expect(await read(x)).toEqual([100, 200]);
    const [first, second, third, fourth] = machine.runs;
    expect(second).toBe(first);
    expect(third).not.toBe(second);
    expect(fourth).not.toBe(third);
  });

  test('programs are compiled once', async () => {
    const x = filled([1, 2], [1, 2]);
    const commands = [device.command(tripled, { x, y: x })];
    await device.run(commands);
    await device.run([...commands, ...commands]);
    expect(machine.compiled.toSorted()).toEqual(['toy scale', 'toy scale add']);
  });
});

test('steps asked for at once run one after the other', async () => {
  const x = filled([1, 1], [1]);
  const y = device.allocate('f32', [1, 1], 'y');
  const step = (factor: number) => device.run([device.command(scaled, { x, y: x, factor })]);
  await Promise.all([step(2), device.run([device.command(tripled, { x, y })]), step(5)]);
  expect(await read(x)).toEqual([10]);
  expect(await read(y)).toEqual([6]);
});

test('an aborted step ends between two launches, rejects, and the next one runs', async () => {
  const x = filled([1, 1], [1]);
  const command = device.command(addScaled, { x, y: x, factor: 1 });
  const controller = new AbortController();
  const step = device.run(new Array(100).fill(command), controller.signal);
  setTimeout(() => controller.abort(new Error('enough')), 1);
  await expect(step).rejects.toThrow('enough');
  const [value] = await read(x);
  expect(value).toBeLessThan(2 ** 100);
  await device.run([command]);
  expect(await read(x)).toEqual([2 * value]);
  await expect(device.run([command], AbortSignal.abort(new Error('no')))).rejects.toThrow('no');
});
