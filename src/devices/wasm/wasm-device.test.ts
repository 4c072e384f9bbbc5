/** The compiled device on WebAssembly, with the toy library: what it computes is easily said. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TensorView } from '../../base/tensor-view.ts';
import { CompiledDevice } from '../compiled/compiled-device.ts';
import * as toy from '../compiled/toy-library.ts';
import type { DeviceTensor } from '../device.ts';
import { WasmMachine } from './wasm-machine.ts';

let device: CompiledDevice;
beforeEach(async () => {
  const machine = await WasmMachine.open({ threads: 2 });
  if ('refused' in machine) throw new Error(machine.refused);
  device = new CompiledDevice(machine, toy.toyLibrary);
});
afterEach(() => device.close());

async function read(tensor: DeviceTensor): Promise<Float32Array> {
  const out = new Float32Array(tensor.dims[0] * tensor.dims[1]);
  await device.read(tensor, out);
  return out;
}

function counting(rows: number, columns: number): TensorView {
  const values = Float32Array.from({ length: rows * columns }, (_, i) => i);
  return { name: 'w', dtype: 'f32', dims: [rows, columns], bytes: new Uint8Array(values.buffer) };
}

test('a step of weights, derived and temporary memory and a look-up is the same every time', async () => {
  const [rows, width] = [37, 16];
  const w = device.upload([counting(rows, width)], 'matrix');
  const table = device.upload([counting(rows, width)], 'rows');
  const ids = device.allocate('i32', [rows], 'ids');
  device.write(
    ids,
    Int32Array.from({ length: rows }, (_, i) => rows - 1 - i),
  );
  const [x, y, z] = ['x', 'y', 'z'].map((label) => device.allocate('f32', [rows, width], label));
  const step = () => [
    device.command(toy.unpacked, { w, y: x }),
    device.command(toy.doubled, { x, y }),
    device.command(toy.addScaled, { x, y, factor: 1 }),
    device.command(toy.tripled, { x: y, y: z }), // 9 · w
    device.command(toy.lookedUp, { ids, table, y: x }),
    device.command(toy.addScaled, { x, y: z, factor: 1 }),
  ];
  const expected = Float32Array.from({ length: rows * width }, (_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    return 9 * i + (rows - 1 - row) * width + column;
  });
  for (let run = 0; run < 100; run++) {
    await device.run(step());
    if (run % 20 === 0) expect(await read(z)).toEqual(expected);
  }
  expect(await read(z)).toEqual(expected);
});

test('a weight of many chunks is packed whole while the memory grows', async () => {
  const [rows, columns] = [1000, 4096];
  const w = device.upload([counting(rows, columns)], 'matrix');
  const y = device.allocate('f32', [rows, columns], 'y');
  await device.run([device.command(toy.unpacked, { w, y })]);
  expect((await read(y)).every((value, i) => value === Math.fround(i))).toBe(true);
});
