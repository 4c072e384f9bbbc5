/**
 * The threads of a machine and the lists they run: threads 1 to N-1 start in emitted code and
 * sleep there between runs; thread 0 is one of Node's pool, which a run borrows with one
 * asynchronous call, so that JavaScript's event loop is never blocked.
 * One run at a time: that is the caller's part. A system that gives fewer threads than asked for
 * leaves a machine of fewer; one that refuses code is an Error.
 */
import os from 'node:os';
import type * as Koffi from 'koffi';
import type { MachineMemory, ReadyLaunch } from '../compiled/machine.ts';
import { type CodePages, mapCode, type NativeFunction, type Signature } from './code-pages.ts';
import { control, controlBytes, recordBytes, writeInteger, writeRecords } from './control-block.ts';
import { emitDriver, type Patience } from './driver.ts';
import { pauseNanos } from './measure-pause.ts';
import type { NativeMemory } from './native-memory.ts';
import type { PageSystem } from './page-system.ts';
import { called, type ThreadSystem, threadSystem } from './thread-system.ts';

const takesControl: Signature = ['void', ['void *']];
const spinNanos = 5_000;
/**
 * Some 5 ms: what JavaScript does between two steps takes less, and who sleeps is late for the next
 * one, by a millisecond where the host of a virtual machine has taken the processor meanwhile.
 */
const yields = 10_000;

/** Where threads share processors, who spins keeps the one it waits for from running. */
function patienceOf(numThreads: number): Patience {
  const sharesProcessors = numThreads > os.availableParallelism();
  return { pauses: sharesProcessors ? 1 : Math.ceil(spinNanos / pauseNanos()), yields };
}

interface Parts {
  readonly koffi: typeof Koffi;
  readonly system: PageSystem;
  readonly memory: NativeMemory;
  readonly numThreads: number;
}

export class DriverThreads {
  readonly #memory: NativeMemory;
  readonly #system: ThreadSystem;
  readonly #pages: CodePages;
  readonly #runList: NativeFunction;
  readonly #stopThreads: NativeFunction;
  readonly #control: MachineMemory;
  readonly #words: Uint32Array;
  readonly #threads: bigint[] = [];
  #records: MachineMemory | undefined;
  #written: readonly ReadyLaunch[] | undefined;
  #scratch: MachineMemory | undefined;
  #scratchStride = 0;

  constructor({ koffi, system, memory, numThreads }: Parts) {
    this.#memory = memory;
    this.#system = threadSystem(koffi);
    this.#control = memory.allocate(controlBytes(numThreads));
    this.#words = new Uint32Array(this.#control.buffer, this.#control.byteOffset);
    const driver = emitDriver(this.#system, patienceOf(numThreads));
    const { pages, refused } = mapCode(driver.code, system);
    if (!pages) throw new Error(refused);
    this.#pages = pages;
    this.#runList = pages.callable(takesControl, driver.run);
    this.#stopThreads = pages.callable(takesControl, driver.stop);
    this.#start(pages.address + BigInt(driver.worker), numThreads);
    this.#set(control.numThreads, this.numThreads);
  }

  get numThreads(): number {
    return 1 + this.#threads.length;
  }

  /** From the next run on each thread has `sizeBytes` of its own. */
  reserveScratch(sizeBytes: number): void {
    const stride = Math.ceil(sizeBytes / 128) * 128;
    if (stride <= this.#scratchStride) return;
    if (this.#scratch) this.#memory.free(this.#scratch);
    this.#scratch = this.#memory.allocate(stride * this.numThreads);
    this.#scratchStride = stride;
    this.#set(control.scratch, this.#scratch.address);
    this.#set(control.scratchStride, stride);
  }

  /** Resolves when every thread is done with the list; the same array is not written again. */
  async run(launches: readonly ReadyLaunch[]): Promise<void> {
    if (this.#written !== launches) this.#write(launches);
    Atomics.store(this.#words, control.abort / 4, 0);
    await called(this.#runList, this.#control.address);
  }

  /** Threads take no items of further launches; the run under way ends soon. */
  abort(): void {
    Atomics.store(this.#words, control.abort / 4, 1);
  }

  /** After the last run, once. Its memory goes with the machine's. */
  async stop(): Promise<void> {
    this.#stopThreads(this.#control.address);
    for (const thread of this.#threads) await this.#system.join(thread);
    this.#pages.free();
  }

  #start(entry: bigint, numThreads: number): void {
    const base = this.#control.address;
    for (let index = 1; index < numThreads; index++) {
      const disp = control.threads + 16 * index;
      this.#set(disp, base);
      this.#set(disp + 8, index);
      const thread = this.#system.start(entry, BigInt(base + disp));
      if (typeof thread === 'string') return;
      this.#threads.push(thread);
    }
  }

  #write(launches: readonly ReadyLaunch[]): void {
    this.#written = undefined;
    const sizeBytes = recordBytes * launches.length;
    if (!this.#records || this.#records.sizeBytes < sizeBytes) {
      if (this.#records) this.#memory.free(this.#records);
      this.#records = this.#memory.allocate(2 * sizeBytes);
    }
    const { address, buffer, byteOffset } = this.#records;
    writeRecords(new Uint32Array(buffer, byteOffset), launches);
    this.#set(control.launches, address);
    this.#set(control.launchesEnd, address + sizeBytes);
    this.#written = launches;
  }

  #set(disp: number, value: number): void {
    writeInteger(this.#words, disp / 4, value);
  }
}
