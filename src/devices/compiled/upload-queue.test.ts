import { beforeEach, expect, test } from 'vitest';
import type { TensorView } from '../../base/tensor-view.ts';
import type { WeightLayout } from '../../compiler/lowering.ts';
import type { DeviceWeight } from '../device.ts';
import { allocationOf, slackBytes } from './allocation.ts';
import { CompiledDevice } from './compiled-device.ts';
import { type PackedWeight, RowsWeight } from './compiled-weight.ts';
import { InterpreterMachine } from './interpreter-machine.ts';
import { toyLibrary, unpacked } from './toy-library.ts';

let machine: InterpreterMachine;
let device: CompiledDevice;
beforeEach(() => {
  machine = new InterpreterMachine();
  device = new CompiledDevice(machine, toyLibrary);
});

/** (rows, columns) of f32, counting from `first`. */
function counting(rows: number, columns: number, first = 0, name = 'w'): TensorView {
  const values = Float32Array.from({ length: rows * columns }, (_, i) => first + i);
  return { name, dtype: 'f32', dims: [rows, columns], bytes: new Uint8Array(values.buffer) };
}

/** A packed weight as it lies in memory. */
async function contents(weight: DeviceWeight): Promise<Float32Array> {
  await device.ready();
  const { memory } = (weight as PackedWeight).packed;
  return allocationOf(memory).f32(memory.offsetBytes, weight.dims[0] * weight.dims[1]);
}

const upTo = (length: number) => Float32Array.from({ length }, (_, i) => i);
/** Elements of a row of which 16 are a chunk. */
const longRow = 2 ** 16;

test('a step finds every weight that was uploaded before it in place', async () => {
  const weights = [5, 33].map((rows) => device.upload([counting(rows, 8)], 'matrix'));
  const ys = weights.map(({ dims }) => device.allocate('f32', dims, 'y'));
  await device.run(weights.map((w, i) => device.command(unpacked, { w, y: ys[i] })));
  for (const y of ys) {
    const out = new Float32Array(y.dims[0] * y.dims[1]);
    await device.read(y, out);
    expect(out).toEqual(upTo(out.length));
  }
});

test('views whose rows are no whole strips become one matrix', async () => {
  const views = [0, 1, 2].map((i) => counting(7, 8, i * 56));
  expect(await contents(device.upload(views, 'matrix'))).toEqual(upTo(168));
});

test('dimensions before the last are rows', async () => {
  const view = { ...counting(12, 8), dims: [3, 4, 8] };
  const weight = device.upload([view], 'matrix');
  expect(weight.dims).toEqual([12, 8]);
  expect(await contents(weight)).toEqual(upTo(96));
});

test('a weight of several chunks arrives whole; progress counts up to the bytes in the file', async () => {
  const sources = [counting(20, longRow), counting(1, 8)];
  const [weight] = sources.map((view) => device.upload([view], 'matrix'));
  const progress: number[] = [];
  await device.ready((doneBytes) => progress.push(doneBytes));
  expect(machine.runs.flat().map(({ items }) => items)).toEqual([1, 1, 1]); // 16 rows, 4, 1
  expect(progress).toEqual([0, 4 * 2 ** 20, 5 * 2 ** 20, 5 * 2 ** 20 + 32]);
  expect((await contents(weight)).every((value, i) => value === i)).toBe(true);
});

test('the strip that rows do not fill holds the last one again', async () => {
  const weight = device.upload([counting(3, 8)], 'matrix');
  await device.ready();
  const { memory } = (weight as PackedWeight).packed;
  expect(memory.sizeBytes).toBe(16 * 32);
  const rows = allocationOf(memory).f32(0, 16 * 8);
  expect(rows.subarray(0, 24)).toEqual(upTo(24));
  for (let row = 3; row < 16; row++) {
    expect(rows.subarray(8 * row, 8 * row + 8)).toEqual(upTo(24).subarray(16));
  }
});

test('one chunk is copied while another one is packed, and code is made while none is', async () => {
  let packing = 0;
  const log: string[] = [];
  const run = machine.run.bind(machine);
  machine.run = async (launches) => {
    packing++;
    await run(launches);
    packing--;
  };
  const compile = machine.compile.bind(machine);
  machine.compile = (program) => {
    log.push(`compile ${packing}`);
    return compile(program);
  };
  const logged = (view: TensorView): TensorView => ({
    ...view,
    get bytes() {
      log.push(`copy ${packing}`);
      return view.bytes;
    },
  });
  const otherLayout: WeightLayout = toyLibrary.weightLayout('f32', 8);
  const library = {
    ...toyLibrary,
    weightLayout: (dtype: 'f32', columns: number) =>
      columns === 8
        ? { ...otherLayout, pack: { ...otherLayout.pack, key: 'another' } }
        : toyLibrary.weightLayout(dtype, columns),
  };
  device = new CompiledDevice(machine, library as typeof toyLibrary);
  device.upload([logged(counting(32, longRow))], 'matrix');
  device.upload([logged(counting(1, 8))], 'matrix');
  await device.ready();
  expect(log).toEqual(['compile 0', 'copy 0', 'copy 1', 'compile 0', 'copy 0']);
});

