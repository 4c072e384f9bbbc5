import { expect, test } from 'vitest';
import { isDotOfU8, probeFeatures, type RelaxedDot } from './features.ts';
import { webAssembly } from './web-assembly.ts';

// What the relaxed dot product takes is the processor's choice.
const dotTakesU8 = expect.any(Boolean);
const all = { simd: true, relaxedSimd: true, threads: true, dotTakesU8, multiMemory: true };

test('this Node has SIMD, relaxed SIMD, threads and several memories in a module', () => {
  expect(probeFeatures()).toEqual(all);
});

test('a runtime without a feature refuses its module, and only that', () => {
  const withoutRelaxed = (bytes: Uint8Array) =>
    webAssembly.validate(bytes) && !Buffer.from(bytes).toString('hex').includes('fd9302');
  const withoutDot = { ...all, relaxedSimd: false, dotTakesU8: false };
  expect(probeFeatures(withoutRelaxed)).toEqual(withoutDot);
  const withoutSimd = (bytes: Uint8Array) =>
    webAssembly.validate(bytes) && !Buffer.from(bytes).toString('hex').includes('fd0c');
  expect(probeFeatures(withoutSimd)).toEqual({ ...withoutDot, simd: false });
  const withoutMultiMemory = (bytes: Uint8Array) =>
    webAssembly.validate(bytes) && !Buffer.from(bytes).toString('hex').includes('28420100'); // a load of memory 1
  expect(probeFeatures(withoutMultiMemory)).toEqual({ ...all, multiMemory: false });
  const none = Object.fromEntries(Object.keys(all).map((name) => [name, false]));
  expect(probeFeatures(() => false)).toEqual(none);
});

/** The four bytes as the processor may see them, and what it does with each sum of two. */
function dotOf(isUnsigned: boolean, ofTwo: (sum: number) => number): RelaxedDot {
  return (signed, unsigned, acc) => {
    const [a, b] = [signed, unsigned].map((dword) => new Int8Array(Int32Array.of(dword).buffer));
    const products = Array.from(a, (x, i) => x * (isUnsigned ? b[i] & 255 : b[i]));
    return acc + ofTwo(products[0] + products[1]) + ofTwo(products[2] + products[3]);
  };
}

test('only a dot product that keeps all sums of all bytes counts as one of u8', () => {
  expect(isDotOfU8(dotOf(true, (sum) => sum))).toBe(true); // vpdpbusd
  expect(isDotOfU8(dotOf(true, (sum) => Math.max(-32768, Math.min(32767, sum))))).toBe(false); // pmaddubsw
  expect(isDotOfU8(dotOf(true, (sum) => (sum << 16) >> 16))).toBe(false);
  expect(isDotOfU8(dotOf(false, (sum) => sum))).toBe(false); // sdot
});
