/**
 * Launches' parameters in machine memory: 8 bytes each, an address or a whole number as int64, a
 * f32 in the low 4 bytes. Filled front to back, and from the front again after `reset`.
 */
import type { LaunchArg } from '../../compiler/lowering.ts';
import { Allocation, allocationOf } from './allocation.ts';
import type { Machine } from './machine.ts';

const lineBytes = 64;
const chunkBytes = 2 ** 16;

export class ArgsMemory {
  readonly #machine: Machine;
  readonly #chunks: { allocation: Allocation; words: Int32Array; floats: Float32Array }[] = [];
  #chunk = 0;
  #offset = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** The address of the parameters, on a cache line. */
  write(args: readonly LaunchArg[]): number {
    const size = Math.ceil((8 * args.length) / lineBytes) * lineBytes;
    if (size > chunkBytes) throw new Error(`${args.length} parameters`);
    if (this.#offset + size > chunkBytes) {
      this.#chunk++;
      this.#offset = 0;
    }
    const { allocation, words, floats } = this.#current();
    const start = this.#offset;
    for (let i = 0; i < args.length; i++) {
      const at = start / 4 + 2 * i;
      const arg = args[i];
      if ('f32' in arg) {
        floats[at] = arg.f32;
        words[at + 1] = 0;
      } else {
        const value =
          'int' in arg ? arg.int : allocationOf(arg.memory).address + arg.memory.offsetBytes;
        words[at] = value;
        words[at + 1] = Math.floor(value / 2 ** 32);
      }
    }
    this.#offset += size;
    return allocation.address + start;
  }

  reset(): void {
    this.#chunk = 0;
    this.#offset = 0;
  }

  free(): void {
    for (const { allocation } of this.#chunks) allocation.free();
    this.#chunks.length = 0;
    this.reset();
  }

  #current() {
    if (this.#chunk === this.#chunks.length) {
      const allocation = new Allocation(this.#machine, chunkBytes, 'parameters');
      const words = allocation.i32(0, chunkBytes / 4);
      const floats = allocation.f32(0, chunkBytes / 4);
      this.#chunks.push({ allocation, words, floats });
    }
    return this.#chunks[this.#chunk];
  }
}
