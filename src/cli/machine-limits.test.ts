import { expect, test } from 'vitest';
import { WasmMachine } from '../devices/wasm/wasm-machine.ts';
import { levelName, machineLimits } from './machine-limits.ts';

test.each([
  ['x64-avx512-vnni', 'AVX-512 VNNI'],
  ['x64-avx2', 'AVX2'],
  ['x64-avx2-vnni', 'AVX2 VNNI'],
  ['wasm', '128-bit vectors'],
  ['wasm-relaxed', '128-bit vectors, relaxed'],
])('level %s is called %s', (name, level) => {
  expect(levelName({ name })).toBe(level);
});

test('the first of the kinds that runs here is measured, on the threads asked for', async () => {
  const wasm = await WasmMachine.open({ threads: 1 });
  if (!('refused' in wasm)) await wasm.close();
  const limits = await machineLimits({ kinds: ['wasm'], threads: 1 });
  if ('refused' in wasm) {
    expect(limits).toBeUndefined();
    return;
  }
  expect(limits).toMatchObject({ kind: 'wasm', threads: 1 });
  expect(limits!.readGBs).toBeGreaterThan(0);
  expect(limits!.int8GmacS).toBeGreaterThan(0);
  expect(limits!.f32GmacS).toBeGreaterThan(0);
});

test('where none runs there are no limits', async () => {
  expect(await machineLimits({ kinds: [] })).toBeUndefined();
});
