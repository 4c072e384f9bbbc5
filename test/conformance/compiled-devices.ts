/**
 * The compiled devices that kernels are held to the reference on: the interpreter as three
 * targets, this machine's processor at the levels that it has, and WebAssembly.
 */
import type { DType } from '../../src/base/dtypes.ts';
import type { Traits } from '../../src/compiler/ir/types.ts';
import { probeFeatures } from '../../src/compiler/targets/wasm/features.ts';
import {
  CompiledDevice,
  type CompiledDeviceOptions,
} from '../../src/devices/compiled/compiled-device.ts';
import { InterpreterMachine } from '../../src/devices/compiled/interpreter-machine.ts';
import type { Machine } from '../../src/devices/compiled/machine.ts';
import { NativeMachine } from '../../src/devices/native/native-machine.ts';
import { x64TargetOf } from '../../src/devices/native/x64-target.ts';
import { WasmMachine } from '../../src/devices/wasm/wasm-machine.ts';
import { kernelLibrary } from '../../src/kernels/kernel-library.ts';
import { featureSets } from './run-x64.ts';

type Refused = { readonly refused: string };

export interface Candidate {
  readonly name: string;
  /** Runs IR op by op: small shapes only. */
  readonly isSlow: boolean;
  readonly hasMatrixUnit: boolean;
  open(options?: CompiledDeviceOptions): Promise<CompiledDevice | Refused>;
}

function candidate(
  name: string,
  open: () => Machine | Refused | Promise<Machine | Refused>,
): Candidate {
  return {
    name,
    isSlow: name.startsWith('interpreter'),
    hasMatrixUnit: /matrix unit|amx/.test(name),
    async open(options) {
      const machine = await open();
      return 'refused' in machine ? machine : new CompiledDevice(machine, kernelLibrary, options);
    },
  };
}

const interpreter = (name: string, traits: Partial<Traits>) =>
  candidate(`interpreter with ${name}`, () => new InterpreterMachine(2 ** 27, traits));

const threads = 2;

/** Levels of x64 whose kernels differ in more than how an operation is selected. */
const levels = ['avx2', 'avx512-vnni', 'avx512-vnni-amx'];

/** As the levels that this processor has, or one that says why there is none. */
function natives(): Candidate[] {
  const sets = Object.entries(featureSets()).filter(([level]) => levels.includes(level));
  if (sets.length === 0) return [candidate('native', () => NativeMachine.open({ threads }))];
  return sets.map(([level, features]) =>
    candidate(`native as ${level}`, () =>
      NativeMachine.open({ threads, target: x64TargetOf(features) }),
    ),
  );
}

export const compiledDevices: readonly Candidate[] = [
  interpreter('64 byte vectors and a matrix unit', {
    ...{ vectorBytes: 64, vectorRegisters: 32, dot4TakesU8: true, hasBroadcastOperand: true },
    hasTiles: true,
  }),
  interpreter('32 byte vectors', { vectorBytes: 32 }),
  interpreter('16 byte vectors', { vectorBytes: 16 }),
  ...natives(),
  candidate('wasm', () => WasmMachine.open({ threads })),
  // What dot products take is the processor's choice: here as those do that promise the least.
  candidate('wasm with dot products of 0…127', () =>
    WasmMachine.open({ threads, features: { ...probeFeatures(), dotTakesU8: false } }),
  ),
];

/** Every number format that a matrix can have in a checkpoint. */
export const weightFormats: readonly DType[] = [
  ...(['f32', 'f16', 'bf16', 'f8_e4m3'] as const),
  ...(['q4_0', 'q4_1', 'q5_0', 'q5_1', 'q8_0', 'iq4_nl', 'mxfp4'] as const),
  ...(['q2_k', 'q3_k', 'q4_k', 'q5_k', 'q6_k', 'iq4_xs'] as const),
  ...(['iq1_s', 'iq1_m', 'iq2_xxs', 'iq2_xs', 'iq2_s', 'iq3_xxs', 'iq3_s'] as const),
];
