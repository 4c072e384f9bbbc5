/**
 * The compiler's x64 target for this processor. Refused, with the reason: processors without AVX2,
 * FMA and F16C, and systems that do not let it be found out.
 */
import { buildRoutine } from '../../compiler/ir/builder.ts';
import { optimise } from '../../compiler/passes/pipeline.ts';
import { compileX64 } from '../../compiler/targets/x64/compile.ts';
import { type X64Features, x64Traits } from '../../compiler/targets/x64/traits.ts';
import { type CpuFeatures, readCpuFeatures } from './cpu-features.ts';
import { requestTiles } from './matrix-unit.ts';
import type { NativeTarget } from './native-machine.ts';

export function x64Target(): NativeTarget | { readonly refused: string } {
  const { features: cpu, refused } = readCpuFeatures();
  if (!cpu) return { refused };
  const missing = (['avx2', 'fma', 'f16c'] as const).filter((name) => !cpu[name]);
  if (missing.length > 0) return { refused: `the processor has no ${missing.join(', no ')}` };
  return x64TargetOf(x64FeaturesOf(cpu));
}

export function x64TargetOf(features: X64Features): NativeTarget {
  const traits = x64Traits(features);
  return {
    traits,
    compile({ key, build }) {
      const routine = optimise(buildRoutine(key, traits, build));
      return { code: compileX64(routine, features).code, scratchBytes: routine.scratchBytes };
    },
  };
}

export function x64FeaturesOf(cpu: CpuFeatures): X64Features {
  const avx512 = cpu.avx512f && cpu.avx512bw && cpu.avx512dq && cpu.avx512vl;
  return {
    avx512,
    avx512Vnni: avx512 && cpu.avx512_vnni,
    avxVnni: cpu.avx_vnni,
    amx: avx512 && cpu.amx_int8 && cpu.amx_bf16 && requestTiles(),
  };
}
