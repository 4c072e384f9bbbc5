/** A program with named parameters, and the launches of it that name them again. */
import type { Builder, RoutineInputs } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import type { Launch, LaunchArg, LowerTensor, Memory, Program } from '../../compiler/lowering.ts';

/** An address or a whole number. */
export const int = 'int' as const;
export const f32 = 'f32' as const;
/** The address of packed weights. */
export const weights = 'weights' as const;
export type ProgramParams = Readonly<Record<string, 'int' | 'f32' | 'weights'>>;

export interface DefinedProgram<S extends ProgramParams> extends Program {
  /** `grain`: items a thread takes at a time; `scratchBytes`: see Launch. */
  launch(
    args: { readonly [K in keyof S]: LaunchArg | number },
    items: number,
    more?: { readonly grain?: number; readonly scratchBytes?: number },
  ): Launch;
}

export function defineProgram<const S extends ProgramParams>(
  key: string,
  params: S,
  build: (k: Builder, params: { readonly [K in keyof S]: Value }, inputs: RoutineInputs) => void,
): DefinedProgram<S> {
  const names = Object.keys(params);
  const program: Program = {
    key,
    build(k, inputs) {
      const values = names.map((name, i) => [name, paramOf(k, params[name], i)]);
      build(k, Object.fromEntries(values), inputs);
    },
  };
  return {
    ...program,
    launch(args, items, { grain = 1, scratchBytes = 0 } = {}) {
      const list = names.map((name): LaunchArg => {
        const arg = args[name] as LaunchArg | number;
        if (typeof arg !== 'number') return arg;
        return params[name] === 'f32' ? { f32: arg } : { int: arg };
      });
      return { program, args: list, items, grain, scratchBytes };
    },
  };
}

function paramOf(k: Builder, kind: ProgramParams[string], index: number): Value {
  if (kind === 'f32') return k.paramF32(index);
  return kind === 'weights' ? k.weightsParam(index) : k.param(index);
}

/** A program of a family, made when first asked for: `key` says all that its code depends on. */
export function programFamily<A extends readonly unknown[], S extends ProgramParams>(
  keyOf: (...args: A) => string,
  make: (key: string, ...args: A) => DefinedProgram<S>,
): (...args: A) => DefinedProgram<S> {
  const known = new Map<string, DefinedProgram<S>>();
  return (...args) => {
    const key = keyOf(...args);
    let program = known.get(key);
    if (!program) {
      program = make(key, ...args);
      known.set(key, program);
    }
    return program;
  };
}

const memoryOf = (from: LowerTensor | Memory) => ('memory' in from ? from.memory : from);

export function reads(from: LowerTensor | Memory): LaunchArg {
  return { memory: memoryOf(from), access: 'in' };
}
export function writes(to: LowerTensor | Memory): LaunchArg {
  return { memory: memoryOf(to), access: 'out' };
}
export function updates(both: LowerTensor | Memory): LaunchArg {
  return { memory: memoryOf(both), access: 'inout' };
}

/** Bytes from row to row. */
export function strideOf(tensor: LowerTensor): number {
  return 4 * tensor.rowStride;
}

/** A part of a memory; all that is behind `offsetBytes` where no size is given. */
export function part(
  memory: Memory,
  offsetBytes: number,
  sizeBytes = memory.sizeBytes - offsetBytes,
): Memory {
  if (offsetBytes < 0 || offsetBytes + sizeBytes > memory.sizeBytes)
    throw new Error('a part outside its memory');
  return { ...memory, offsetBytes: memory.offsetBytes + offsetBytes, sizeBytes };
}
