import { expect, test as testAnywhere } from 'vitest';
import { measureLimits } from './limits.ts';
import { NativeMachine } from './native-machine.ts';

const test = testAnywhere.skipIf(process.arch !== 'x64');

test('limits are measured, and the memory for it is given back', async () => {
  const machine = NativeMachine.open();
  if ('refused' in machine) throw new Error(machine.refused);
  const before = machine.allocatedBytes;
  const { readGBs, int8GmacS, f32GmacS } = await measureLimits(machine);
  expect(machine.allocatedBytes - before).toBeLessThan(2 ** 16); // the list of launches stays
  await machine.close();
  // The slowest machine and the fastest are well within: a wrong unit is not.
  for (const value of [readGBs, int8GmacS, f32GmacS]) {
    expect(value).toBeGreaterThan(0.1);
    expect(value).toBeLessThan(1e6);
  }
});
