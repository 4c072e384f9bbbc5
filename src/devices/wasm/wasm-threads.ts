/**
 * The threads of a WasmMachine, seen from the main thread: started, sent modules, given lists of
 * launches, ended. They keep the process alive only while something is awaited.
 */
import { Worker } from 'node:worker_threads';
import type { WasmMemory } from '../../compiler/targets/wasm/web-assembly.ts';
import type { ReadyLaunch } from '../compiled/machine.ts';
import {
  control,
  launchesStart,
  launchRecord,
  launchWords,
  maxLaunches,
  type WorkerInput,
  type WorkerOrder,
  type WorkerReport,
} from './control-block.ts';

/** From source the worker is TypeScript, in the package JavaScript; tsc rewrites only imports. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const workerFile = new URL(`./wasm-worker.${extension}`, import.meta.url);

/** Something that all threads, or the last of them, will report. */
class Awaited {
  readonly #settled = Promise.withResolvers<void>();
  #numLeft: number;

  constructor(numReports: number) {
    this.#numLeft = numReports;
    this.#settled.promise.catch(() => {}); // who awaits it hears of it
  }

  get promise(): Promise<void> {
    return this.#settled.promise;
  }
  arrive(): void {
    if (--this.#numLeft === 0) this.#settled.resolve();
  }
  fail(reason: unknown): void {
    this.#settled.reject(reason);
  }
}

export class WasmThreads {
  readonly #workers: readonly Worker[];
  readonly #words: Int32Array;
  readonly #ready: Awaited;
  readonly #loading = new Map<number, Awaited>();
  #run: Awaited | undefined;
  #lastRun: Promise<void> = Promise.resolve();
  #failures: string[] = [];
  #isDone = false;
  #numHolds = 0;
  /** Why nothing runs any more. */
  #ended: Error | undefined;
  #closing: Promise<void> | undefined;

  static async start(memory: WasmMemory, count: number): Promise<WasmThreads> {
    const threads = new WasmThreads(memory, count);
    try {
      await threads.#holding(threads.#ready.promise);
    } catch (cause) {
      await threads.close();
      throw cause;
    }
    return threads;
  }

  private constructor(memory: WasmMemory, count: number) {
    if (!(count >= 1)) throw new Error(`${count} threads cannot run anything`);
    this.#words = new Int32Array(memory.buffer);
    this.#ready = new Awaited(count);
    this.#workers = Array.from({ length: count }, (_, thread) => {
      const workerData: WorkerInput = { memory, thread, threads: count };
      const worker = new Worker(workerFile, { workerData, name: `wasm ${thread}`, execArgv: [] });
      worker.on('message', (report: WorkerReport) => this.#receive(report));
      worker.on('error', (cause) => this.#end(cause as Error));
      worker.on('exit', () => this.#end(new Error('a thread of the wasm device has ended')));
      worker.unref(); // now: who listens to a worker holds it
      return worker;
    });
  }

  get count(): number {
    return this.#workers.length;
  }

  setScratch(address: number, strideBytes: number): void {
    this.#words[control.scratch] = address;
    this.#words[control.scratchStride] = strideBytes;
  }

  /** Once every thread has the module's function; also while something runs. */
  async load(order: WorkerOrder): Promise<void> {
    if (this.#ended) throw this.#ended;
    const loaded = new Awaited(this.count);
    this.#loading.set(order.code, loaded);
    for (const worker of this.#workers) worker.postMessage(order);
    this.#wake();
    await this.#holding(loaded.promise);
    this.#loading.delete(order.code);
  }

  /** Once the run before it is over, and `functions` of the launches, loaded with `load`, are there. */
  run(
    launches: readonly ReadyLaunch[],
    functions: readonly number[],
    ready: Promise<unknown> | undefined,
    signal?: AbortSignal,
  ): Promise<void> {
    ready?.catch(() => {}); // seen when it is its turn
    const run = this.#lastRun.then(async () => {
      await ready;
      await this.#runAll(launches, functions, signal);
    });
    this.#lastRun = run.catch(() => {});
    return run;
  }

  get isRunning(): boolean {
    return this.#run !== undefined;
  }

  async #runAll(
    launches: readonly ReadyLaunch[],
    functions: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    this.#check(signal);
    for (let start = 0; start < launches.length; start += maxLaunches) {
      const end = start + maxLaunches;
      await this.#runPart(launches.slice(start, end), functions.slice(start, end), signal);
    }
  }

  close(): Promise<void> {
    this.#end(new Error('the wasm device was closed'));
    this.#closing ??= Promise.all(this.#workers.map((worker) => worker.terminate())).then(() => {});
    return this.#closing;
  }

  async #runPart(
    launches: readonly ReadyLaunch[],
    functions: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    this.#check(signal);
    const words = this.#words;
    launches.forEach((launch, i) => {
      const at = launchesStart + i * launchWords;
      words[at + launchRecord.code] = functions[i];
      words[at + launchRecord.argsAddress] = launch.argsAddress;
      words[at + launchRecord.items] = launch.items;
      words[at + launchRecord.grain] = launch.grain;
      words[at + launchRecord.waits] = launch.waits && i > 0 ? 1 : 0;
      words[at + launchRecord.nextItem] = 0;
    });
    words[control.numLaunches] = launches.length;
    for (const word of ['stop', 'isStopped', 'finished', 'failed'] as const) {
      words[control[word]] = 0;
    }
    this.#failures = [];
    this.#isDone = false;
    this.#run = new Awaited(1);
    const stop = () => Atomics.store(words, control.stop, 1);
    signal?.addEventListener('abort', stop);
    try {
      Atomics.add(words, control.runNumber, 1);
      this.#wake();
      await this.#holding(this.#run.promise);
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#run = undefined;
    }
    signal?.throwIfAborted();
  }

  #check(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    if (this.#ended) throw this.#ended;
  }

  #wake(): void {
    Atomics.add(this.#words, control.generation, 1);
    Atomics.notify(this.#words, control.generation);
  }

  #receive(report: WorkerReport): void {
    if (report.kind === 'ready') this.#ready.arrive();
    else if (report.kind === 'loaded') this.#loading.get(report.code)?.arrive();
    else {
      if (report.kind === 'failed') this.#failures.push(report.reason);
      else this.#isDone = true;
      this.#settleRun();
    }
  }

  /** Threads' reports come in any order: all failures are heard before the run is over. */
  #settleRun(): void {
    if (!this.#isDone || this.#failures.length < this.#words[control.failed]) return;
    if (this.#failures.length === 0) this.#run?.arrive();
    else this.#run?.fail(new Error(`a kernel failed: ${this.#failures[0]}`));
  }

  #end(cause: Error): void {
    this.#ended ??= cause;
    for (const awaited of [this.#ready, ...this.#loading.values(), this.#run]) {
      awaited?.fail(this.#ended);
    }
  }

  /** One thread that counts is enough to keep the process alive. */
  async #holding<T>(promise: Promise<T>): Promise<T> {
    if (this.#numHolds++ === 0) this.#workers[0].ref();
    try {
      return await promise;
    } finally {
      if (--this.#numHolds === 0) this.#workers[0].unref();
    }
  }
}
