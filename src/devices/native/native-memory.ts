/**
 * Memory with addresses: anonymous pages, seen by JavaScript as array buffers over them. Freeing
 * detaches the buffer first: a late reader meets an empty array, never freed memory. Large
 * allocations ask for large pages, so that streaming weights does not wait for page tables.
 * Throws where the system has no more memory.
 */
import type * as Koffi from 'koffi';
import type { MachineMemory } from '../compiled/machine.ts';
import type { PageSystem } from './page-system.ts';

const pageBytes = 4096;
const largePageBytes = 2 ** 21;

export class NativeMemory {
  readonly #koffi: typeof Koffi;
  readonly #system: PageSystem;
  readonly #adviseLarge: (address: bigint, sizeBytes: number) => void;
  readonly #held = new Map<MachineMemory, { address: bigint; mappedBytes: number }>();
  #allocatedBytes = 0;

  constructor(koffi: typeof Koffi, system: PageSystem) {
    this.#koffi = koffi;
    this.#system = system;
    this.#adviseLarge = largePageAdvice(koffi);
  }

  get allocatedBytes(): number {
    return this.#allocatedBytes;
  }

  allocate(sizeBytes: number): MachineMemory {
    const mappedBytes = Math.max(1, Math.ceil(sizeBytes / pageBytes)) * pageBytes;
    const address = this.#system.allocate(mappedBytes);
    if (typeof address === 'string') {
      const held = `${this.#allocatedBytes} bytes are allocated`;
      throw new Error(`no memory for ${sizeBytes} bytes: ${address}; ${held}`);
    }
    if (mappedBytes >= largePageBytes) this.#adviseLarge(address, mappedBytes);
    const buffer = this.#koffi.view(address, mappedBytes);
    const memory = { address: Number(address), sizeBytes, buffer, byteOffset: 0 };
    this.#held.set(memory, { address, mappedBytes });
    this.#allocatedBytes += mappedBytes;
    return memory;
  }

  /** Idempotent. */
  free(memory: MachineMemory): void {
    const held = this.#held.get(memory);
    if (!held) return;
    this.#held.delete(memory);
    this.#allocatedBytes -= held.mappedBytes;
    (memory.buffer as ArrayBuffer).transfer(0); // detaches without copying
    this.#system.release(held.address, held.mappedBytes);
  }

  freeAll(): void {
    for (const memory of [...this.#held.keys()]) this.free(memory);
  }
}

function largePageAdvice(koffi: typeof Koffi): (address: bigint, sizeBytes: number) => void {
  if (process.platform !== 'linux') return () => {};
  const madvise = koffi.load(null).func('int madvise(void *address, size_t length, int advice)');
  const hugePages = 14; // MADV_HUGEPAGE
  return (address, sizeBytes) => madvise(address, sizeBytes, hugePages); // refused: small ones do
}
