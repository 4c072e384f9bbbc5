/**
 * What the kernel benchmarks share: a compiled device with its limits, memory for a row's operands,
 * and time. Machines are shared, so a row runs often and briefly: the least time is what the code
 * can do, the median what it did here. Wall time of a whole run, so launching is part of it.
 */
import type { DType } from '../../src/base/dtypes.ts';
import { rowBytes } from '../../src/base/dtypes.ts';
import { mulberry32 } from '../../src/base/mulberry32.ts';
import { CompiledDevice } from '../../src/devices/compiled/compiled-device.ts';
import type { Machine } from '../../src/devices/compiled/machine.ts';
import type { Command, DeviceTensor, DeviceWeight } from '../../src/devices/device.ts';
import { type Limits, measureLimits } from '../../src/devices/native/limits.ts';
import { NativeMachine } from '../../src/devices/native/native-machine.ts';
import { WasmMachine } from '../../src/devices/wasm/wasm-machine.ts';
import { kernelLibrary } from '../../src/kernels/kernel-library.ts';
import { randomWeight } from '../../src/nn/kernel-case.ts';

export type Kind = Machine['kind'];

/** What one run of a row does, and which of the machine's limits that is held to. */
export interface Work {
  /** Multiply-adds. */
  readonly macs?: number;
  readonly limit?: 'int8GmacS' | 'f32GmacS';
  /** Memory read and written. */
  readonly bytes?: number;
}

export interface Row {
  readonly name: string;
  readonly isQuick?: boolean;
  make(operands: Operands): Runs;
}

export interface Runs {
  readonly work: Work;
  /** What comes before a run and is not timed. */
  prepare?(): void;
  readonly commands?: readonly Command[];
  /** Instead of commands. */
  run?(): Promise<void>;
}

export interface Timing {
  readonly leastMs: number;
  readonly medianMs: number;
}

export class Bench {
  readonly kind: Kind;
  readonly threads: number;
  readonly device: CompiledDevice;
  readonly limits: Limits;

  private constructor(machine: Machine, limits: Limits) {
    this.kind = machine.kind;
    this.threads = machine.threads;
    this.device = new CompiledDevice(machine, kernelLibrary);
    this.limits = limits;
  }

  /** Or why there is none here. */
  static async open(kind: Kind, threads?: number): Promise<Bench | { readonly refused: string }> {
    const options = threads === undefined ? {} : { threads };
    const machine =
      kind === 'native' ? NativeMachine.open(options) : await WasmMachine.open(options);
    if ('refused' in machine) return machine;
    const limits: Record<keyof Limits, number> = { ...(await measureLimits(machine)) };
    for (let i = 1; i < limitRounds; i++) {
      const again = await measureLimits(machine);
      for (const name of ['readGBs', 'int8GmacS', 'f32GmacS'] as const) {
        limits[name] = Math.max(limits[name], again[name]);
      }
    }
    return new Bench(machine, limits);
  }

  async measure(row: Row, goalMs: number): Promise<Timing & Work> {
    const operands = new Operands(this.device);
    try {
      const { work, prepare = () => {}, commands = [], run } = row.make(operands);
      const runOnce = run ?? (() => this.device.run(commands));
      prepare();
      await runOnce(); // packs weights, compiles
      return { ...work, ...(await time(prepare, runOnce, goalMs)) };
    } finally {
      operands.release();
    }
  }

  close(): Promise<void> {
    return this.device.close();
  }
}

/** Whoever else is running lowers the limits too. */
const limitRounds = 3;
const leastRuns = 5;
const mostRuns = 500;

async function time(
  prepare: () => void,
  run: () => Promise<void>,
  goalMs: number,
): Promise<Timing> {
  const times: number[] = [];
  const started = performance.now();
  const isEnough = () => times.length >= leastRuns && performance.now() - started > goalMs;
  while (times.length < mostRuns && !isEnough()) {
    prepare();
    const before = performance.now();
    await run();
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  return { leastMs: times[0]!, medianMs: times[times.length >> 1]! };
}

/** Weights that are to come from memory are so many that no cache keeps them. */
const uncachedBytes = 2 ** 28;

/** Random operands of one row, released together. */
export class Operands {
  readonly device: CompiledDevice;
  readonly #random = mulberry32(1);
  readonly #taken: (DeviceTensor | DeviceWeight)[] = [];

  constructor(device: CompiledDevice) {
    this.device = device;
  }

  weight(dtype: DType, rows: number, columns: number): DeviceWeight {
    return this.stacked(dtype, rows, columns, 1);
  }

  /** The same random matrix so many times below itself. */
  stacked(dtype: DType, rows: number, columns: number, count: number): DeviceWeight {
    const view = randomWeight(dtype, rows, columns);
    return this.#take(this.device.upload(new Array(count).fill(view), 'matrix'));
  }

  /** Matrices to be read one after the other, all from memory. */
  uncached(dtype: DType, rows: number, columns: number): DeviceWeight[] {
    const count = Math.ceil(uncachedBytes / (rows * rowBytes(dtype, columns)));
    const view = randomWeight(dtype, rows, columns);
    return Array.from({ length: count }, () => this.#take(this.device.upload([view], 'matrix')));
  }

  random(...dims: number[]): DeviceTensor {
    const tensor = this.empty(...dims);
    const size = dims.reduce((a, b) => a * b, 1);
    this.device.write(
      tensor,
      Float32Array.from({ length: size }, () => this.#random() * 2 - 1),
    );
    return tensor;
  }

  filled(value: number, ...dims: number[]): DeviceTensor {
    const tensor = this.empty(...dims);
    this.device.write(tensor, new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(value));
    return tensor;
  }

  empty(...dims: number[]): DeviceTensor {
    return this.#take(this.device.allocate('f32', dims, 'bench'));
  }

  integers(values: Int32Array, ...dims: number[]): DeviceTensor {
    const tensor = this.#take(this.device.allocate('i32', dims, 'bench'));
    this.device.write(tensor, values);
    return tensor;
  }

  cache(slots: number, width: number): DeviceTensor {
    return this.#take(this.device.allocateCache(slots, width, 'bench'));
  }

  release(): void {
    for (const storage of this.#taken) this.device.release(storage);
  }

  #take<T extends DeviceTensor | DeviceWeight>(storage: T): T {
    this.#taken.push(storage);
    return storage;
  }
}
