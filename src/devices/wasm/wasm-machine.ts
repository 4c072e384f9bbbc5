/**
 * A machine of WebAssembly: kernels compiled by the runtime, threads that share one memory of at
 * most 4 GiB. Runs wherever Node does. The main thread compiles and hands out; it never computes
 * and never waits. Refused: runtimes without 128-bit SIMD or shared memory.
 */
import os from 'node:os';
import { buildRoutine } from '../../compiler/ir/builder.ts';
import type { Traits } from '../../compiler/ir/types.ts';
import type { Program } from '../../compiler/lowering.ts';
import { optimise } from '../../compiler/passes/pipeline.ts';
import { compileWasm, wasmTraits } from '../../compiler/targets/wasm/compile.ts';
import { probeFeatures, type WasmFeatures } from '../../compiler/targets/wasm/features.ts';
import { webAssembly } from '../../compiler/targets/wasm/web-assembly.ts';
import type { Machine, MachineMemory, ReadyLaunch } from '../compiled/machine.ts';
import { physicalCores } from '../native/physical-cores.ts';
import { SharedMemory } from './shared-memory.ts';
import { WasmThreads } from './wasm-threads.ts';

export class WasmMachine implements Machine {
  readonly kind = 'wasm';
  readonly traits: Traits;
  readonly threads: number;
  readonly readsProcess = false;
  readonly #features: WasmFeatures;
  readonly #memory: SharedMemory;
  readonly #threads: WasmThreads;
  readonly #codes = new Map<string, number | Promise<number>>();
  #numCodes = 0;
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
    const { simd, threads: hasSharedMemory } = features;
    if (!simd) return { refused: 'the runtime has no 128-bit SIMD for WebAssembly' };
    if (!hasSharedMemory) return { refused: 'the runtime has no shared memory for WebAssembly' };
    let memory: SharedMemory | undefined;
    try {
      memory = new SharedMemory();
      const workers = await WasmThreads.start(memory.memory, threads);
      return new WasmMachine(features, memory, workers);
    } catch (cause) {
      memory?.close();
      return { refused: (cause as Error).message };
    }
  }

  private constructor(features: WasmFeatures, memory: SharedMemory, threads: WasmThreads) {
    this.#features = features;
    this.#memory = memory;
    this.#threads = threads;
    this.threads = threads.count;
    this.traits = wasmTraits(features);
  }

  allocate(sizeBytes: number): MachineMemory {
    return this.#memory.allocate(sizeBytes);
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

  run(launches: readonly ReadyLaunch[], signal?: AbortSignal): Promise<void> {
    return this.#threads.run(launches, signal);
  }

  async close(): Promise<void> {
    await this.#threads.close();
    this.#memory.close();
  }

  async #compile({ key, build }: Program): Promise<number> {
    const code = this.#numCodes++;
    const routine = optimise(buildRoutine(key, this.traits, build));
    this.#routineScratchBytes = Math.max(this.#routineScratchBytes, routine.scratchBytes);
    this.#placeScratch();
    const module = await webAssembly.compile(compileWasm([routine], this.#features));
    await this.#threads.load({ code, name: key, module });
    return code;
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
