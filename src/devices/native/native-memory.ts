/**
 * Memory with addresses: anonymous pages, seen by JavaScript as array buffers over them once it
 * looks, as the collector counts what buffers hold and packed weights are never looked at. Freeing
 * detaches the buffer first: a late reader meets an empty array, never freed memory. Large
 * allocations ask for large pages, so that streaming weights does not wait for page tables.
 * Throws where the system has no more memory.
 */
import type * as Koffi from 'koffi';
import type { MachineMemory } from '../compiled/machine.ts';
import type { PageSystem } from './page-system.ts';

const pageBytes = 4096;
const largePageBytes = 2 ** 21;

interface Held {
  readonly memory: NativePages;
  readonly address: bigint;
  readonly mappedBytes: number;
}

class NativePages implements MachineMemory {
  readonly address: number;
  readonly sizeBytes: number;
  readonly byteOffset = 0;
  readonly bank = 0;
  readonly #view: () => ArrayBuffer;
  #buffer: ArrayBuffer | undefined;

  constructor(address: number, sizeBytes: number, view: () => ArrayBuffer) {
    this.address = address;
    this.sizeBytes = sizeBytes;
    this.#view = view;
  }

  get buffer(): ArrayBuffer {
    this.#buffer ??= this.#view();
    return this.#buffer;
  }

  /** What is seen of it from now on is empty. */
  detach(): void {
    this.#buffer?.transfer(0); // without copying
    this.#buffer ??= new ArrayBuffer(0);
  }
}

export class NativeMemory {
  readonly #koffi: typeof Koffi;
  readonly #system: PageSystem;
  readonly #adviseLarge: (address: bigint, sizeBytes: number) => void;
  readonly #held = new Map<MachineMemory, Held>();
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
    const view = () => this.#koffi.view(address, mappedBytes);
    const memory = new NativePages(Number(address), sizeBytes, view);
    this.#held.set(memory, { memory, address, mappedBytes });
    this.#allocatedBytes += mappedBytes;
    return memory;
  }

  /** Idempotent. */
  free(memory: MachineMemory): void {
    const held = this.#held.get(memory);
    if (!held) return;
    this.#held.delete(memory);
    this.#allocatedBytes -= held.mappedBytes;
    held.memory.detach();
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
