/**
 * Kernels of a few lines and a layout that leaves rows as they are, for tests of devices: what
 * they do to memory is easily said. A row of a packed weight must be whole vectors.
 */
import { rowBytes } from '../../base/dtypes.ts';
import { at, type Builder, type RoutineInputs } from '../../compiler/ir/builder.ts';
import { cache, defineKernel, f32, i32, scalar, weight } from '../../compiler/kernel.ts';
import type {
  KernelLibrary,
  LowerContext,
  LowerTensor,
  Memory,
  Program,
  WeightLayout,
} from '../../compiler/lowering.ts';

/** to[i] = from[i] · factor (+ to[i]), f32. Parameters: from, bytes between rows; to, the same; width; factor. */
function scaleRows(adds: boolean, isPacked = false) {
  return (k: Builder, { start, end }: RoutineInputs): void => {
    const from = isPacked ? k.weightsParam(0) : k.param(0);
    const [fromStride, to, toStride, width] = [1, 2, 3, 4].map((i) => k.param(i));
    const factor = k.paramF32(5);
    k.loop(start, end, 1, (row) => {
      const source = k.add(from, k.mul(row, fromStride));
      const target = k.add(to, k.mul(row, toStride));
      k.loop(0, width, 1, (i) => {
        const scaled = k.mul(k.loadF32(at(source, i, 4)), factor);
        const old = adds ? k.loadF32(at(target, i, 4)) : k.f32(0);
        k.store(at(target, i, 4), k.add(scaled, old));
      });
    });
  };
}

const scale = { key: 'toy scale', build: scaleRows(false) };
const scaleAdd = { key: 'toy scale add', build: scaleRows(true) };
const scalePacked = { key: 'toy scale packed', build: scaleRows(false, true) };

interface Rows {
  readonly memory: Memory;
  readonly rowStride: number;
}

function launchRows(
  context: LowerContext,
  program: Program,
  [from, to]: readonly [Rows, Rows],
  [rows, width]: readonly number[],
  factor: number,
): void {
  context.launch({
    program,
    args: [
      { memory: from.memory, access: 'in' },
      { int: 4 * from.rowStride },
      { memory: to.memory, access: program === scaleAdd ? 'inout' : 'out' },
      { int: 4 * to.rowStride },
      { int: width },
      { f32: factor },
    ],
    items: rows,
    grain: 3,
  });
}

const xy = { x: f32.in('rows', 'width'), y: f32.out('rows', 'width') };
const noReference = { parallelOver: 'rows', shapes: [], reference() {} };

/** y = factor · x */
export const scaled = defineKernel({
  ...noReference,
  name: 'scaled',
  params: { ...xy, factor: scalar },
  lower: ({ x, y, factor }, _dims, context) => launchRows(context, scale, [x, y], x.dims, factor),
});

/** y += factor · x */
export const addScaled = defineKernel({
  ...noReference,
  name: 'add_scaled',
  params: { x: xy.x, y: f32.inout('rows', 'width'), factor: scalar },
  lower: ({ x, y, factor }, _dims, context) =>
    launchRows(context, scaleAdd, [x, y], x.dims, factor),
});

/** x · 2 in memory of the step, made once for all who want it. */
function doubledOf(x: LowerTensor, context: LowerContext): Rows {
  const [rows, width] = x.dims;
  const make = () => {
    const memory = context.temp(4 * rows * width);
    launchRows(context, scale, [x, { memory, rowStride: width }], x.dims, 2);
    return memory;
  };
  return { memory: context.derived(x.memory, 'doubled', make), rowStride: width };
}

/** y = 2 · x */
export const doubled = defineKernel({
  ...noReference,
  name: 'doubled',
  params: xy,
  lower: ({ x, y }, _dims, context) =>
    launchRows(context, scale, [doubledOf(x, context), y], x.dims, 1),
});

/** y = 3 · x, by way of a temporary. */
export const tripled = defineKernel({
  ...noReference,
  name: 'tripled',
  params: xy,
  lower({ x, y }, { rows, width }, context) {
    const temp = { memory: context.temp(4 * rows * width), rowStride: width };
    launchRows(context, scale, [x, temp], x.dims, 1);
    launchRows(context, scaleAdd, [x, temp], x.dims, 2);
    launchRows(context, scale, [temp, y], x.dims, 1);
  },
});

/** y[row] = the weight's row ids[row], looked up by JavaScript; `first` is read when lowered. */
export const lookedUp = defineKernel({
  ...noReference,
  name: 'looked_up',
  params: {
    ids: i32.in('rows'),
    table: weight('vocab', 'width'),
    y: f32.out('rows', 'width'),
  },
  lower({ ids, table, y }, { rows, width }, context) {
    context.host(y.memory, 'out', (data) => {
      const wanted = context.integers(ids.memory);
      for (let row = 0; row < rows; row++) {
        const start = row * y.rowStride;
        table.decodeRow(wanted[row], data.subarray(start, start + width));
      }
    });
  },
});

/** y = ids[0] · x, where the number goes into the launch. */
export const scaledByInput = defineKernel({
  ...noReference,
  name: 'scaled_by_input',
  params: { ids: i32.in('one'), ...xy },
  lower: ({ ids, x, y }, _dims, context) =>
    launchRows(context, scale, [x, y], x.dims, context.integers(ids.memory)[0]),
});

/** y = the weight as it was packed; f32 only. */
export const unpacked = defineKernel({
  ...noReference,
  name: 'unpacked',
  params: { w: weight('rows', 'width'), y: f32.out('rows', 'width') },
  lower({ w, y }, { width }, context) {
    if (!w.packed) throw new Error('unpacked: the weight is one of rows');
    const { memory } = w.packed;
    launchRows(context, scalePacked, [{ memory, rowStride: width }, y], y.dims, 1);
  },
});

/** Every element of a cache of toyLibrary's 2 bytes becomes `value`. */
export const filledCache = defineKernel({
  ...noReference,
  name: 'filled_cache',
  params: { slots: cache.rowsInout('rows', 'width'), value: scalar },
  lower({ slots, value }, _dims, context) {
    context.host(slots.memory, 'inout', (data) => {
      new Int16Array(data.buffer, data.byteOffset, data.length * 2).fill(value);
    });
  },
});

/** Rows behind each other; the last strip is filled up with the last row. */
function rowsLayout(rowSize: (columns: number) => number): WeightLayout {
  return {
    name: 'rows',
    stripBytes: (columns) => 16 * rowSize(columns),
    pack: {
      key: 'toy pack',
      build(k, { start, end }) {
        const [source, step, rows] = [0, 1, 2].map((i) => k.param(i));
        const to = k.weightsParam(4);
        k.loop(start, end, 1, (strip) => {
          k.loop(0, 16, 1, (i) => {
            const target = k.add(k.shl(strip, 4), i);
            const from = k.add(source, k.mul(k.min(target, k.sub(rows, 1)), step));
            const into = k.add(to, k.mul(target, step));
            k.loop(0, step, k.traits.vectorBytes, (byte) => {
              k.store(at(into, byte), k.load('i8x', at(from, byte)));
            });
          });
        });
      },
    },
  };
}

export const toyLibrary: KernelLibrary = {
  weightLayout: (dtype) => rowsLayout((columns) => rowBytes(dtype, columns)),
  cacheRowBytes: (_format, width) => 2 * width,
};
