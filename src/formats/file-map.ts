/**
 * A whole file as one read-only Uint8Array, mapped into memory and paged in as it is touched.
 * Where the system cannot map, files below 2 GiB are read instead and `isMapped` is false.
 *
 * After `close` every view of the bytes has length 0 and reads as undefined: the buffer is
 * detached before it is unmapped, so a late reader meets an empty array, never freed memory.
 * A map that is forgotten is unmapped once nothing refers to its bytes any more (one that a
 * worker leaves behind when it ends, only with the process).
 * Two rules no program can check: do not write to the bytes (pages are read-only: it ends the
 * process), and do not shorten the file meanwhile (as with every memory-mapped file).
 *
 * Refuses what is not a regular file, what may not be read, and empty files.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { error } from '../base/errors.ts';
import { type MappedMemory, type Mapping, systemMapping } from './memory-mapping.ts';

export interface FileMap {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly isMapped: boolean;
  /** Where `part` of the bytes lies in this process's memory, if it is mapped, until `close`. */
  addressOf(part: Uint8Array): number | undefined;
  /**
   * Of `part` of the bytes [start, end), all unless given, will hardly be read again: memory that
   * holds it may go. It stays readable.
   */
  drop(part: Uint8Array, start?: number, end?: number): void;
  /** Idempotent. */
  close(): void;
}

const maxReadBytes = 2 ** 31 - 1; // what Node reads into one buffer

const forgotten = new FinalizationRegistry<() => void>((unmap) => unmap());

export function mapFile(path: string, mapping: Mapping | undefined = systemMapping()): FileMap {
  const fd = openRegularFile(path);
  try {
    const sizeBytes = fstatSync(fd).size;
    if (sizeBytes === 0) {
      throw error('file_damaged', {
        file: path,
        field: 'size',
        found: '0 bytes',
        expected: 'a file with content',
      });
    }
    const memory = mapping?.map({ path, fd, sizeBytes });
    return memory ? mappedFile(path, memory) : readFile(path, fd, sizeBytes);
  } finally {
    closeSync(fd); // a mapping outlives its descriptor
  }
}

function openRegularFile(path: string): number {
  let fd: number;
  try {
    // A named pipe would block the open until somebody writes to it.
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    throw openFailure(path, cause as NodeJS.ErrnoException);
  }
  const stat = fstatSync(fd);
  if (stat.isFile()) return fd;
  closeSync(fd);
  throw error('file_unreadable', {
    path,
    reason: stat.isDirectory() ? 'it is a folder' : 'it is not a regular file',
  });
}

function openFailure(path: string, cause: NodeJS.ErrnoException) {
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') {
    return error('file_not_found', { path }, cause);
  }
  const reasons: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EISDIR: 'it is a folder',
    EMFILE: 'too many files are open',
  };
  const reason = reasons[cause.code ?? ''] ?? cause.message;
  return error('file_unreadable', { path, reason }, cause);
}

function mappedFile(path: string, { buffer, address, unmap, drop }: MappedMemory): FileMap {
  forgotten.register(buffer, unmap, buffer);
  return {
    path,
    bytes: new Uint8Array(buffer),
    isMapped: true,
    addressOf: (part) => (part.buffer === buffer ? address + part.byteOffset : undefined),
    drop(part, start = 0, end = part.length) {
      if (part.buffer === buffer && !buffer.detached) drop(part.byteOffset + start, end - start);
    },
    close() {
      if (buffer.detached) return;
      forgotten.unregister(buffer);
      buffer.transfer(0); // detaches without copying
      unmap();
    },
  };
}

function readFile(path: string, fd: number, sizeBytes: number): FileMap {
  if (sizeBytes > maxReadBytes) {
    throw error('file_unreadable', {
      path,
      reason: `it has ${sizeBytes} bytes and could not be memory-mapped; only files below 2 GiB can be read without`,
    });
  }
  const buffer = new ArrayBuffer(sizeBytes);
  const bytes = new Uint8Array(buffer);
  let length = 0;
  while (length < sizeBytes) {
    const count = readSync(fd, bytes, length, sizeBytes - length, length);
    if (count === 0) break; // shortened meanwhile
    length += count;
  }
  return {
    path,
    bytes: bytes.subarray(0, length),
    isMapped: false,
    addressOf: () => undefined,
    drop() {},
    close() {
      if (!buffer.detached) buffer.transfer(0);
    },
  };
}
