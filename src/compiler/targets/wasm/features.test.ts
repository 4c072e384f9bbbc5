import { expect, test } from 'vitest';
import { probeFeatures } from './features.ts';
import { webAssembly } from './web-assembly.ts';

const all = { simd: true, relaxedSimd: true, threads: true, multiMemory: true };

test('this Node has SIMD, relaxed SIMD, threads and several memories in a module', () => {
  expect(probeFeatures()).toEqual(all);
});

test('a runtime without a feature refuses its module, and only that', () => {
  const withoutRelaxed = (bytes: Uint8Array) =>
    webAssembly.validate(bytes) && !Buffer.from(bytes).toString('hex').includes('fd9302');
  expect(probeFeatures(withoutRelaxed)).toEqual({ ...all, relaxedSimd: false });
  const withoutSimd = (bytes: Uint8Array) =>
    webAssembly.validate(bytes) && !Buffer.from(bytes).toString('hex').includes('fd0c');
  expect(probeFeatures(withoutSimd)).toEqual({ ...all, simd: false, relaxedSimd: false });
  const withoutMultiMemory = (bytes: Uint8Array) =>
    webAssembly.validate(bytes) && !Buffer.from(bytes).toString('hex').includes('28420100'); // a load of memory 1
  expect(probeFeatures(withoutMultiMemory)).toEqual({ ...all, multiMemory: false });
  const none = { simd: false, relaxedSimd: false, threads: false, multiMemory: false };
  expect(probeFeatures(() => false)).toEqual(none);
});
