/**
 * The memory that the threads of a WasmMachine share: grows on demand to the 4 GiB that 32 bits
 * reach, and gives out zeroed blocks of it. Growing makes a new buffer object, so a block's
 * `buffer` is asked for anew each time; the old ones stay valid over the same memory.
 */
import { error } from '../../base/errors.ts';
import { memoryPages } from '../../compiler/targets/wasm/compile.ts';
import { type WasmMemory, webAssembly } from '../../compiler/targets/wasm/web-assembly.ts';
import type { MachineMemory } from '../compiled/machine.ts';
import { BlockList } from './block-list.ts';
import { controlBytes } from './control-block.ts';

const pageBytes = 65_536;
/** Growing interrupts every thread, so it is done in steps. */
const stepPages = 256;

export class SharedMemory {
  readonly #blocks = new BlockList(controlBytes, memoryPages * pageBytes);
  #memory: WasmMemory | undefined;
  #heldBytes = 0;

  /** Throws a RangeError where the system has no room for the addresses. */
  constructor() {
    const initial = controlBytes / pageBytes;
    this.#memory = new webAssembly.Memory({ initial, maximum: memoryPages, shared: true });
  }

  get memory(): WasmMemory {
    if (!this.#memory) throw new Error('the memory was given back');
    return this.#memory;
  }

  allocate(sizeBytes: number): MachineMemory {
    const { memory } = this;
    const used = this.#blocks.highest;
    const address = this.#blocks.allocate(sizeBytes);
    if (address === undefined) throw this.#full(sizeBytes);
    try {
      growTo(memory, address + sizeBytes);
    } catch (cause) {
      this.#blocks.free(address);
      throw this.#full(sizeBytes, cause);
    }
    const end = address + sizeBytes;
    // What was never given out is zero, and was never touched.
    if (address < used) {
      new Uint8Array(memory.buffer, address, Math.min(end, used) - address).fill(0);
    }
    this.#heldBytes += sizeBytes;
    return new Block(this, address, sizeBytes);
  }

  free(block: MachineMemory): void {
    this.#blocks.free(block.address);
    this.#heldBytes -= block.sizeBytes;
  }

  /** Lets go of the memory, whoever still holds a block. */
  close(): void {
    this.#memory = undefined;
  }

  #full(sizeBytes: number, cause?: unknown): Error {
    const mib = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
    const [needed, held] = [mib(sizeBytes), mib(this.#heldBytes)];
    return error('wasm_memory_full', { needed, held }, cause);
  }
}

function growTo(memory: WasmMemory, end: number): void {
  const have = memory.buffer.byteLength / pageBytes;
  const need = Math.ceil(end / pageBytes);
  if (need > have) memory.grow(Math.min(Math.max(need - have, stepPages), memoryPages - have));
}

class Block implements MachineMemory {
  readonly #memory: SharedMemory;
  readonly address: number;
  readonly sizeBytes: number;

  constructor(memory: SharedMemory, address: number, sizeBytes: number) {
    this.#memory = memory;
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
