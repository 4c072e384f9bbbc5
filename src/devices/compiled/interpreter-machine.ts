/**
 * A machine that interprets programs, for tests: slow, exact, and unkind. Between two barriers it
 * runs launches, and a launch's items, in the reverse of their order: what relies on an order that
 * no barrier keeps comes out wrong. Every access to memory is checked.
 */
import { buildRoutine } from '../../compiler/ir/builder.ts';
import {
  type InterpreterMemory,
  interpret,
  interpreterMemory,
} from '../../compiler/ir/interpreter.ts';
import type { Routine, Traits } from '../../compiler/ir/types.ts';
import type { Program } from '../../compiler/lowering.ts';
import type { Machine, MachineMemory, ReadyLaunch } from './machine.ts';

const lineBytes = 64;
/** Addresses begin here, so that a 0 that was not written is an error. */
const firstAddress = 2 ** 16;

const traits: Traits = {
  name: 'interpreter',
  vectorBytes: 32,
  vectorRegisters: 16,
  dot4TakesU8: false,
  hasBroadcastOperand: false,
  addsBesideDots: false,
  hasPrefetch: true,
  hasTiles: false,
  hasWeightMemories: false,
};

export class InterpreterMachine implements Machine {
  readonly kind = 'wasm';
  readonly traits: Traits;
  readonly threads = 2;
  readonly readsProcess = false;
  /** What ran, a run each. */
  readonly runs: (readonly ReadyLaunch[])[] = [];
  /** Keys in the order they were compiled. */
  readonly compiled: string[] = [];
  readonly #routines: Routine[] = [];
  readonly #memory: InterpreterMemory;
  readonly #held = new Set<MachineMemory>();
  /** Offsets of what was freed, by size. */
  readonly #freed = new Map<number, number[]>();
  #end = 0;
  #scratchBytes = 0;
  #scratch: MachineMemory | undefined;

  constructor(sizeBytes = 2 ** 27, changed: Partial<Traits> = {}) {
    this.traits = { ...traits, ...changed };
    this.#memory = interpreterMemory(sizeBytes, firstAddress);
  }

  /** Of what is allocated now. */
  get allocatedBytes(): number {
    const held = [...this.#held].filter((memory) => memory !== this.#scratch);
    return held.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  get freeBytes(): number {
    return this.#memory.view.byteLength - this.allocatedBytes;
  }

  /** A place that was freed is used again for what is as large. */
  allocate(sizeBytes: number): MachineMemory {
    const { view, address } = this.#memory;
    const size = Math.ceil(sizeBytes / lineBytes) * lineBytes;
    let byteOffset = this.#freed.get(size)?.pop();
    if (byteOffset === undefined) {
      byteOffset = this.#end;
      this.#end += size;
      if (this.#end > view.byteLength) throw new Error('the interpreter has no more memory');
    } else {
      new Uint8Array(view.buffer, byteOffset, size).fill(0);
    }
    const { buffer } = view;
    const memory = { address: address + byteOffset, sizeBytes, buffer, byteOffset, bank: 0 };
    this.#held.add(memory);
    return memory;
  }

  free(memory: MachineMemory): void {
    if (!this.#held.delete(memory)) throw new Error('freed twice');
    const size = Math.ceil(memory.sizeBytes / lineBytes) * lineBytes;
    const places = this.#freed.get(size);
    if (places) places.push(memory.byteOffset);
    else this.#freed.set(size, [memory.byteOffset]);
  }

  /** Later, as WebAssembly does. */
  async compile({ key, build }: Program): Promise<number> {
    await Promise.resolve();
    this.compiled.push(key);
    this.#routines.push(buildRoutine(key, this.traits, build));
    return this.#routines.length;
  }

  reserveScratch(sizeBytes: number): void {
    this.#scratchBytes = Math.max(this.#scratchBytes, sizeBytes);
  }

  async run(launches: readonly ReadyLaunch[], signal?: AbortSignal): Promise<void> {
    this.runs.push(launches);
    let group: ReadyLaunch[] = [];
    for (const launch of launches) {
      if (launch.waits) {
        await new Promise((resolve) => setImmediate(resolve));
        signal?.throwIfAborted();
        this.#runGroup(group);
        group = [];
      }
      group.push(launch);
    }
    await new Promise((resolve) => setImmediate(resolve));
    this.#runGroup(group);
  }

  async close(): Promise<void> {
    this.#held.clear();
  }

  /** One for all: a routine finds what the one before left there. */
  #scratchOf(sizeBytes: number): MachineMemory {
    if (!this.#scratch || this.#scratch.sizeBytes < sizeBytes) {
      if (this.#scratch) this.free(this.#scratch);
      this.#scratch = this.allocate(sizeBytes);
    }
    return this.#scratch;
  }

  #runGroup(group: readonly ReadyLaunch[]): void {
    for (const { code, argsAddress, items, grain } of group.toReversed()) {
      const routine = this.#routines[code - 1];
      const scratch = this.#scratchOf(routine.scratchBytes + this.#scratchBytes);
      const numTakes = Math.ceil(items / grain);
      for (let take = numTakes - 1; take >= 0; take--) {
        const [start, end] = [take * grain, Math.min(items, (take + 1) * grain)];
        interpret(routine, this.#memory, {
          ...{ args: argsAddress, start, end, scratch: scratch.address },
        });
      }
    }
  }
}
