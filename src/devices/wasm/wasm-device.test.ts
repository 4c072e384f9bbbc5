/** The compiled device on WebAssembly, with the toy library: what it computes is easily said. */
import { afterEach, beforeEach, test } from 'vitest';
import { CompiledDevice } from '../compiled/compiled-device.ts';
import { expectEqualSteps, expectWholeWeight } from '../compiled/toy-cases.ts';
import { toyLibrary } from '../compiled/toy-library.ts';
import { WasmMachine } from './wasm-machine.ts';

let device: CompiledDevice;
beforeEach(async () => {
  const machine = await WasmMachine.open({ threads: 2 });
  if ('refused' in machine) throw new Error(machine.refused);
  device = new CompiledDevice(machine, toyLibrary);
});
afterEach(() => device.close());

test('a step of weights, derived and temporary memory and a look-up is the same every time', () =>
  expectEqualSteps(device, 100));

test('a weight of many chunks is packed whole while the memory grows', () =>
  expectWholeWeight(device, 'run'));
