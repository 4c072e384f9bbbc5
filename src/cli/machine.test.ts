import { expect, test } from 'vitest';
import { formatBytes, inspectMachine } from './machine.ts';

test.each([
  [0, '0 bytes'],
  [1023, '1023 bytes'],
  [1536, '1.5 KB'],
  [25 * 1024 ** 2, '25 MB'],
  [3.2 * 1024 ** 3, '3.2 GB'],
  [5000 * 1024 ** 4, '5000 TB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('what may be used is never more than what is there', () => {
  const machine = inspectMachine();
  expect(machine.usableCores).toBeGreaterThanOrEqual(1);
  expect(machine.usableCores).toBeLessThanOrEqual(machine.cores);
  expect(machine.usableMemoryBytes).toBeLessThanOrEqual(machine.memoryBytes);
  expect(machine.cpu).not.toBe('');
});
