/**
 * Packs weights into machine memory, chunk by chunk. A machine that can reads a mapped file where
 * it lies; else rows are copied to one of two staging buffers, and while the machine's threads pack
 * one, JavaScript copies into the other. Nothing happens until somebody drains the queue, and not
 * while a step runs: that is the caller's part.
 */
import type { TensorView } from '../../base/tensor-view.ts';
import type { LaunchArg } from '../../compiler/lowering.ts';
import { Allocation, banksOf } from './allocation.ts';
import { ArgsMemory } from './args-memory.ts';
import type { PackedWeight } from './compiled-weight.ts';
import type { Machine, ReadyLaunch } from './machine.ts';
import { PackSource } from './pack-source.ts';
import type { Programs } from './programs.ts';

const stripRows = 16;
const copiedBytes = 2 ** 22;
/** Read in place by one launch, at most, and by one run, at least. */
const inPlaceBytes = 2 ** 26;
const leastRunBytes = 2 ** 24;
/** Behind the last row: vector loads may read beyond it. */
const slackBytes = 256;

interface Upload {
  readonly source: PackSource;
  readonly weight: PackedWeight;
  nextRow: number;
}

interface Chunk {
  readonly launch: ReadyLaunch;
  /** Of the file. */
  readonly bytes: number;
  readonly isInPlace: boolean;
  /** To be called once it has run. */
  packed(): void;
}

/** One of the two halves of the double buffer. */
interface Half {
  readonly args: ArgsMemory;
  staging: Allocation | undefined;
}

export class UploadQueue {
  readonly #machine: Machine;
  readonly #programs: Programs;
  readonly #queue: Upload[] = [];
  readonly #halves: readonly [Half, Half];

  constructor(machine: Machine, programs: Programs) {
    this.#machine = machine;
    this.#programs = programs;
    const half = (): Half => ({ args: new ArgsMemory(machine), staging: undefined });
    this.#halves = [half(), half()];
  }

  add(views: readonly TensorView[], weight: PackedWeight): void {
    this.#queue.push({ source: new PackSource(views), weight, nextRow: 0 });
  }

  /** Of a weight that is released before it was packed. */
  remove(weight: PackedWeight): void {
    const index = this.#queue.findIndex((upload) => upload.weight === weight);
    if (index >= 0) this.#queue.splice(index, 1);
  }

  /** An abort stops between runs; the next drain goes on from there. */
  async drain(onProgress?: (doneBytes: number) => void, signal?: AbortSignal): Promise<void> {
    let packing = Promise.resolve();
    let [startedBytes, turn] = [0, 0];
    try {
      while (this.#queue.length > 0) {
        signal?.throwIfAborted();
        const { pack } = this.#queue[0].weight.packed.layout;
        if (!this.#programs.isReady(pack)) {
          await packing; // code is made between runs only
          await this.#programs.code(pack);
        }
        const chunks = this.#fill(this.#halves[turn]);
        await packing;
        onProgress?.(startedBytes);
        packing = this.#machine.run(chunks.map(({ launch }) => launch)).then(() => {
          for (const { packed } of chunks) packed();
        });
        packing.catch(() => {}); // seen by whoever awaits it next
        startedBytes += chunks.reduce((sum, { bytes }) => sum + bytes, 0);
        turn ^= 1;
      }
      await packing;
      onProgress?.(startedBytes);
    } finally {
      await packing.catch(() => {});
      for (const half of this.#halves) {
        half.staging?.free();
        half.staging = undefined;
      }
    }
  }

  /** Of the file. */
  #leftBytes(): number {
    return this.#queue.reduce((sum, { source, weight, nextRow }) => {
      return sum + (weight.dims[0] - nextRow) * source.fileRowBytes;
    }, 0);
  }

  /**
   * The next run: one chunk that was copied, or those that are read where they lie, up to half of
   * what is left. So JavaScript has time for something else, and file pages, which go when a run has
   * ended, never add to what the packed weights will hold.
   */
  #fill(half: Half): Chunk[] {
    half.args.reset();
    const chunks: Chunk[] = [];
    let most = Math.max(leastRunBytes, this.#leftBytes() / 2);
    do {
      const chunk = this.#chunk(half, most);
      chunks.push(chunk);
      most -= chunk.isInPlace ? chunk.bytes : most;
    } while (most > 0 && this.#queue.length > 0 && this.#goesAlong(this.#queue[0]));
    return chunks;
  }

  /** Without a copy and with code that is there. */
  #goesAlong({ source, weight, nextRow }: Upload): boolean {
    const isReady = this.#programs.isReady(weight.packed.layout.pack);
    return (
      isReady && this.#machine.readsProcess && source.inPlace(nextRow, stripRows) !== undefined
    );
  }

  /** Takes an upload's next rows, of some `mostBytes`; after its last ones it is off the queue. */
  #chunk(half: Half, mostBytes: number): Chunk {
    const [upload] = this.#queue;
    const { source, weight, nextRow } = upload;
    const { layout, memory } = weight.packed;
    const [numRows, columns] = weight.dims;
    const { rows, from } = this.#take(half, upload, mostBytes);
    const stripBytes = layout.stripBytes(columns);
    const start = (nextRow / stripRows) * stripBytes;
    const items = Math.ceil(rows / stripRows);
    const to = { ...memory, offsetBytes: start, sizeBytes: items * stripBytes };
    const counts = [source.rowBytes, rows, columns].map((int) => ({ int }));
    const args: LaunchArg[] = [from, ...counts, { memory: to, access: 'out' }];
    const argsAddress = half.args.write(args);
    upload.nextRow += rows;
    if (upload.nextRow === numRows) this.#queue.shift();
    const { key: name } = layout.pack;
    const code = this.#programs.code(layout.pack) as number; // made before, see drain
    return {
      launch: { name, code, argsAddress, items, grain: 1, waits: false, banks: banksOf(args) },
      bytes: rows * source.fileRowBytes,
      isInPlace: 'int' in from,
      packed: () => source.packed(nextRow, rows),
    };
  }

  /** The next rows: where they lie, or where they were copied to. */
  #take(
    half: Half,
    { source, weight, nextRow }: Upload,
    mostBytes: number,
  ): { rows: number; from: LaunchArg } {
    const left = weight.dims[0] - nextRow;
    const rowsIn = (bytes: number) =>
      Math.min(left, stripRows * Math.max(1, Math.floor(bytes / source.rowBytes / stripRows)));
    if (this.#machine.readsProcess) {
      const found = source.inPlace(nextRow, rowsIn(Math.min(inPlaceBytes, mostBytes)));
      if (found) return { rows: found.rows, from: { int: found.address } };
    }
    const rows = rowsIn(copiedBytes);
    const staging = this.#stagingOf(half, rows * source.rowBytes + slackBytes);
    source.copyRows(nextRow, rows, staging);
    const memory = staging.part(0, rows * source.rowBytes);
    return { rows, from: { memory, access: 'in' } };
  }

  #stagingOf(half: Half, sizeBytes: number): Allocation {
    if (!half.staging || half.staging.sizeBytes < sizeBytes) {
      half.staging?.free();
      half.staging = new Allocation(this.#machine, sizeBytes, 'upload staging');
    }
    return half.staging;
  }
}
