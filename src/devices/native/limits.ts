/**
 * What this machine can do at most, measured: memory read by all threads at once, and multiply-adds
 * on registers alone, so that a kernel's speed can be said as a part of it. The programs are
 * written as kernels are and run on any machine. Best of a few: whoever else is running makes it
 * less, never more. Under a second in all.
 */
import { at, type Builder, plus } from '../../compiler/ir/builder.ts';
import { type Address, lanesOf, type Value } from '../../compiler/ir/types.ts';
import type { Program } from '../../compiler/lowering.ts';
import type { Machine, MachineMemory } from '../compiled/machine.ts';

export interface Limits {
  readonly readGBs: number;
  /** Products of bytes, 10⁹ a second: vectors', or the matrix unit's where there is one. */
  readonly int8GmacS: number;
  readonly f32GmacS: number;
}

const readBytes = 2 ** 28;
const pieceBytes = 2 ** 18;
const prefetchBytes = 4096;
const unrolled = 4;
const tries = 4;
/** Enough to have one under way in every stage of two multipliers. */
const chains = 12;
/** Sixteen rows of 64 bytes; a product of two is 16 · 16 · 64 multiply-adds. */
const tileBytes = 1024;
const tileMacs = 4 * 16 * tileBytes;
const roundsPerItem = 4096;
/** How long one measurement of arithmetic shall last. */
const goalMs = 15;

const parameters = { memory: 0, sink: 1 } as const;

/** Writes the memory once: pages that nobody wrote are all the same one, and read from cache. */
const fill: Program = {
  key: 'limits: fill',
  build(k, { start, end }) {
    const one = k.i32x(1);
    forEachVector(k, start, end, (address) => k.store(address, one));
  },
};

/** Sums of what was read go to the sink, or nothing would have to be read. */
const read: Program = {
  key: 'limits: read',
  build(k, { start, end }) {
    const sums = Array.from({ length: unrolled }, () => k.variable(k.i32x(0)));
    forEachVector(k, start, end, (address, i) => {
      k.prefetch(plus(address, prefetchBytes));
      k.set(sums[i], k.xor(sums[i], k.load('i32x', address)));
    });
    toSink(k, start, sums);
  },
};

const int8: Program = {
  key: 'limits: int8',
  build(k, { start, end }) {
    const [a, b] = [k.splatOf('i8x', 1), k.splatOf('i8x', 2)];
    const sums = Array.from({ length: chains }, () => k.variable(k.i32x(0)));
    repeat(k, start, end, () => {
      for (const sum of sums) k.set(sum, k.dot4(sum, a, b));
    });
    toSink(k, start, sums);
  },
};

/** Two by two tiles, each loaded once. */
const tiles: Program = {
  key: 'limits: tiles',
  build(k, { start, end, scratch }) {
    const area = k.add(scratch, k.reserve(tileBytes));
    const load = (op: 'tile_load_a' | 'tile_load_b') => {
      return k.op(op, [], { address: at(area), imm: tileBytes / 16 });
    };
    const [a, b] = [0, 1].map(() => load('tile_load_a')).map((x) => [x, load('tile_load_b')]);
    const sums = Array.from({ length: 4 }, () => k.variable(k.op('tile_zero')));
    repeat(k, start, end, () => {
      sums.forEach((sum, i) => {
        k.set(sum, k.op('tile_dot_i8', [sum, (i & 2 ? b : a)[0], (i & 1 ? b : a)[1]]));
      });
    });
    for (const sum of sums) k.op('tile_store', [sum], { address: at(area), imm: tileBytes / 16 });
  },
};

const f32: Program = {
  key: 'limits: f32',
  build(k, { start, end }) {
    const [a, b] = [k.f32x(1), k.f32x(1e-9)];
    const sums = Array.from({ length: chains }, () => k.variable(k.f32x(0)));
    repeat(k, start, end, () => {
      for (const sum of sums) k.set(sum, k.fma(a, b, sum));
    });
    toSink(k, start, sums);
  },
};

/** `body` gets the address of every vector of pieces start … end, and which of `unrolled` it is. */
function forEachVector(
  k: Builder,
  start: Value,
  end: Value,
  body: (address: Address, i: number) => void,
): void {
  const { vectorBytes } = k.traits;
  const memory = k.param(parameters.memory);
  k.loop(start, end, 1, (piece) => {
    const base = k.add(memory, k.mul(piece, pieceBytes));
    k.loop(0, pieceBytes, unrolled * vectorBytes, (offset) => {
      for (let i = 0; i < unrolled; i++) body(at(base, offset, 1, i * vectorBytes), i);
    });
  });
}

function repeat(k: Builder, start: Value, end: Value, body: () => void): void {
  k.loop(start, end, 1, () => {
    k.loop(0, roundsPerItem, 1, body);
  });
}

/** A place of 64 bytes for each item a call may start with. */
function toSink(k: Builder, start: Value, sums: readonly Value[]): void {
  const sum = sums.reduce((a, b) => k.add(a, b));
  k.store(at(k.add(k.param(parameters.sink), k.shl(start, 6))), sum);
}

export async function measureLimits(machine: Machine): Promise<Limits> {
  const lanes = lanesOf(machine.traits);
  const macs = chains * roundsPerItem * lanes;
  return {
    readGBs: await measureRead(machine),
    int8GmacS: machine.traits.hasTiles
      ? await measureArithmetic(machine, tiles, roundsPerItem * tileMacs)
      : await measureArithmetic(machine, int8, 4 * macs),
    f32GmacS: await measureArithmetic(machine, f32, macs),
  };
}

async function measureRead(machine: Machine): Promise<number> {
  const memory = machine.allocate(readBytes + prefetchBytes);
  const items = readBytes / pieceBytes;
  try {
    await timeMs(machine, fill, items, memory);
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < tries; i++) {
      best = Math.min(best, await timeMs(machine, read, items, memory));
    }
    return readBytes / best / 1e6;
  } finally {
    machine.free(memory);
  }
}

/** In 10⁹ a second. */
async function measureArithmetic(
  machine: Machine,
  program: Program,
  macsPerItem: number,
): Promise<number> {
  let items = 16 * machine.threads;
  let best = 0;
  for (let i = 0; i < tries; i++) {
    const ms = await timeMs(machine, program, items);
    best = Math.max(best, (items * macsPerItem) / ms / 1e6);
    items = Math.ceil((best * 1e6 * goalMs) / macsPerItem);
  }
  return best;
}

async function timeMs(
  machine: Machine,
  program: Program,
  items: number,
  memory?: MachineMemory,
): Promise<number> {
  const sink = machine.allocate(64 * items);
  const args = machine.allocate(16);
  try {
    const code = await machine.compile(program);
    const words = new BigInt64Array(args.buffer, args.byteOffset, 2);
    words[parameters.memory] = BigInt(memory?.address ?? 0);
    words[parameters.sink] = BigInt(sink.address);
    const launch = { code, argsAddress: args.address, items, grain: 1, waits: false };
    const started = performance.now();
    await machine.run([launch]);
    return performance.now() - started;
  } finally {
    machine.free(sink);
    machine.free(args);
  }
}
