/**
 * This machine's own processor: compiled programs run as machine code on threads that share the
 * process's memory. Where code cannot run (another processor, pages refused by a hardened system,
 * a Koffi that does not load) `open` answers with the reason; there are other devices.
 */
import os from 'node:os';
import type * as Koffi from 'koffi';
import type { Traits } from '../../compiler/ir/types.ts';
import type { Program } from '../../compiler/lowering.ts';
import type { Machine, MachineMemory, ReadyLaunch } from '../compiled/machine.ts';
import { type CodePages, mapCode } from './code-pages.ts';
import { DriverThreads } from './driver-threads.ts';
import { NativeMemory } from './native-memory.ts';
import { loadKoffi, type PageSystem, pageSystem } from './page-system.ts';
import { physicalCores } from './physical-cores.ts';
import { x64Target } from './x64-target.ts';

/** Machine code for programs: the compiler's, or a test's. */
export interface NativeTarget {
  readonly traits: Traits;
  compile(program: Program): { readonly code: Uint8Array; readonly scratchBytes: number };
}

export interface NativeOptions {
  /** As many as there are cores unless given. */
  readonly threads?: number;
  readonly target?: NativeTarget;
  /** Where code and memory come from. */
  readonly pages?: (koffi: typeof Koffi) => PageSystem;
}

interface Compiled {
  readonly address: number;
  readonly pages: CodePages;
}

export class NativeMachine implements Machine {
  readonly kind = 'native';
  readonly traits: Traits;
  readonly threads: number;
  readonly readsProcess = true;
  readonly freeBytes = Number.POSITIVE_INFINITY;
  readonly #target: NativeTarget;
  readonly #system: PageSystem;
  readonly #memory: NativeMemory;
  readonly #driver: DriverThreads;
  readonly #compiled = new Map<string, Compiled>();
  /** Ends when the last run asked for has ended. */
  #lastRun: Promise<unknown> = Promise.resolve();
  #isRunning = false;
  /** Most that a routine reserves, and that a launch asks for besides. */
  #routineScratchBytes = 0;
  #moreScratchBytes = 0;
  #closing: Promise<void> | undefined;

  static open(options: NativeOptions = {}): NativeMachine | { readonly refused: string } {
    if (process.arch !== 'x64') return { refused: `the processor is ${process.arch}, not x64` };
    let koffi: typeof Koffi;
    try {
      koffi = loadKoffi();
    } catch (cause) {
      return { refused: `koffi does not load here: ${(cause as Error).message}` };
    }
    const target = options.target ?? x64Target();
    if ('refused' in target) return target;
    const system = (options.pages ?? pageSystem)(koffi);
    const memory = new NativeMemory(koffi, system);
    try {
      const threads = options.threads ?? defaultThreads();
      const driver = new DriverThreads({ koffi, system, memory, numThreads: threads });
      return new NativeMachine(target, system, memory, driver);
    } catch (cause) {
      memory.freeAll();
      return { refused: (cause as Error).message };
    }
  }

  private constructor(
    target: NativeTarget,
    system: PageSystem,
    memory: NativeMemory,
    driver: DriverThreads,
  ) {
    this.traits = target.traits;
    this.threads = driver.numThreads;
    this.#target = target;
    this.#system = system;
    this.#memory = memory;
    this.#driver = driver;
  }

  /** Of pages mapped for data. */
  get allocatedBytes(): number {
    return this.#memory.allocatedBytes;
  }

  allocate(sizeBytes: number): MachineMemory {
    if (this.#closing) throw new Error('the machine is closed');
    return this.#memory.allocate(sizeBytes);
  }

  free(memory: MachineMemory): void {
    this.#memory.free(memory);
  }

  compile(program: Program): number {
    if (this.#closing) throw new Error('the machine is closed');
    const known = this.#compiled.get(program.key);
    if (known) return known.address;
    if (this.#isRunning) throw new Error(`${program.key} is compiled while a run is under way`);
    const { code, scratchBytes } = this.#target.compile(program);
    const { pages, refused } = mapCode(code, this.#system);
    if (!pages) throw new Error(`${program.key}: ${refused}`);
    this.#routineScratchBytes = Math.max(this.#routineScratchBytes, scratchBytes);
    this.#driver.reserveScratch(this.#routineScratchBytes + this.#moreScratchBytes);
    const address = Number(pages.address);
    this.#compiled.set(program.key, { address, pages });
    return address;
  }

  reserveScratch(sizeBytes: number): void {
    if (this.#isRunning) throw new Error('scratch is reserved while a run is under way');
    this.#moreScratchBytes = Math.max(this.#moreScratchBytes, sizeBytes);
    this.#driver.reserveScratch(this.#routineScratchBytes + this.#moreScratchBytes);
  }

  run(launches: readonly ReadyLaunch[], signal?: AbortSignal): Promise<void> {
    const run = this.#lastRun.then(() => this.#runNow(launches, signal));
    this.#lastRun = run.catch(() => {});
    return run;
  }

  async #runNow(launches: readonly ReadyLaunch[], signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#closing) throw new Error('the machine is closed');
    if (launches.length === 0) return;
    const abort = () => this.#driver.abort();
    signal?.addEventListener('abort', abort);
    this.#isRunning = true;
    try {
      await this.#driver.run(launches);
    } finally {
      this.#isRunning = false;
      signal?.removeEventListener('abort', abort);
    }
    signal?.throwIfAborted();
    if (this.#closing) throw new Error('the machine was closed during a run');
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#isRunning) this.#driver.abort();
    await this.#lastRun;
    await this.#driver.stop();
    for (const { pages } of this.#compiled.values()) pages.free();
    this.#compiled.clear();
    this.#memory.freeAll();
  }
}

function defaultThreads(): number {
  const processors = os.availableParallelism();
  return Math.min(processors, physicalCores() ?? processors);
}
