/** A device that does not work is passed over with its reason, and closed. */
import { expect, test as testAnywhere } from 'vitest';
import type { Machine } from '../devices/compiled/machine.ts';
import { NativeMachine } from '../devices/native/native-machine.ts';
import { pageSystem } from '../devices/native/page-system.ts';
import { x64Target } from '../devices/native/x64-target.ts';
import { WasmMachine } from '../devices/wasm/wasm-machine.ts';
import { combineExperts } from '../kernels/combine-experts.ts';
import { type Machines, openDevice } from './open-device.ts';

const test = testAnywhere.skipIf(process.arch !== 'x64');

const openWasm: Machines['wasm'] = () => WasmMachine.open({ threads: 1 });
/** Opens quickly and would be taken if it were asked. */
const never = (): Machine => {
  throw new Error('nobody should open this');
};

test('the first that works is taken, and no other is opened', async () => {
  const native: Machines['native'] = (options) => NativeMachine.open(options);
  const { device, passedOver } = await openDevice({ threads: 2 }, { native, wasm: never });
  expect([device.kind, device.threads, passedOver]).toEqual(['native', 2, []]);
  await device.close();
});

test('machine code that computes something else is not taken: wasm, and why', async () => {
  const target = x64Target();
  if ('refused' in target) throw new Error(target.refused);
  const machines: NativeMachine[] = [];
  const native: Machines['native'] = () => {
    const machine = NativeMachine.open({
      threads: 2,
      target: {
        ...target,
        compile: (program) =>
          target.compile(program.key === 'swiglu' ? { key: 'swiglu', build() {} } : program),
      },
    });
    if ('refused' in machine) throw new Error(machine.refused);
    machines.push(machine);
    return machine;
  };
  const { device, passedOver } = await openDevice({}, { native, wasm: openWasm });
  expect(device.kind).toBe('wasm');
  expect(passedOver).toEqual([
    { kind: 'native', reason: expect.stringContaining('its kernel swiglu computes something') },
  ]);
  expect(machines.map(({ allocatedBytes }) => allocatedBytes)).toEqual([0]); // closed
  await device.close();
});

test('a system that refuses executable pages: wasm, and why', async () => {
  const pages = (koffi: Parameters<typeof pageSystem>[0]) => ({
    ...pageSystem(koffi),
    makeExecutable: () => 'mprotect failed with EACCES',
  });
  const native: Machines['native'] = (options) => NativeMachine.open({ ...options, pages });
  const { device, passedOver } = await openDevice({ threads: 1 }, { native, wasm: openWasm });
  expect(device.kind).toBe('wasm');
  expect(passedOver).toEqual([{ kind: 'native', reason: 'mprotect failed with EACCES' }]);
  await device.close();
});

test('a system that refuses them once the first code runs: wasm, and why', async () => {
  let numAllowed = 5;
  const pages = (koffi: Parameters<typeof pageSystem>[0]) => {
    const system = pageSystem(koffi);
    const makeExecutable: typeof system.makeExecutable = (address, sizeBytes) =>
      numAllowed-- > 0 ? system.makeExecutable(address, sizeBytes) : 'mprotect failed with EPERM';
    return { ...system, makeExecutable };
  };
  const native: Machines['native'] = (options) => NativeMachine.open({ ...options, pages });
  const { device, passedOver } = await openDevice({ threads: 1 }, { native, wasm: openWasm });
  expect(device.kind).toBe('wasm');
  expect(passedOver[0]?.reason).toMatch(/^its kernels do not run: .*mprotect failed with EPERM$/);
  await device.close();
});

test('a device for dense models runs no kernel of experts, which it has not tested', async () => {
  const native: Machines['native'] = (options) => NativeMachine.open(options);
  const { device } = await openDevice({ threads: 1, config: {} }, { native, wasm: never });
  expect(() => device.command(combineExperts, {} as never)).toThrow(
    'combine_experts was not tested here',
  );
  await device.close();
});

testAnywhere('where nothing else works the reference device does', async () => {
  const native = () => {
    throw new Error('no such library');
  };
  const wasm = () => ({ refused: 'no SIMD' });
  const { device, passedOver } = await openDevice({}, { native, wasm });
  expect(device.kind).toBe('reference');
  expect(passedOver).toEqual([
    { kind: 'native', reason: 'no such library' },
    { kind: 'wasm', reason: 'no SIMD' },
  ]);
});

testAnywhere('a device asked for by name is that one or an error with the reason', async () => {
  const machines = { native: () => ({ refused: 'mprotect failed with EACCES' }), wasm: openWasm };
  await expect(openDevice({ device: 'native' }, machines)).rejects.toMatchObject({
    code: 'device_refused',
    message: expect.stringContaining('mprotect failed with EACCES'),
  });
  const { device } = await openDevice({ device: 'reference' }, { native: never, wasm: never });
  expect(device.kind).toBe('reference');
});
