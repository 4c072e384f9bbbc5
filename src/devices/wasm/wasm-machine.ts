/**
 * A machine of WebAssembly: kernels compiled by the runtime, threads that share memories. Weights
 * have memories of their own (memory-banks.ts): a program is instantiated for each that it meets, with
 * the same code. Runs wherever Node does. The main thread compiles and hands out; it never
 * computes and never waits. Refused: runtimes without 128-bit SIMD, shared memory or several
 * memories in a module.
 */
import os from 'node:os';
import { buildRoutine } from '../../compiler/ir/builder.ts';
import type { Traits } from '../../compiler/ir/types.ts';
import type { Program } from '../../compiler/lowering.ts';
import { optimise } from '../../compiler/passes/pipeline.ts';
import { compileWasm, wasmTraits, weightsName } from '../../compiler/targets/wasm/compile.ts';
import { probeFeatures, type WasmFeatures } from '../../compiler/targets/wasm/features.ts';
import { webAssembly } from '../../compiler/targets/wasm/web-assembly.ts';
import { WeightMemories } from '../../compiler/targets/wasm/weight-memories.ts';
import type { Machine, MachineMemory, ReadyLaunch } from '../compiled/machine.ts';
import { physicalCores } from '../native/physical-cores.ts';
import { MemoryBanks } from './memory-banks.ts';
import { WasmThreads } from './wasm-threads.ts';

interface Compiled {
  readonly name: string;
  readonly module: object;
  /** Those of weights. */
  readonly weightParams: readonly number[];
  /** Its instances' functions, by the banks of these. */
  readonly functions: Map<string, number>;
}

export class WasmMachine implements Machine {
  readonly kind = 'wasm';
  readonly traits: Traits;
  readonly threads: number;
  readonly readsProcess = false;
  readonly #features: WasmFeatures;
  readonly #memory: MemoryBanks;
  readonly #threads: WasmThreads;
  readonly #codes = new Map<string, number | Promise<number>>();
  /** By code. */
  readonly #compiled: Compiled[] = [];
  #numFunctions = 0;
  #scratch: MachineMemory | undefined;
  /** Most that a routine reserves, and that a launch asks for besides. */
  #routineScratchBytes = 0;
  #moreScratchBytes = 0;

  /** `refused`: why this runtime cannot, in words. */
  static async open({
    threads = defaultThreads(),
    features = probeFeatures(),
  }: {
    threads?: number;
    features?: WasmFeatures;
  } = {}): Promise<WasmMachine | { readonly refused: string }> {
    const { simd, threads: hasSharedMemory, multiMemory } = features;
    if (!simd) return { refused: 'the runtime has no 128-bit SIMD for WebAssembly' };
    if (!hasSharedMemory) return { refused: 'the runtime has no shared memory for WebAssembly' };
    if (!multiMemory) return { refused: 'the runtime has one memory for a WebAssembly module' };
    let memory: MemoryBanks | undefined;
    try {
      memory = new MemoryBanks();
      const workers = await WasmThreads.start(memory.memory(0), threads);
      return new WasmMachine(features, memory, workers);
    } catch (cause) {
      memory?.close();
      return { refused: (cause as Error).message };
    }
  }

  private constructor(features: WasmFeatures, memory: MemoryBanks, threads: WasmThreads) {
    this.#features = features;
    this.#memory = memory;
    this.#threads = threads;
    this.threads = threads.count;
    this.traits = wasmTraits(features);
  }

  get freeBytes(): number {
    return this.#memory.freeBytes;
  }

  allocate(sizeBytes: number, use?: 'weights'): MachineMemory {
    return this.#memory.allocate(sizeBytes, use);
  }

  free(memory: MachineMemory): void {
    this.#memory.free(memory);
  }

  compile(program: Program): number | Promise<number> {
    const known = this.#codes.get(program.key);
    if (known !== undefined) return known;
    if (this.#threads.isRunning) {
      throw new Error(`${program.key} is compiled while a run is under way`);
    }
    const code = this.#compile(program);
    this.#codes.set(program.key, code);
    code.then(
      (number) => this.#codes.set(program.key, number),
      () => this.#codes.delete(program.key),
    );
    return code;
  }

  reserveScratch(sizeBytes: number): void {
    this.#moreScratchBytes = Math.max(this.#moreScratchBytes, sizeBytes);
    this.#placeScratch();
  }

  async run(launches: readonly ReadyLaunch[], signal?: AbortSignal): Promise<void> {
    const loading: Promise<void>[] = [];
    const functions = launches.map((launch) => this.#functionOf(launch, loading));
    const ready = loading.length > 0 ? Promise.all(loading) : undefined;
    await this.#threads.run(launches, functions, ready, signal);
  }

  async close(): Promise<void> {
    await this.#threads.close();
    this.#memory.close();
  }

  async #compile({ key, build }: Program): Promise<number> {
    const routine = optimise(buildRoutine(key, this.traits, build));
    this.#routineScratchBytes = Math.max(this.#routineScratchBytes, routine.scratchBytes);
    this.#placeScratch();
    const module = await webAssembly.compile(compileWasm([routine], this.#features));
    const weightParams = new WeightMemories(routine).params;
    return this.#compiled.push({ name: key, module, weightParams, functions: new Map() }) - 1;
  }

  /** The instance for the launch's weights; one that is new is being loaded. */
  #functionOf({ code, banks = [] }: ReadyLaunch, loading: Promise<void>[]): number {
    const { name, module, weightParams, functions } = this.#compiled[code];
    banks.forEach((bank, param) => {
      if (bank !== 0 && !weightParams.includes(param)) {
        throw new Error(`${name}: parameter ${param} is not of weights`);
      }
    });
    const own = weightParams.map((param) => banks[param] ?? 0);
    const key = String(own);
    let found = functions.get(key);
    if (found === undefined) {
      found = this.#numFunctions++;
      functions.set(key, found);
      const memories = own.map((bank) => this.#memory.memory(bank));
      const weights = Object.fromEntries(
        weightParams.map((param, i) => [weightsName(param), memories[i]]),
      );
      loading.push(this.#threads.load({ code: found, name, module, weights }));
    }
    return found;
  }

  /** Every thread's own, on pages of its own. */
  #placeScratch(): void {
    const sizeBytes = this.#routineScratchBytes + this.#moreScratchBytes;
    const stride = Math.ceil(sizeBytes / 4096) * 4096;
    const total = stride * this.threads;
    if (total <= (this.#scratch?.sizeBytes ?? 0)) return;
    const larger = this.allocate(total);
    if (this.#scratch) this.free(this.#scratch);
    this.#scratch = larger;
    this.#threads.setScratch(larger.address, stride);
  }
}

function defaultThreads(): number {
  const processors = os.availableParallelism();
  return Math.min(processors, physicalCores() ?? processors);
}
