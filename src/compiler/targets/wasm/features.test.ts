import { expect, test } from 'vitest';
import { probeFeatures } from './features.ts';
import { webAssembly } from './web-assembly.ts';

test('this Node has SIMD, relaxed SIMD and threads', () => {
  expect(probeFeatures()).toEqual({ simd: true, relaxedSimd: true, threads: true });
});

test('a runtime without a feature refuses its module, and only that', () => {
  const withoutRelaxed = (bytes: Uint8Array) =>
    webAssembly.validate(bytes) && !Buffer.from(bytes).toString('hex').includes('fd9302');
  expect(probeFeatures(withoutRelaxed)).toEqual({ simd: true, relaxedSimd: false, threads: true });
  const withoutSimd = (bytes: Uint8Array) =>
    webAssembly.validate(bytes) && !Buffer.from(bytes).toString('hex').includes('fd0c');
  expect(probeFeatures(withoutSimd)).toEqual({ simd: false, relaxedSimd: false, threads: true });
  expect(probeFeatures(() => false)).toEqual({ simd: false, relaxedSimd: false, threads: false });
});
