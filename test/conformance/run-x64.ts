/**
 * Runs a routine on this processor, as compiled for x64, in memory that the interpreter can use
 * too. For tests of the x64 target. Refused: processors without AVX2.
 */
import type * as Koffi from 'koffi';
import type { InterpreterInputs, InterpreterMemory } from '../../src/compiler/ir/interpreter.ts';
import type { Routine } from '../../src/compiler/ir/types.ts';
import { compileX64 } from '../../src/compiler/targets/x64/compile.ts';
import type { X64Features } from '../../src/compiler/targets/x64/traits.ts';
import { readCpuFeatures } from '../../src/devices/native/cpu-features.ts';
import { loadKoffi } from '../../src/devices/native/page-system.ts';
import { x64FeaturesOf } from '../../src/devices/native/x64-target.ts';
import { callX64 } from './call-x64.ts';

/** Every level of the target that this processor has, whole or in part. */
export function featureSets(): Readonly<Record<string, X64Features>> {
  const { features: cpu } = readCpuFeatures();
  if (!cpu?.avx2 || !cpu.fma || !cpu.f16c) return {};
  const all = x64FeaturesOf(cpu);
  const none = { avx512: false, avx512Vnni: false, avxVnni: false, amx: false };
  const wide = { ...none, avx512: true };
  return {
    avx2: none,
    ...(all.avxVnni && { 'avx2-vnni': { ...none, avxVnni: true } }),
    ...(all.avx512 && { avx512: wide }),
    ...(all.avx512Vnni && { 'avx512-vnni': { ...wide, avx512Vnni: true } }),
    ...(all.amx && { 'avx512-vnni-amx': all }),
  };
}

/** Zeroed memory on a cache line, with its real address. It lives as long as its view is held. */
export function nativeMemory(sizeBytes: number): InterpreterMemory {
  const koffi: typeof Koffi = loadKoffi();
  const bytes = new Uint8Array(sizeBytes + 64);
  const offset = Number(-koffi.address(bytes) & 63n);
  const view = new DataView(bytes.buffer, offset, sizeBytes);
  return { view, address: Number(koffi.address(bytes)) + offset };
}

/** Compiles and calls. Says how many values lived in the stack frame. */
export function runX64(
  routine: Routine,
  features: X64Features,
  inputs: InterpreterInputs,
): { readonly numSpills: number } {
  const { code, numSpills } = compileX64(routine, features);
  callX64(code, inputs);
  return { numSpills };
}
