/**
 * A list of commands lowered: launches in order, split where JavaScript has a part to do. It is
 * good for the same commands again for as long as no memory is released.
 */
import { type Dims, type Kernel, resolveDims } from '../../compiler/kernel.ts';
import type { Command } from '../device.ts';
import type { ArgsMemory } from './args-memory.ts';
import { CompiledTensor } from './compiled-tensor.ts';
import { type CompiledWeight, PackedWeight, RowsWeight } from './compiled-weight.ts';
import type { ReadyLaunch } from './machine.ts';

type Bound = CompiledTensor | CompiledWeight | number;

export class CompiledCommand implements Command {
  readonly kernel: Kernel;
  readonly args: Readonly<Record<string, Bound>>;
  readonly dims: Dims;

  /** Throws on arguments that do not fit the kernel's contract. */
  constructor(kernel: Kernel, args: Readonly<Record<string, unknown>>) {
    const { lower } = kernel;
    if (!lower) throw new Error(`${kernel.name} cannot be lowered: it has only a reference`);
    this.kernel = kernel;
    this.args = args as typeof this.args;
    this.dims = resolveDims(kernel, this.args);
    for (const [name, param] of Object.entries(kernel.params)) {
      if (param.kind !== 'scalar' && !isOurs(this.args[name])) {
        throw new Error(`${kernel.name}: ${name} is of another device`);
      }
    }
  }
}

function isOurs(arg: Bound): boolean {
  return arg instanceof CompiledTensor || arg instanceof PackedWeight || arg instanceof RowsWeight;
}

export interface HostCall {
  readonly data: Float32Array;
  run(data: Float32Array): void;
}

/** The host's part first, then the launches. */
export interface Segment {
  readonly hosts: HostCall[];
  readonly launches: ReadyLaunch[];
}

/** Contents of memory that `lower` looked at, and what they were. */
export interface LoweredInput {
  readonly live: Int32Array;
  readonly lowered: Int32Array;
}

export interface Plan {
  readonly commands: readonly CompiledCommand[];
  readonly segments: readonly Segment[];
  readonly inputs: readonly LoweredInput[];
  /** Where the launches' parameters lie. */
  readonly args: ArgsMemory;
  /** Counts releases of memory. */
  readonly generation: number;
}

export function isPlanOf(plan: Plan, commands: readonly CompiledCommand[]): boolean {
  return (
    isSameList(plan.commands, commands) &&
    plan.inputs.every(({ live, lowered }) => lowered.every((value, i) => value === live[i]))
  );
}

/** Recorded anew, a step's commands are other objects about the same memory. */
function isSameList(a: readonly CompiledCommand[], b: readonly CompiledCommand[]): boolean {
  return a.length === b.length && a.every((command, i) => isSameCommand(command, b[i]));
}

function isSameCommand(a: CompiledCommand, b: CompiledCommand): boolean {
  if (a === b) return true;
  if (a.kernel !== b.kernel) return false;
  for (const name in a.kernel.params) {
    if (!isSameArg(a.args[name], b.args[name])) return false;
  }
  return true;
}

function isSameArg(a: Bound, b: Bound): boolean {
  if (Object.is(a, b)) return true;
  return (
    a instanceof CompiledTensor &&
    b instanceof CompiledTensor &&
    a.allocation === b.allocation &&
    a.memory.offsetBytes === b.memory.offsetBytes &&
    a.rowStride === b.rowStride &&
    a.dtype === b.dtype &&
    a.dims.length === b.dims.length &&
    a.dims.every((dim, i) => dim === b.dims[i])
  );
}
