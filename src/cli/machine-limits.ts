/**
 * What this machine can do at most, measured with machine code where that runs, else with
 * WebAssembly; and what a compiled device's level is called. undefined: neither runs here.
 */
import type { Traits } from '../compiler/ir/types.ts';
import type { Machine } from '../devices/compiled/machine.ts';
import { type Limits, measureLimits } from '../devices/native/limits.ts';
import { NativeMachine } from '../devices/native/native-machine.ts';
import { WasmMachine } from '../devices/wasm/wasm-machine.ts';

export interface MachineLimits extends Limits {
  /** Which device the programs ran on, at what level, on how many threads. */
  readonly kind: Machine['kind'];
  readonly level: string;
  readonly threads: number;
}

export async function machineLimits(options: {
  readonly kinds?: readonly Machine['kind'][];
  readonly threads?: number;
}): Promise<MachineLimits | undefined> {
  const { kinds = ['native', 'wasm'], ...wish } = options;
  for (const kind of kinds) {
    const machine = kind === 'native' ? NativeMachine.open(wish) : await WasmMachine.open(wish);
    if ('refused' in machine) continue;
    try {
      const { traits, threads } = machine;
      return { kind, level: levelName(traits), threads, ...(await measureLimits(machine)) };
    } finally {
      await machine.close();
    }
  }
  return undefined;
}

/** `x64-avx512-vnni` → `AVX-512 VNNI`. */
export function levelName({ name }: Pick<Traits, 'name'>): string {
  const [target, ...parts] = name.split('-');
  if (target === 'wasm') return `128-bit vectors${parts.includes('relaxed') ? ', relaxed' : ''}`;
  return parts.map((part) => part.toUpperCase().replace('AVX512', 'AVX-512')).join(' ');
}
