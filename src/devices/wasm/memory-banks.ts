/**
 * The memories of a WasmMachine. Bank 0 has everything but weights: parameters, scratch, activations,
 * keys and values. Weights lie in banks of their own, as many as they need: each has the 4 GiB that
 * 32 bits reach, and a matrix lies in one of them.
 */
import { error } from '../../base/errors.ts';
import { lowestAddress } from '../../compiler/targets/wasm/selection.ts';
import type { WasmMemory } from '../../compiler/targets/wasm/web-assembly.ts';
import type { MachineMemory } from '../compiled/machine.ts';
import { controlBytes } from './control-block.ts';
import { SharedMemory } from './shared-memory.ts';

export class MemoryBanks {
  readonly #main: SharedMemory;
  readonly #banks: SharedMemory[];

  /** Throws a RangeError where the system has no room for the addresses. */
  constructor() {
    this.#main = new SharedMemory(0, controlBytes);
    this.#banks = [this.#main];
  }

  memory(bank: number): WasmMemory {
    return this.#banks[bank].memory;
  }

  /** Of bank 0. */
  get freeBytes(): number {
    return this.#main.freeBytes;
  }

  allocate(sizeBytes: number, use?: 'weights'): MachineMemory {
    try {
      const found = use ? this.#weights(sizeBytes) : this.#main.allocate(sizeBytes);
      if (found) return found;
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw this.#full(sizeBytes, 'the system gives no more', cause);
    }
    const what = use ? 'a matrix has' : 'what is not weights has';
    throw this.#full(sizeBytes, `${what} at most 4 GiB`);
  }

  free(memory: MachineMemory): void {
    this.#banks[memory.bank].free(memory);
  }

  close(): void {
    for (const bank of this.#banks) bank.close();
  }

  /** In the first bank that has room, if need be a new one. */
  #weights(sizeBytes: number): MachineMemory | undefined {
    for (const bank of this.#banks.slice(1)) {
      const found = bank.allocate(sizeBytes);
      if (found) return found;
    }
    const bank = new SharedMemory(this.#banks.length, lowestAddress);
    if (sizeBytes > bank.freeBytes) return undefined;
    this.#banks.push(bank);
    return bank.allocate(sizeBytes);
  }

  #full(sizeBytes: number, reason: string, cause?: unknown): Error {
    const mib = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
    const held = this.#banks.reduce((sum, { heldBytes }) => sum + heldBytes, 0);
    const fields = { needed: mib(sizeBytes), held: mib(held), reason };
    return error('wasm_memory_full', fields, cause);
  }
}
