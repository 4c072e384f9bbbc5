/**
 * Layers write a step down as a list of commands through a Recorder. Temporaries come from a
 * Workspace that outlives steps: what a scope took is free again when the scope ends, since
 * commands run in the order in which they were recorded.
 */
import type { Kernel, Params } from '../compiler/kernel.ts';
import type { Command, Device, DeviceTensor, KernelArgs } from '../devices/device.ts';

/**
 * Inputs are written while recording, temporaries while running: a storage that served as one
 * must not serve as the other within a step, so inputs have a pool of their own.
 */
type Pool = 'i32' | 'cache' | 'input' | 'inputF32';
interface Storage {
  /** In the order in which they were made. */
  readonly index: number;
  readonly pool: Pool;
  readonly tensor: DeviceTensor;
  readonly elements: number;
}

const dtypeOf = { i32: 'i32', input: 'i32', inputF32: 'f32' } as const;
/** Slots come in sixteens, so the elements of a cache are a multiple of this. */
const cacheUnit = 16;

/**
 * Device memory for temporaries, grown on demand, reused from step to step: a stack of f32, as
 * scopes end in the reverse order of their beginnings, and pools of what is rarer.
 */
export class Workspace {
  readonly device: Device;
  readonly stack: F32Stack;
  readonly #free: Record<Pool, Storage[]> = { i32: [], cache: [], input: [], inputF32: [] };
  #numMade = 0;

  constructor(device: Device) {
    this.device = device;
    this.stack = new F32Stack(device);
  }

  /**
   * The smallest free storage that is large enough but not wastefully so, the oldest of these, else
   * a new one: a step like the last one takes the same ones, in whatever order they came back, so
   * that the device knows its commands again.
   */
  take(pool: Pool, elements: number): Storage {
    const free = this.#free[pool];
    let best = -1;
    for (let i = 0; i < free.length; i++) {
      const size = free[i].elements;
      const isFit = size >= elements && size <= 4 * elements;
      if (isFit && (best < 0 || isBefore(free[i], free[best]))) best = i;
    }
    if (best >= 0) return free.splice(best, 1)[0];
    const tensor =
      pool === 'cache'
        ? this.device.allocateCache(elements / cacheUnit, cacheUnit, 'workspace', 'step')
        : this.device.allocate(dtypeOf[pool], [elements], 'workspace');
    return { index: this.#numMade++, pool, tensor, elements };
  }

  giveBack(storage: Storage): void {
    this.#free[storage.pool].push(storage);
  }

  close(): void {
    this.stack.close();
    for (const free of Object.values(this.#free)) {
      for (const { tensor } of free) this.device.release(tensor);
      free.length = 0;
    }
  }
}

interface Mark {
  readonly chunk: number;
  readonly offset: number;
}

/** 32 MiB: pages of it that no step reaches take no memory. */
const chunkElements = 2 ** 23;
/** A cache line. */
const unitElements = 16;

/** What was taken since a mark is free again when the stack goes back to it. */
class F32Stack {
  readonly #device: Device;
  readonly #chunks: DeviceTensor[] = [];
  #chunk = 0;
  #offset = 0;

  constructor(device: Device) {
    this.#device = device;
  }

  /** Elements in a row. */
  take(elements: number): DeviceTensor {
    const size = Math.ceil(elements / unitElements) * unitElements;
    while (this.#offset + size > (this.#chunks[this.#chunk]?.dims[0] ?? 0)) {
      if (this.#chunk < this.#chunks.length) this.#chunk++;
      else this.#chunks.push(this.#allocate(Math.max(chunkElements, size)));
      this.#offset = 0;
    }
    const tensor = this.#device.rows(this.#chunks[this.#chunk], this.#offset, elements);
    this.#offset += size;
    return tensor;
  }

  mark(): Mark {
    return { chunk: this.#chunk, offset: this.#offset };
  }

  goBack({ chunk, offset }: Mark): void {
    this.#chunk = chunk;
    this.#offset = offset;
  }

  close(): void {
    for (const chunk of this.#chunks.splice(0)) this.#device.release(chunk);
    this.goBack({ chunk: 0, offset: 0 });
  }

  #allocate(elements: number): DeviceTensor {
    return this.#device.allocate('f32', [elements], 'workspace');
  }
}

function isBefore(a: Storage, b: Storage): boolean {
  return a.elements === b.elements ? a.index < b.index : a.elements < b.elements;
}

/** One at a time on a workspace: the next one begins when this one's temporaries are given back. */
export class Recorder {
  readonly device: Device;
  readonly commands: Command[] = [];
  readonly #workspace: Workspace;
  readonly #start: Mark;
  #taken: Storage[] = [];
  readonly #inputs: Storage[] = [];

  constructor(workspace: Workspace) {
    this.device = workspace.device;
    this.#workspace = workspace;
    this.#start = workspace.stack.mark();
  }

  /** A f32 temporary with undefined contents, alive until the surrounding scope ends. */
  temp(...dims: number[]): DeviceTensor {
    return this.device.view(this.#workspace.stack.take(product(dims)), dims);
  }

  tempI32(...dims: number[]): DeviceTensor {
    return this.#take('i32', dims);
  }

  /** A cache for this step alone; at least `slots` of them. */
  tempCache(slots: number, width: number): DeviceTensor {
    return this.#take('cache', [Math.ceil(slots / cacheUnit) * cacheUnit, width]);
  }

  /** A tensor with these contents for the whole step, whatever scope asks for it. */
  input(data: Int32Array, ...dims: number[]): DeviceTensor {
    return this.#input('input', data, dims);
  }

  inputF32(data: Float32Array, ...dims: number[]): DeviceTensor {
    return this.#input('inputF32', data, dims);
  }

  #input(pool: Pool, data: Int32Array | Float32Array, dims: number[]): DeviceTensor {
    const storage = this.#workspace.take(pool, data.length);
    this.#inputs.push(storage);
    const tensor = this.device.view(storage.tensor, dims);
    this.device.write(tensor, data);
    return tensor;
  }

  #take(pool: Pool, dims: number[]): DeviceTensor {
    const storage = this.#workspace.take(pool, product(dims));
    this.#taken.push(storage);
    return this.device.view(storage.tensor, dims);
  }

  scope<T>(body: () => T): T {
    const outer = this.#taken;
    const mark = this.#workspace.stack.mark();
    this.#taken = [];
    try {
      return body();
    } finally {
      this.#giveBack(this.#taken);
      this.#taken = outer;
      this.#workspace.stack.goBack(mark);
    }
  }

  launch<P extends Params>(kernel: Kernel<P>, args: KernelArgs<P>): void {
    this.commands.push(this.device.command(kernel, args));
  }

  /** Once the commands have run: they may run again, as long as nobody records meanwhile. */
  giveBackTemporaries(): void {
    this.#giveBack(this.#taken);
    this.#workspace.stack.goBack(this.#start);
  }

  /** Gives everything back, once the commands have run for the last time. */
  end(): void {
    this.giveBackTemporaries();
    this.#giveBack(this.#inputs);
  }

  #giveBack(storages: Storage[]): void {
    for (const storage of storages) this.#workspace.giveBack(storage);
    storages.length = 0;
  }
}

function product(dims: readonly number[]): number {
  return dims.reduce((a, b) => a * b, 1);
}
