/**
 * The reference device, rounding where compiled devices round on purpose: what goes into a KV
 * cache to f16 or to 8 bits, 32 values by their largest; what is multiplied by quantised weights to
 * 8 bits, 256 elements by their largest, or both to bf16 where a matrix unit multiplies them.
 * Nothing else: compiled devices differ from it by the order of their sums only, so that a mistake
 * cannot hide behind rounding.
 */
import { decodeRow } from '../../src/base/blocks/decode-row.ts';
import { rowBytes } from '../../src/base/dtypes.ts';
import { f16ToF32, f32ToF16 } from '../../src/base/half.ts';
import type { TensorView } from '../../src/base/tensor-view.ts';
import { defineKernel, f32, type Kernel, type Params, scalar } from '../../src/compiler/kernel.ts';
import type { CacheFormat } from '../../src/compiler/lowering.ts';
import type {
  Command,
  Device,
  DeviceTensor,
  DeviceWeight,
  KernelArgs,
  WeightUse,
} from '../../src/devices/device.ts';
import { ReferenceDevice } from '../../src/devices/reference/reference-device.ts';
import { blockValues } from '../../src/kernels/emit/cache.ts';
import { groupElements } from '../../src/kernels/products/activations.ts';
import { leastForTiles } from '../../src/kernels/products/tile-product.ts';
import { codecOf } from '../../src/kernels/weights/codecs.ts';

const roundToF16 = defineKernel({
  name: 'round_to_f16',
  params: { x: f32.in('rows', 'width'), y: f32.out('rows', 'width') },
  parallelOver: 'rows',
  reference({ x, y }, row) {
    y.row(row).set(x.row(row).map((value) => f16ToF32(f32ToF16(value))));
  },
  shapes: [],
});

/** Elements [offset, offset + count) of each head; the others are not read. */
const roundToBytes = defineKernel({
  name: 'round_to_bytes',
  params: {
    x: f32.in('rows', 'heads', 'width'),
    offset: scalar,
    count: scalar,
    /** Elements that share a scale. */
    group: scalar,
    y: f32.out('rows', 'heads', 'width'),
  },
  parallelOver: 'rows',
  reference({ x, offset, count, group, y }, row, { heads, width }) {
    for (let head = 0; head < heads; head++) {
      const start = head * width + offset;
      for (let at = start; at < start + count; at += group) {
        const end = Math.min(start + count, at + group);
        y.row(row).set(roundedGroup(x.row(row).subarray(at, end)), at);
      }
    }
  },
  shapes: [],
});

const roundToBf16 = defineKernel({
  name: 'round_to_bf16',
  params: { x: f32.in('rows', 'heads', 'width'), y: f32.out('rows', 'heads', 'width') },
  parallelOver: 'rows',
  reference({ x, y }, row) {
    y.row(row).set(roundedToBf16(x.row(row)));
  },
  shapes: [],
});

/** As kernels/products/bf16-weights.ts does it: ties away from zero. */
function roundedToBf16(values: Float32Array): Float32Array {
  const rounded = values.slice();
  const bits = new Int32Array(rounded.buffer);
  for (let i = 0; i < bits.length; i++) bits[i] = (bits[i]! + 0x8000) & 0xffff0000;
  return rounded;
}

const f = Math.fround;

/** As kernels/products/activations.ts and kernels/emit/cache.ts do it, f32 operation by f32 operation. */
function roundedGroup(group: Float32Array): Float32Array {
  const largest = group.reduce((max, value) => Math.max(max, Math.abs(value)), f(1e-30));
  const scale = f(largest * f(1 / 127));
  const inverse = f(1 / scale);
  return group.map((value) => roundToEven(f(value * inverse)) * scale);
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest === 0.5) return below + (below & 1);
  return rest < 0.5 ? below : below + 1;
}

interface Commands extends Command {
  readonly commands: readonly Command[];
}

export class RoundingDevice implements Device {
  readonly kind = 'rounding';
  readonly threads = 1;
  readonly freeBytes = Number.POSITIVE_INFINITY;
  readonly #device = ReferenceDevice.open();
  readonly #cacheFormat: CacheFormat;
  readonly #hasMatrixUnit: boolean;
  readonly #views = new WeakMap<DeviceWeight, readonly TensorView[]>();
  /** Caches of one step, and views of them: they are f16 whatever the others are. */
  readonly #stepCaches = new WeakSet<DeviceTensor>();

  constructor(cacheFormat: CacheFormat = 'f16', hasMatrixUnit = false) {
    this.#cacheFormat = cacheFormat;
    this.#hasMatrixUnit = hasMatrixUnit;
  }

