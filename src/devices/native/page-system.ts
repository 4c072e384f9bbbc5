/**
 * The system's own calls for memory pages: mmap and mprotect on Linux and macOS, VirtualAlloc and
 * VirtualProtect on Windows. A call that fails gives the system's reason. macOS needs MAP_JIT only
 * on arm64, for which no code is emitted yet.
 */
import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';

export interface PageSystem {
  /** New pages, read-write; the reason where the system gives none. */
  allocate(sizeBytes: number): bigint | string;
  copy(address: bigint, code: Uint8Array): void;
  /** From read-write to read-execute; the reason where the system refuses. */
  makeExecutable(address: bigint, sizeBytes: number): undefined | string;
  release(address: bigint, sizeBytes: number): void;
}

export function pageSystem(koffi: typeof Koffi): PageSystem {
  return process.platform === 'win32' ? windowsPages(koffi) : posixPages(koffi);
}

/** Throws where Koffi has no native part for this platform. */
export function loadKoffi(): typeof Koffi {
  return createRequire(import.meta.url)('koffi') as typeof Koffi;
}

function posixPages(koffi: typeof Koffi): PageSystem {
  const libc = koffi.load(null);
  const mmap = libc.func(
    'void *mmap(void *address, size_t length, int protection, int flags, int fd, int64_t offset)',
  );
  const mprotect = libc.func('int mprotect(void *address, size_t length, int protection)');
  const munmap = libc.func('int munmap(void *address, size_t length)');
  const memcpy = libc.func('void *memcpy(void *target, const void *source, size_t length)');
  const readWrite = 1 | 2; // PROT_READ | PROT_WRITE
  const readExecute = 1 | 4; // PROT_READ | PROT_EXEC
  const isAnonymous = process.platform === 'linux' ? 0x20 : 0x1000; // MAP_ANONYMOUS
  const isPrivate = 2; // MAP_PRIVATE
  const failed = 0xffff_ffff_ffff_ffffn; // MAP_FAILED

  const reason = (call: string) => {
    const number = koffi.errno();
    const name = Object.entries(koffi.os.errno).find(([, value]) => value === number)?.[0];
    return `${call} failed with ${name ?? `error ${number}`}`;
  };

  return {
    allocate(sizeBytes) {
      const flags = isPrivate | isAnonymous;
      const address: bigint | null = mmap(null, sizeBytes, readWrite, flags, -1, 0);
      return address === null || address === failed ? reason('mmap') : address;
    },
    copy(address, code) {
      memcpy(address, code, code.length);
    },
    makeExecutable(address, sizeBytes) {
      return mprotect(address, sizeBytes, readExecute) === 0 ? undefined : reason('mprotect');
    },
    release(address, sizeBytes) {
      munmap(address, sizeBytes);
    },
  };
}

function windowsPages(koffi: typeof Koffi): PageSystem {
  const kernel32 = koffi.load('kernel32.dll');
  const virtualAlloc = kernel32.func(
    'void *VirtualAlloc(void *address, size_t size, uint32_t type, uint32_t protection)',
  );
  const virtualProtect = kernel32.func(
    'int VirtualProtect(void *address, size_t size, uint32_t protection, _Out_ uint32_t *old)',
  );
  const virtualFree = kernel32.func('int VirtualFree(void *address, size_t size, uint32_t type)');
  const moveMemory = kernel32.func(
    'void RtlMoveMemory(void *target, const void *source, size_t length)',
  );
  const flushInstructions = kernel32.func(
    'int FlushInstructionCache(intptr_t process, void *address, size_t size)',
  );
  const getLastError = kernel32.func('uint32_t GetLastError()');
  const commitAndReserve = 0x3000; // MEM_COMMIT | MEM_RESERVE
  const release = 0x8000; // MEM_RELEASE, which wants size 0
  const readWrite = 4; // PAGE_READWRITE
  const executeRead = 0x20; // PAGE_EXECUTE_READ
  const thisProcess = -1;

  return {
    allocate(sizeBytes) {
      const address: bigint | null = virtualAlloc(null, sizeBytes, commitAndReserve, readWrite);
      return address ?? `VirtualAlloc failed with error ${getLastError()}`;
    },
    copy(address, code) {
      moveMemory(address, code, code.length);
    },
    makeExecutable(address, sizeBytes) {
      if (!virtualProtect(address, sizeBytes, executeRead, [0])) {
        return `VirtualProtect failed with error ${getLastError()}`;
      }
      flushInstructions(thisProcess, address, sizeBytes);
      return undefined;
    },
    release(address) {
      virtualFree(address, 0, release);
    },
  };
}