test('a row of FP8 is packed with the scales of its tiles behind it', async () => {
  const [columns, words] = [150, (152 + 2 * 4) / 4]; // two bytes of filling, two scales
  const layout = { ...toyLibrary.weightLayout('u8', columns), stripBytes: () => 16 * 4 * words };
  device = new CompiledDevice(machine, { ...toyLibrary, weightLayout: () => layout });
  const view = (row: number, ...tileScales: number[]) => ({
    ...{ name: 'w', dtype: 'f8_e4m3' as const, dims: [130, columns] },
    bytes: Uint8Array.from({ length: 130 * columns }, (_, i) => row + i / columns),
    tileScales: Float32Array.from(tileScales),
  });
  const weight = device.upload([view(0, 2, 3, 5, 7), view(100, 11, 13, 17, 19)], 'matrix');
  expect(weight.dtype).toBe('f8_e4m3');
  await device.ready();
  const { memory } = (weight as PackedWeight).packed;
  const packed = allocationOf(memory);
  const row = (index: number) => {
    const at = memory.offsetBytes + index * 4 * words;
    const codes = packed.u8().subarray(at, at + columns);
    return [codes[0], codes[columns - 1], ...packed.f32(at + 4 * (words - 2), 2)];
  };
  expect(row(127)).toEqual([127, 127, 2, 3]);
  expect(row(129)).toEqual([129, 129, 5, 7]);
  expect(row(130)).toEqual([100, 100, 11, 13]);
  expect(row(259)).toEqual([229, 229, 17, 19]);
});

test('bytes of a view are let go once, when their rows were packed', async () => {
  const released: (string | number | undefined)[][] = [];
  const view = (name: string, rows: number, columns: number): TensorView => ({
    ...counting(rows, columns, 0, name),
    release: (...range) => released.push([name, ...range]),
  });
  device.upload([view('a', 10, 8), view('b', 10, 8)], 'matrix');
  device.upload([view('long', 20, longRow)], 'matrix');
  device.upload([view('rows', 10, 8)], 'rows');
  expect(released).toEqual([]);
  await device.ready();
  const chunk = 16 * 4 * longRow;
  expect(released).toEqual([
    ['a', 0, 320],
    ['b', 0, 320],
    ['long', 0, chunk],
    ['long', chunk, chunk + 4 * 4 * longRow],
  ]);
});

test('a table whose rows are looked up lets its bytes go now and then', () => {
  let released = 0;
  const view = { ...counting(10, 8), release: () => released++ };
  const table = new RowsWeight([view]);
  const row = new Float32Array(8);
  for (let i = 0; i < 1000; i++) table.decodeRow(i % 10, row);
  expect(row).toEqual(upTo(80).subarray(72));
  expect(released).toBe(15); // every 64 rows
});

test('nothing is left but the weights', async () => {
  const before = machine.allocatedBytes;
  const weights = [1, 2, 3].map(() => device.upload([counting(16, 8)], 'matrix'));
  await device.ready();
  const parameters = 2 * (2 ** 16 + slackBytes);
  expect(machine.allocatedBytes - before).toBe(3 * (16 * 32 + slackBytes) + parameters);
  for (const weight of weights) device.release(weight);
  expect(machine.allocatedBytes - before).toBe(parameters);
});

test('a weight released before it was packed is left out', async () => {
  const [gone, kept] = [counting(4, 8), counting(4, 8)].map((v) => device.upload([v], 'matrix'));
  device.release(gone);
  await device.ready();
  expect(machine.runs.length).toBe(1);
  expect(await contents(kept)).toEqual(upTo(32));
});

test('an abort stops between chunks, and what is missing comes with the next step', async () => {
  const weight = device.upload([counting(48, longRow)], 'matrix');
  const controller = new AbortController();
  const ready = device.ready((doneBytes) => {
    if (doneBytes > 0) controller.abort(new Error('enough'));
  }, controller.signal);
  await expect(ready).rejects.toThrow('enough');
  expect(machine.runs.length).toBe(2);
  expect((await contents(weight)).every((value, i) => value === i)).toBe(true);
});

test('a weight that was packed has no rows to look up', () => {
  const weight = device.upload([counting(4, 8)], 'matrix');
  const { decodeRow } = weight as unknown as { decodeRow(): void };
  expect(() => decodeRow.call(weight)).toThrow('w: a packed weight has no rows to look up');
});
