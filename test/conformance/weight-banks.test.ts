/**
 * Kernels whose weights lie in different memories of the wasm device, as those of a model beyond
 * 4 GB do: the first bank is filled up but for the first matrix, so that the next one lies in
 * another. They compute what the reference does.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { dtypes } from '../../src/base/dtypes.ts';
import { CompiledDevice } from '../../src/devices/compiled/compiled-device.ts';
import type { Machine, MachineMemory } from '../../src/devices/compiled/machine.ts';
import { WasmMachine } from '../../src/devices/wasm/wasm-machine.ts';
import { kernelLibrary } from '../../src/kernels/kernel-library.ts';
import { kernels } from '../../src/kernels/kernel-list.ts';
import { type CaseOptions, kernelCase, results, worstOf } from '../../src/nn/kernel-case.ts';
import { RoundingDevice } from './rounding-device.ts';

const bankBytes = 2 ** 32 - 2 ** 16;
const tolerance = 1e-4;

const opened: CompiledDevice[] = [];
afterEach(async () => {
  for (const device of opened.splice(0)) await device.close();
});

/** A device, and what it was given for weights. */
async function openNoting(fillerBytes: number) {
  const whole = await WasmMachine.open({ threads: 2 });
  if ('refused' in whole) throw new Error(whole.refused);
  if (fillerBytes > 0) whole.allocate(fillerBytes, 'weights');
  const weights: MachineMemory[] = [];
  const machine = new Proxy<Machine>(whole, {
    get(_, name) {
      if (name === 'allocate') {
        return (sizeBytes: number, use?: 'weights') => {
          const memory = whole.allocate(sizeBytes, use);
          if (use) weights.push(memory);
          return memory;
        };
      }
      const value = Reflect.get(whole, name);
      return typeof value === 'function' ? value.bind(whole) : value;
    },
  });
  const device = new CompiledDevice(machine, kernelLibrary);
  opened.push(device);
  return { device, weights };
}

const gated = kernels.filter(({ params }) => {
  return Object.values(params).filter(({ kind }) => kind === 'weight').length === 2;
});

test('there are kernels with two matrices', () => {
  expect(gated.map(({ name }) => name)).toEqual(['gated_linear', 'expert_gated_linear']);
});

describe.each(gated)('$name', (kernel) => {
  test.each(['q4_k', 'bf16'] as const)('%s, one matrix in each of two banks', async (dtype) => {
    for (const shape of kernel.shapes) {
      const options: CaseOptions = { shape, dtype, rowPadding: 5 };
      const weight = Object.values(kernel.params).find((param) => param.kind === 'weight')!;
      if (shape[weight.dims[1]]! % dtypes[dtype].blockElements !== 0) continue;
      const truth = new RoundingDevice();
      const want = await results(truth, kernelCase(truth, kernel, options));
      const near = await openNoting(0);
      await results(near.device, kernelCase(near.device, kernel, options));
      const lines = Math.ceil(near.weights[0]!.sizeBytes / 64);
      const apart = await openNoting(bankBytes - 64 * lines);
      const got = await results(apart.device, kernelCase(apart.device, kernel, options));
      expect(apart.weights.map(({ bank }) => bank)).toEqual([1, 2]);
      expect(want.length).toBeGreaterThan(0);
      want.forEach((values, i) => {
        expect(worstOf(got[i]!, values)).toBeLessThanOrEqual(tolerance);
      });
    }
  });
});
