import { expect, test } from 'vitest';
import { passedOverLine } from './open-model.ts';

test('that a faster device was passed over is one line with the reason', () => {
  const passedOver = [
    { kind: 'native', reason: 'the processor has no avx2' },
    { kind: 'wasm', reason: 'the runtime has no SIMD' },
  ] as const;
  const line = passedOverLine({ device: { kind: 'reference', threads: 1, passedOver } });
  expect(line).toBe('Running on reference, not on native: the processor has no avx2');
});

test('where the fastest computes nothing is said', () => {
  const device = { kind: 'native', threads: 2, passedOver: [] };
  expect(passedOverLine({ device })).toBeUndefined();
});
