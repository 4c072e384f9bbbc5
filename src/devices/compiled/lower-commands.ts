/**
 * Lowers commands to launches: what kernels ask of the device while it happens. Order is kept by
 * letting a launch wait for those before it exactly where it touches what they write, or writes
 * what they read.
 */
import type { Access } from '../../compiler/kernel.ts';
import type { Launch, LowerContext, Memory } from '../../compiler/lowering.ts';
import { allocationOf, banksOf } from './allocation.ts';
import type { ArgsMemory } from './args-memory.ts';
import type { Constants } from './constants.ts';
import { Dependencies } from './dependencies.ts';
import { DerivedMemory } from './derived-memory.ts';
import type { Machine, ReadyLaunch } from './machine.ts';
import type { CompiledCommand, LoweredInput, Plan, Segment } from './plan.ts';
import type { Programs } from './programs.ts';
import type { StepArena } from './step-arena.ts';

interface Parts {
  readonly machine: Machine;
  readonly programs: Programs;
  readonly arena: StepArena;
  readonly args: ArgsMemory;
  readonly constants: Constants;
}

/** Resolves once every program is compiled. */
export async function lowerCommands(
  commands: readonly CompiledCommand[],
  parts: Parts,
): Promise<Pick<Plan, 'segments' | 'inputs'>> {
  const lowering = new Lowering(parts);
  try {
    for (const command of commands) lowering.command(command);
  } catch (cause) {
    await Promise.allSettled(lowering.compiling); // nothing goes on behind the caller's back
    throw cause;
  }
  await Promise.all(lowering.compiling);
  return lowering.finish();
}

class Lowering implements LowerContext {
  readonly traits: LowerContext['traits'];
  readonly threads: number;
  readonly compiling: Promise<void>[] = [];
  readonly #segments: Segment[] = [];
  readonly #inputs: LoweredInput[] = [];
  readonly #machine: Machine;
  readonly #programs: Programs;
  readonly #arena: StepArena;
  readonly #args: ArgsMemory;
  readonly #constants: Constants;
  readonly #sinceBarrier = new Dependencies();
  readonly #inSegment = new Dependencies();
  readonly #derived = new DerivedMemory();
  /** Taken by the command, or on the way to something derived, whichever is innermost. */
  #temps: Memory[] = [];
  /** Given back when the command ends: until then it may still launch on them. */
  readonly #unused: Memory[] = [];
  #isLowering = true;

  constructor({ machine, programs, arena, args, constants }: Parts) {
    this.traits = machine.traits;
    this.threads = machine.threads;
    this.#machine = machine;
    this.#programs = programs;
    this.#arena = arena;
    this.#args = args;
    this.#constants = constants;
    arena.reset();
    args.reset();
    this.#split();
  }

  command({ kernel, args, dims }: CompiledCommand): void {
    kernel.lower?.(args as never, dims, this);
    for (const memory of this.#temps) this.#arena.giveBack(memory);
    for (const memory of this.#unused) this.#arena.giveBack(memory);
    this.#temps.length = 0;
    this.#unused.length = 0;
  }

  /** From here on only host parts ask for anything. */
  finish(): Pick<Plan, 'segments' | 'inputs'> {
    this.#isLowering = false;
    return { segments: this.#segments, inputs: this.#inputs };
  }

  launch({ program, args, items, grain, scratchBytes }: Launch): void {
    if (items <= 0) return;
    if (scratchBytes) this.#machine.reserveScratch(scratchBytes);
    let waits = false;
    for (const arg of args) {
      if ('memory' in arg) waits ||= this.#sinceBarrier.conflicts(arg.memory, arg.access);
    }
    if (waits) this.#sinceBarrier.barrier();
    for (const arg of args) {
      if (!('memory' in arg)) continue;
      this.#sinceBarrier.add(arg.memory, arg.access);
      this.#inSegment.add(arg.memory, arg.access);
      if (arg.access !== 'in') this.#derived.written(arg.memory, this.#unused);
    }
    this.#push(program, {
      name: program.key,
      code: 0,
      argsAddress: this.#args.write(args),
      items: Math.ceil(items),
      grain: Math.max(1, Math.ceil(grain)),
      waits,
      banks: banksOf(args),
    });
  }

  /** Before everything pending where nothing pending minds; else between that and what follows. */
  host(memory: Memory, access: Access, run: (data: Float32Array) => void): void {
    if (this.#inSegment.conflicts(memory, access)) this.#split();
    if (access !== 'in') this.#derived.written(memory, this.#unused);
    const data = allocationOf(memory).f32(memory.offsetBytes, Math.floor(memory.sizeBytes / 4));
    this.#segments[this.#segments.length - 1].hosts.push({ data, run });
  }

  /** What was lowered for these numbers is good for these numbers only. */
  integers(memory: Memory): Int32Array {
    const live = allocationOf(memory).i32(memory.offsetBytes, memory.sizeBytes / 4);
    if (this.#isLowering) this.#inputs.push({ live, lowered: live.slice() });
    return live;
  }

  temp(sizeBytes: number): Memory {
    const memory = this.#arena.take(sizeBytes);
    this.#temps.push(memory);
    return memory;
  }

  derived(source: Memory, key: string, make: () => Memory): Memory {
    const known = this.#derived.find(source, key);
    if (known) return known;
    const outer = this.#temps;
    this.#temps = [];
    const result = make();
    this.#derived.add({ source, key, result, temps: this.#temps });
    this.#temps = outer;
    return result;
  }

  constant(key: string, bytes: () => Uint8Array): Memory {
    return this.#constants.get(key, bytes);
  }

  #push(program: Launch['program'], launch: ReadyLaunch): void {
    const { launches } = this.#segments[this.#segments.length - 1];
    const index = launches.length;
    const code = this.#programs.code(program);
    if (typeof code === 'number') {
      launches.push({ ...launch, code });
      return;
    }
    launches.push(launch);
    this.compiling.push(
      code.then((address) => {
        launches[index] = { ...launch, code: address };
      }),
    );
  }

  #split(): void {
    this.#segments.push({ hosts: [], launches: [] });
    this.#sinceBarrier.barrier();
    this.#inSegment.barrier();
  }
}
