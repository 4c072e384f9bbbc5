/**
 * Memory for a step's temporaries: chunks that are filled from the start again by each step and
 * given back only with the device, so that recorded addresses stay good. Large pieces that are no
 * longer needed may be given back within the step and are handed out again at the same size;
 * small ones are not, for sharing them would make launches wait for each other.
 */
import type { Memory } from '../../compiler/lowering.ts';
import { Allocation, allocationOf } from './allocation.ts';
import type { Machine } from './machine.ts';

const lineBytes = 64;
const chunkBytes = 2 ** 24;
const largeBytes = 2 ** 18;

export class StepArena {
  readonly #machine: Machine;
  readonly #chunks: Allocation[] = [];
  readonly #givenBack = new Map<number, Memory[]>();
  /** The chunk being filled, and how far. */
  #chunk = 0;
  #offset = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  take(sizeBytes: number): Memory {
    const size = Math.max(1, Math.ceil(sizeBytes / lineBytes)) * lineBytes;
    const again = this.#givenBack.get(size)?.shift();
    if (again) return allocationOf(again).part(again.offsetBytes, sizeBytes);
    while (this.#chunk < this.#chunks.length) {
      const chunk = this.#chunks[this.#chunk];
      if (this.#offset + size <= chunk.sizeBytes) return this.#cut(chunk, size, sizeBytes);
      this.#chunk++;
      this.#offset = 0;
    }
    const chunk = new Allocation(this.#machine, Math.max(chunkBytes, size), 'temporaries');
    this.#chunks.push(chunk);
    return this.#cut(chunk, size, sizeBytes);
  }

  /** Memory of this step that nothing recorded from now on refers to. */
  giveBack(memory: Memory): void {
    if (memory.sizeBytes < largeBytes) return;
    const size = Math.ceil(memory.sizeBytes / lineBytes) * lineBytes;
    const list = this.#givenBack.get(size);
    if (list) list.push(memory);
    else this.#givenBack.set(size, [memory]);
  }

  /** A new step begins; contents of earlier ones are undefined. */
  reset(): void {
    this.#givenBack.clear();
    this.#chunk = 0;
    this.#offset = 0;
  }

  #cut(chunk: Allocation, size: number, sizeBytes: number): Memory {
    const memory = chunk.part(this.#offset, sizeBytes);
    this.#offset += size;
    return memory;
  }
}
