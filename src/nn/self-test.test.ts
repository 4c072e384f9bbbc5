/** The self-test finds nothing in what is right and something in everything that is wrong. */
import { expect, test } from 'vitest';
import { type DType, rowBytes } from '../base/dtypes.ts';
import type { TensorSource } from '../base/tensor-view.ts';
import type { Kernel } from '../compiler/kernel.ts';
import type { LowerTensor, Program } from '../compiler/lowering.ts';
import { CompiledDevice } from '../devices/compiled/compiled-device.ts';
import type { Machine } from '../devices/compiled/machine.ts';
import { NativeMachine } from '../devices/native/native-machine.ts';
import { WasmMachine } from '../devices/wasm/wasm-machine.ts';
import { combineExperts } from '../kernels/combine-experts.ts';
import { kernelLibrary } from '../kernels/kernel-library.ts';
import { kernels } from '../kernels/kernel-list.ts';
import { selfTest, weightFormatsOf } from './self-test.ts';

/** The machine of which no system may be without: machine code where there is some, for speed. */
async function openMachine(): Promise<Machine> {
  const machine =
    process.arch === 'x64' ? NativeMachine.open({ threads: 2 }) : await WasmMachine.open();
  if ('refused' in machine) throw new Error(machine.refused);
  return machine;
}

async function testedOn(machine: Machine, tested = kernels): Promise<string | undefined> {
  const device = new CompiledDevice(machine, kernelLibrary);
  const found = await selfTest(device, tested);
  await device.close();
  return found;
}

/** The machine, with other code for some programs. */
function withPrograms(machine: Machine, change: (program: Program) => Program): Machine {
  const compile: Machine['compile'] = (program) => machine.compile(change(program));
  return new Proxy(machine, {
    get(target, name) {
      if (name === 'compile') return compile;
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

test('nothing is wrong with the kernels as they are', async () => {
  expect(await testedOn(await openMachine())).toBeUndefined();
});

test('every program that is compiled matters: one that does nothing is noticed', async () => {
  const keys: string[] = [];
  const note = (program: Program) => {
    keys.push(program.key);
    return program;
  };
  await testedOn(withPrograms(await openMachine(), note));
  expect(keys.length).toBeGreaterThan(25);
  for (const key of keys) {
    const idle = (program: Program): Program =>
      program.key === key ? { key, build() {} } : program;
    const found = await testedOn(withPrograms(await openMachine(), idle));
    expect(found, key).toMatch(/^its kernel .* something else than it should: off by /);
  }
});

test('a kernel that computes something else is named, with how far it is off', async () => {
  const broken: Kernel = {
    ...(combineExperts as unknown as Kernel),
    lower(args, dims, context) {
      combineExperts.lower?.(args as never, dims, context);
      combineExperts.lower?.(args as never, dims, context); // y + 2x
    },
  };
  const found = await testedOn(await openMachine(), [broken]);
  expect(found).toMatch(
    /^its kernel combine_experts computes something else than it should: off by \d+ %$/,
  );
});

test('numbers that are none are off', async () => {
  const broken: Kernel = {
    ...(combineExperts as unknown as Kernel),
    lower({ y }, _dims, context) {
      const { memory } = y as unknown as LowerTensor;
      context.host(memory, 'out', (data) => data.fill(Number.NaN));
    },
  };
  expect(await testedOn(await openMachine(), [broken])).toMatch(/off by not a number$/);
});

test('a kernel that does not compile is a reason, too', async () => {
  const machine = await openMachine();
  const failing = withPrograms(machine, ({ key }) => {
    throw new Error(`${key} does not fit`);
  });
  expect(await testedOn(failing)).toMatch(/^its kernels do not run: .* does not fit$/);
});

test("a checkpoint's formats are those of its matrices that are multiplied by, the largest part first", () => {
  const views: [string, DType, number[]][] = [
    ['a', 'q6_k', [2, 256]],
    ['b', 'f32', [256]],
    ['c', 'q4_k', [2, 2, 256]],
    ['d', 'i32', [2, 2]],
    ['e', 'q4_k', [4, 256]],
  ];
  const tensors: TensorSource = {
    file: 'none',
    has: () => true,
    names: () => views.map(([name]) => name),
    get(wanted) {
      const [name, dtype, dims] = views.find(([name]) => name === wanted)!;
      const rows = dims.reduce((a, b) => a * b, 1) / dims.at(-1)!;
      return { name, dtype, dims, bytes: new Uint8Array(rows * rowBytes(dtype, dims.at(-1)!)) };
    },
  };
  expect(weightFormatsOf(tensors)).toEqual(['q4_k', 'q6_k']);
});
