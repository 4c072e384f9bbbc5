import { expect, test } from 'vitest';
import type { TensorView } from '../../base/tensor-view.ts';
import { defineKernel, f32 } from '../../compiler/kernel.ts';
import { ReferenceDevice } from './reference-device.ts';

const device = ReferenceDevice.open();
const double = defineKernel({
  name: 'double',
  params: { x: f32.in('rows', 'width'), y: f32.out('rows', 'width') },
  parallelOver: 'rows',
  reference({ x, y }, row) {
    y.row(row).set(x.row(row).map((v) => 2 * v));
  },
  shapes: [],
});

test('a slice of columns is read and written in place', async () => {
  const x = device.allocate('f32', [2, 3], 'x');
  device.write(x, Float32Array.of(1, 2, 3, 4, 5, 6));
  const part = device.view(x, [2, 2], 1);
  await device.run([device.command(double, { x: part, y: part })]);
  const all = new Float32Array(6);
  await device.read(x, all);
  expect([...all]).toEqual([1, 4, 6, 4, 10, 12]);
});

test('rows share storage with the whole', async () => {
  const x = device.allocate('f32', [3, 2], 'x');
  device.write(device.rows(x, 1, 2), Float32Array.of(7, 8, 9, 10));
  const all = new Float32Array(6);
  await device.read(x, all);
  expect([...all]).toEqual([0, 0, 7, 8, 9, 10]);
});

test('views and rows outside their tensor are refused', () => {
  const x = device.allocate('f32', [2, 3], 'x');
  expect(() => device.view(x, [2, 3], 1)).toThrow(/outside/);
  expect(() => device.view(x, [3, 3])).toThrow(/outside/);
  expect(() => device.rows(x, 1, 2)).toThrow(/outside/);
});

test('arguments that do not fit the contract are refused, by name', () => {
  const x = device.allocate('f32', [2, 3], 'x');
  const y = device.allocate('f32', [2, 4], 'y');
  expect(() => device.command(double, { x, y })).toThrow('double: y has width=4, others have 3');
  expect(() => device.command(double, { x, y: 3 as never })).toThrow(/dimensions \(rows, width\)/);
});

test('stacked views are one matrix; FP8 rows take the scales of their tiles', () => {
  const half = (value: number): TensorView => ({
    ...{ name: 'w', dtype: 'f32', dims: [2, 1] },
    bytes: new Uint8Array(Float32Array.of(value, value + 1).buffer),
  });
  const out = new Float32Array(1);
  const stacked = device.upload([half(1), half(10)], 'matrix');
  expect(stacked.dims).toEqual([4, 1]);
  (stacked as unknown as { decodeRow(i: number, out: Float32Array): void }).decodeRow(3, out);
  expect(out[0]).toBe(11);

  const one = 0x38; // 1.0 in e4m3
  const bytes = new Uint8Array(130 * 130).fill(one);
  const tileScales = Float32Array.of(2, 3, 5, 7);
  const fp8 = device.upload(
    [{ name: 'w', dtype: 'f8_e4m3', dims: [130, 130], bytes, tileScales }],
    'matrix',
  );
  const row = new Float32Array(130);
  (fp8 as unknown as { decodeRow(i: number, out: Float32Array): void }).decodeRow(129, row);
  expect([row[0], row[127], row[128]]).toEqual([5, 5, 7]);
});

test('a long step lets timers run and stops when it is aborted', async () => {
  const slow = defineKernel({
    ...double,
    name: 'slow',
    reference() {
      const until = performance.now() + 0.2;
      while (performance.now() < until);
    },
  });
  const x = device.allocate('f32', [100_000, 1], 'x');
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('enough')), 30);
  const started = performance.now();
  const step = device.run([device.command(slow, { x, y: x })], controller.signal);
  await expect(step).rejects.toThrow('enough');
  expect(performance.now() - started).toBeLessThan(5000); // the whole step would take 20 s
});
