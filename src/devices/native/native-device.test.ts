/** The compiled device on this processor, with the toy library: what it computes is easily said. */
import { afterEach, beforeEach, expect, test as testAnywhere } from 'vitest';
import { CompiledDevice } from '../compiled/compiled-device.ts';
import { counting, expectEqualSteps, expectWholeWeight } from '../compiled/toy-cases.ts';
import { toyLibrary } from '../compiled/toy-library.ts';
import { NativeMachine } from './native-machine.ts';

const test = testAnywhere.skipIf(process.arch !== 'x64');

let machine: NativeMachine;
let device: CompiledDevice;
beforeEach(() => {
  const opened = NativeMachine.open({ threads: 2 });
  if ('refused' in opened) throw new Error(opened.refused);
  machine = opened;
  device = new CompiledDevice(machine, toyLibrary);
});
afterEach(() => device.close());

test('a step of weights, derived and temporary memory and a look-up is the same every time', () =>
  expectEqualSteps(device, 300));

test('a weight of many chunks is packed whole, by threads that take turns with the copying', () =>
  expectWholeWeight(device, 'ready'));

test('closing the device gives back all memory', async () => {
  device.upload([counting(16, 8)], 'matrix');
  await device.ready();
  await device.close();
  expect(machine.allocatedBytes).toBe(0);
});
