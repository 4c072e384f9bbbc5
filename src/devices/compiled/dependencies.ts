/**
 * Which memory was read and written since the last barrier, and whether something new must wait
 * for it: reads of what was written, writes of what was read or written. Intervals per
 * allocation; nothing is made per barrier, so that a step of many launches leaves no garbage.
 */
import type { Access } from '../../compiler/kernel.ts';
import type { Memory } from '../../compiler/lowering.ts';

interface Touched {
  /** What is left of an earlier epoch does not count. */
  epoch: number;
  /** Start, end; start, end; … in bytes. */
  readonly reads: number[];
  readonly writes: number[];
}

export class Dependencies {
  #touched = new Map<object, Touched>();
  #epoch = 0;

  /** Whether using the memory so must wait for what was added. */
  conflicts({ allocation, offsetBytes, sizeBytes }: Memory, access: Access): boolean {
    const touched = this.#touched.get(allocation);
    if (touched?.epoch !== this.#epoch) return false;
    const end = offsetBytes + sizeBytes;
    if (overlapsAny(touched.writes, offsetBytes, end)) return true;
    return access !== 'in' && overlapsAny(touched.reads, offsetBytes, end);
  }

  add({ allocation, offsetBytes, sizeBytes }: Memory, access: Access): void {
    let touched = this.#touched.get(allocation);
    if (!touched) {
      touched = { epoch: this.#epoch, reads: [], writes: [] };
      this.#touched.set(allocation, touched);
    }
    if (touched.epoch !== this.#epoch) {
      touched.epoch = this.#epoch;
      touched.reads.length = 0;
      touched.writes.length = 0;
    }
    if (access !== 'out') touched.reads.push(offsetBytes, offsetBytes + sizeBytes);
    if (access !== 'in') touched.writes.push(offsetBytes, offsetBytes + sizeBytes);
  }

  /** All that was added is done. */
  barrier(): void {
    this.#epoch++;
  }

  /** Forgets the allocations too. */
  clear(): void {
    this.#touched = new Map();
  }
}

function overlapsAny(intervals: readonly number[], start: number, end: number): boolean {
  for (let i = 0; i < intervals.length; i += 2) {
    if (start < intervals[i + 1] && end > intervals[i]) return true;
  }
  return false;
}

export function overlaps(a: Memory, b: Memory): boolean {
  return (
    a.allocation === b.allocation &&
    a.offsetBytes < b.offsetBytes + b.sizeBytes &&
    b.offsetBytes < a.offsetBytes + a.sizeBytes
  );
}
