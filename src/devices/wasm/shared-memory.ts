/**
 * A memory that the threads of a WasmMachine share: grows on demand to the 4 GiB that 32 bits reach,
 * and gives out zeroed blocks of it. Growing makes a new buffer object, so a block's `buffer` is
 * asked for anew each time; the old ones stay valid over the same memory.
 */
import { memoryPages } from '../../compiler/targets/wasm/compile.ts';
import { type WasmMemory, webAssembly } from '../../compiler/targets/wasm/web-assembly.ts';
import type { MachineMemory } from '../compiled/machine.ts';
import { BlockList } from './block-list.ts';

const pageBytes = 65_536;
/** Growing interrupts every thread, so it is done in steps. */
const stepPages = 256;

export class SharedMemory {
  readonly #bank: number;
  readonly #startBytes: number;
  readonly #blocks: BlockList;
  #memory: WasmMemory | undefined;
  #heldBytes = 0;

  /**
   * Nothing is given out of the first `startBytes`, whole pages. Throws a RangeError where the
   * system has no room for the addresses.
   */
  constructor(bank: number, startBytes: number) {
    this.#bank = bank;
    this.#startBytes = startBytes;
    this.#blocks = new BlockList(startBytes, memoryPages * pageBytes);
    const initial = startBytes / pageBytes;
    this.#memory = new webAssembly.Memory({ initial, maximum: memoryPages, shared: true });
  }

  get memory(): WasmMemory {
    if (!this.#memory) throw new Error('the memory was given back');
    return this.#memory;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Of what can still be given out; in one piece perhaps less. */
  get freeBytes(): number {
    return memoryPages * pageBytes - this.#startBytes - this.#heldBytes;
  }

  /** Undefined where it is full. Throws a RangeError where the system has no more memory. */
  allocate(sizeBytes: number): MachineMemory | undefined {
    const { memory } = this;
    const used = this.#blocks.highest;
    const address = this.#blocks.allocate(sizeBytes);
    if (address === undefined) return undefined;
    try {
      growTo(memory, address + sizeBytes);
    } catch (cause) {
      this.#blocks.free(address);
      throw cause;
    }
    const end = address + sizeBytes;
    // What was never given out is zero, and was never touched.
    if (address < used) {
      new Uint8Array(memory.buffer, address, Math.min(end, used) - address).fill(0);
    }
    this.#heldBytes += sizeBytes;
    return new Block(this, this.#bank, address, sizeBytes);
  }

  free(block: MachineMemory): void {
    this.#blocks.free(block.address);
    this.#heldBytes -= block.sizeBytes;
  }

  /** Lets go of the memory, whoever still holds a block. */
  close(): void {
    this.#memory = undefined;
  }
}

function growTo(memory: WasmMemory, end: number): void {
  const have = memory.buffer.byteLength / pageBytes;
  const need = Math.ceil(end / pageBytes);
  if (need > have) memory.grow(Math.min(Math.max(need - have, stepPages), memoryPages - have));
}

class Block implements MachineMemory {
  readonly #memory: SharedMemory;
  readonly bank: number;
  readonly address: number;
  readonly sizeBytes: number;

  constructor(memory: SharedMemory, bank: number, address: number, sizeBytes: number) {
    this.#memory = memory;
    this.bank = bank;
    this.address = address;
    this.sizeBytes = sizeBytes;
  }

  get buffer(): ArrayBufferLike {
    return this.#memory.memory.buffer;
  }

  get byteOffset(): number {
    return this.address;
  }
}
