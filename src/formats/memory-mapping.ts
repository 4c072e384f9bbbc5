/**
 * Read-only memory mapping through the system's own calls: mmap on Linux and macOS, file mapping
 * objects on Windows. Koffi is asked for only here and only when a file is mapped: on a machine
 * without its native part `systemMapping` gives undefined, and file-map.ts reads files instead.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as Koffi from 'koffi';

/** Answers undefined where the system refuses the mapping. The file may be closed afterwards. */
export interface Mapping {
  map(file: { path: string; fd: number; sizeBytes: number }): MappedMemory | undefined;
}

export interface MappedMemory {
  /** External memory: writing to it, or reading it after `unmap`, ends the process. */
  readonly buffer: ArrayBuffer;
  /** Where it lies in this process's memory. */
  readonly address: number;
  /** Lets the pages around these bytes go; they are read from the file again when touched. */
  drop(byteOffset: number, length: number): void;
  /** Exactly once. It does not refer to `buffer`, so a finaliser of the buffer may hold it. */
  unmap(): void;
}

/** What Linux maps around a page that is touched, where the file is in memory. */
const touchedBytes = 2 ** 16;

let loaded: { mapping: Mapping | undefined } | undefined;

export function systemMapping(): Mapping | undefined {
  loaded ??= { mapping: loadMapping() };
  return loaded.mapping;
}

function loadMapping(): Mapping | undefined {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
    return process.platform === 'win32' ? windowsMapping(koffi) : posixMapping(koffi);
  } catch {
    return undefined; // no native part for this platform: reading still works
  }
}

function posixMapping(koffi: typeof Koffi): Mapping {
  const libc = koffi.load(null);
  const mmap = libc.func(
    'void *mmap(void *address, size_t length, int protection, int flags, int fd, int64_t offset)',
  );
  const munmap = libc.func('int munmap(void *address, size_t length)');
  const madvise = libc.func('int madvise(void *address, size_t length, int advice)');
  const readOnly = 1; // PROT_READ
  const isPrivate = 2; // MAP_PRIVATE
  const dontNeed = 4; // MADV_DONTNEED
  const failed = 0xffff_ffff_ffff_ffffn; // MAP_FAILED

  return {
    map({ fd, sizeBytes }) {
      const address: bigint | null = mmap(null, sizeBytes, readOnly, isPrivate, fd, 0);
      if (address === null || address === failed) return undefined;
      return viewed(koffi, address, sizeBytes, {
        unmap: () => munmap(address, sizeBytes),
        drop(byteOffset, length) {
          if (process.platform !== 'linux') return; // elsewhere the advice means less, or nothing
          const base = Number(address) % touchedBytes; // of the mapping in its 64 KB
          const start = Math.max(0, byteOffset - ((base + byteOffset) % touchedBytes));
          const end = Math.ceil((base + byteOffset + length) / touchedBytes) * touchedBytes - base;
          madvise(address + BigInt(start), Math.min(end, sizeBytes) - start, dontNeed);
        },
      });
    },
  };
}

/** Node's descriptors mean nothing to kernel32, so the file is opened a second time by its path. */
function windowsMapping(koffi: typeof Koffi): Mapping {
  const kernel32 = koffi.load('kernel32.dll');
  const createFile = kernel32.func(
    'intptr_t CreateFileW(str16 name, uint32_t access, uint32_t share, void *security, ' +
      'uint32_t disposition, uint32_t flags, intptr_t template)',
  );
  const createFileMapping = kernel32.func(
    'intptr_t CreateFileMappingW(intptr_t file, void *security, uint32_t protection, ' +
      'uint32_t sizeHigh, uint32_t sizeLow, str16 name)',
  );
  const mapViewOfFile = kernel32.func(
    'void *MapViewOfFile(intptr_t mapping, uint32_t access, uint32_t offsetHigh, ' +
      'uint32_t offsetLow, size_t length)',
  );
  const unmapViewOfFile = kernel32.func('int UnmapViewOfFile(void *address)');
  const closeHandle = kernel32.func('int CloseHandle(intptr_t handle)');
  const genericRead = 0x8000_0000;
  const shareAll = 7; // read, write, delete
  const openExisting = 3;
  const pageReadOnly = 2;
  const mapRead = 4;

  return {
    map({ path: file, sizeBytes }) {
      const name = path.toNamespacedPath(path.resolve(file));
      const handle = createFile(name, genericRead, shareAll, null, openExisting, 0, 0);
      if (Number(handle) === -1) return undefined;
      const mapping = createFileMapping(handle, null, pageReadOnly, 0, 0, null);
      closeHandle(handle);
      if (Number(mapping) === 0) return undefined;
      const address: bigint | null = mapViewOfFile(mapping, mapRead, 0, 0, sizeBytes);
      closeHandle(mapping); // the view keeps the mapping alive
      if (address === null) return undefined;
      return viewed(koffi, address, sizeBytes, {
        unmap: () => unmapViewOfFile(address),
        drop() {},
      });
    },
  };
}

/** Runtimes without external buffers refuse the view: the mapping must not stay behind. */
function viewed(
  koffi: typeof Koffi,
  address: bigint,
  sizeBytes: number,
  { unmap, drop }: Pick<MappedMemory, 'unmap' | 'drop'>,
): MappedMemory | undefined {
  try {
    return { buffer: koffi.view(address, sizeBytes), address: Number(address), unmap, drop };
  } catch {
    unmap();
    return undefined;
  }
}
