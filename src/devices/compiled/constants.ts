/** Tables that kernels read: written to machine memory when first asked for, and kept. */
import type { Memory } from '../../compiler/lowering.ts';
import { Allocation } from './allocation.ts';
import type { Machine } from './machine.ts';

export class Constants {
  readonly #machine: Machine;
  readonly #known = new Map<string, Memory>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  get(key: string, bytesOf: () => Uint8Array): Memory {
    let memory = this.#known.get(key);
    if (!memory) {
      const bytes = bytesOf();
      const allocation = new Allocation(this.#machine, bytes.length, key);
      allocation.u8().set(bytes);
      memory = allocation.part(0, bytes.length);
      this.#known.set(key, memory);
    }
    return memory;
  }
}