  command<P extends Params>(kernel: Kernel<P>, args: KernelArgs<P>): Command {
    const bound = { ...args } as unknown as Record<string, DeviceTensor & DeviceWeight & number>;
    const commands: Command[] = [];
    if (/^store_/.test(kernel.name)) {
      const x = bound.rows;
      bound.rows = this.#like(x);
      const isF16 = this.#cacheFormat === 'f16' || this.#stepCaches.has(bound.cache);
      commands.push(isF16 ? this.#toF16(x, bound.rows) : this.#toBytes(x, bound.rows));
    } else if (/linear(_add|_bias)?$/.test(kernel.name) && codecOf(weightOf(bound).dtype)) {
      const x = inHeads(this, bound.x);
      const y = this.#like(x);
      const count = weightOf(bound).dims[1];
      if (this.#hasMatrixUnit && columnsOf(bound) >= leastForTiles) {
        commands.push(this.#device.command(roundToBf16, { x, y }));
        for (const name of ['w', 'gate', 'up']) {
          if (bound[name]) bound[name] = this.#toBf16(bound[name]) as (typeof bound)[string];
        }
      } else {
        commands.push(
          this.#device.command(roundToBytes, {
            ...{ x, y, count, offset: bound.xOffset ?? 0, group: groupElements },
          }),
        );
      }
      bound.x = this.view(y, bound.x.dims) as typeof bound.x;
    }
    commands.push(this.#device.command(kernel, bound as unknown as KernelArgs<P>));
    return { kernel: kernel as unknown as Kernel, commands } as Commands;
  }

  run(commands: readonly Command[], signal?: AbortSignal): Promise<void> {
    const all = (commands as readonly Commands[]).flatMap((command) => command.commands);
    return this.#device.run(all, signal);
  }

  allocate(dtype: 'f32' | 'i32', dims: readonly number[], label: string): DeviceTensor {
    return this.#device.allocate(dtype, dims, label);
  }
  cacheRowBytes(width: number): number {
    return this.#device.cacheRowBytes(width);
  }
  allocateCache(
    slots: number,
    width: number,
    label: string,
    use: 'kept' | 'step' = 'kept',
  ): DeviceTensor {
    const cache = this.#device.allocateCache(slots, width, label);
    if (use === 'step') this.#stepCaches.add(cache);
    return cache;
  }
  get cacheForm(): string {
    return this.#device.cacheForm;
  }
  readCache(cache: DeviceTensor, start: number, count: number, into: Uint8Array): void {
    this.#device.readCache(cache, start, count, into);
  }
  writeCache(cache: DeviceTensor, start: number, count: number, from: Uint8Array): void {
    this.#device.writeCache(cache, start, count, from);
  }
  upload(views: readonly TensorView[], use: WeightUse): DeviceWeight {
    const weight = this.#device.upload(views, use);
    this.#views.set(weight, views);
    return weight;
  }
  ready(): Promise<void> {
    return this.#device.ready();
  }
  view(tensor: DeviceTensor, dims: readonly number[], columnOffset?: number): DeviceTensor {
    const view = this.#device.view(tensor, dims, columnOffset);
    if (this.#stepCaches.has(tensor)) this.#stepCaches.add(view);
    return view;
  }
  rows(tensor: DeviceTensor, start: number, count: number): DeviceTensor {
    return this.#device.rows(tensor, start, count);
  }
  write(tensor: DeviceTensor, data: Float32Array | Int32Array): void {
    this.#device.write(tensor, data);
  }
  read(tensor: DeviceTensor, into: Float32Array): Promise<void> {
    return this.#device.read(tensor, into);
  }
  release(storage: DeviceTensor | DeviceWeight): void {
    this.#device.release(storage);
  }
  close(): Promise<void> {
    return this.#device.close();
  }

  #toF16(x: DeviceTensor, y: DeviceTensor): Command {
    return this.#device.command(roundToF16, { x, y });
  }

  #toBf16(weight: DeviceWeight): DeviceWeight {
    const views = this.#views.get(weight)!.map((view): TensorView => {
      const [rows, width] = view.dims as [number, number];
      const values = new Float32Array(rows * width);
      const row = new Float32Array(width);
      for (let i = 0; i < rows; i++) {
        decodeRow(view.dtype, view.bytes, i * rowBytes(view.dtype, width), row, width);
        values.set(roundedToBf16(row), i * width);
      }
      return { ...view, dtype: 'f32', bytes: new Uint8Array(values.buffer) };
    });
    return this.#device.upload(views, 'matrix');
  }

  #toBytes(x: DeviceTensor, y: DeviceTensor): Command {
    const [rows, width] = x.dims;
    const args = { x: inHeads(this, x), y: this.view(y, [rows!, 1, width!]) };
    const group = { offset: 0, count: width!, group: blockValues };
    return this.#device.command(roundToBytes, { ...args, ...group });
  }

  #like<T extends DeviceTensor>({ dims }: T): T {
    return this.#device.allocate('f32', dims, 'rounded') as T;
  }
}

/** The first matrix: others that x is multiplied by are like it. */
function weightOf(bound: Readonly<Record<string, DeviceWeight>>): DeviceWeight {
  return bound.w ?? bound.gate!;
}

/** Columns that a matrix has; an expert, on the average. */
function columnsOf(bound: Readonly<Record<string, DeviceTensor & DeviceWeight>>): number {
  const [rows] = bound.y!.dims;
  if (bound.experts === undefined) return rows!;
  const numExperts = weightOf(bound).dims[0] / bound.y!.dims[1]!;
  return Math.max(1, Math.round(rows! / numExperts));
}

function inHeads(device: Device, x: DeviceTensor): DeviceTensor {
  return x.dims.length === 3 ? x : device.view(x, [x.dims[0], 1, x.dims[1]]);
}
