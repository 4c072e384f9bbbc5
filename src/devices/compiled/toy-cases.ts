/** What every machine's tests ask of the compiled device: the toy library gives what it must. */
import assert from 'node:assert/strict';
import type { TensorView } from '../../base/tensor-view.ts';
import type { DeviceTensor } from '../device.ts';
import type { CompiledDevice } from './compiled-device.ts';
import * as toy from './toy-library.ts';

export function counting(rows: number, columns: number): TensorView {
  const values = Float32Array.from({ length: rows * columns }, (_, i) => i);
  return { name: 'w', dtype: 'f32', dims: [rows, columns], bytes: new Uint8Array(values.buffer) };
}

async function read(device: CompiledDevice, tensor: DeviceTensor): Promise<Float32Array> {
  const out = new Float32Array(tensor.dims[0] * tensor.dims[1]);
  await device.read(tensor, out);
  return out;
}

/** A step of weights, derived and temporary memory and a look-up, `runs` times. */
export async function expectEqualSteps(device: CompiledDevice, runs: number): Promise<void> {
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
  for (let run = 0; run < runs; run++) {
    await device.run(step());
    if (run % 20 === 0) assert.deepEqual(await read(device, z), expected);
  }
  assert.deepEqual(await read(device, z), expected);
}

/** Of many chunks, packed by `ready` or by the step that wants it; f32 has all 4 M values exactly. */
export async function expectWholeWeight(
  device: CompiledDevice,
  packedBy: 'ready' | 'run',
): Promise<void> {
  const [rows, columns] = [1000, 4096];
  const w = device.upload([counting(rows, columns)], 'matrix');
  const y = device.allocate('f32', [rows, columns], 'y');
  if (packedBy === 'ready') await device.ready();
  await device.run([device.command(toy.unpacked, { w, y })]);
  assert.ok((await read(device, y)).every((value, i) => value === i));
}
