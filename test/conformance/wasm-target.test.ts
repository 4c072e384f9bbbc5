/**
 * The WebAssembly target held to the interpreter: every operation on random operands, and random
 * routines, both with relaxed SIMD and without.
 */
import { expect, test } from 'vitest';
import { mulberry32 } from '../../src/base/mulberry32.ts';
import { at, type Builder, buildRoutine } from '../../src/compiler/ir/builder.ts';
import { interpret, interpreterMemory } from '../../src/compiler/ir/interpreter.ts';
import { type OpName, ops, type Word } from '../../src/compiler/ir/ops-table.ts';
import { isVector, type Routine, type Type, type Value } from '../../src/compiler/ir/types.ts';
import { compileWasm, wasmTraits } from '../../src/compiler/targets/wasm/compile.ts';
import { probeFeatures, type WasmFeatures } from '../../src/compiler/targets/wasm/features.ts';
import { lowestAddress } from '../../src/compiler/targets/wasm/selection.ts';
import { webAssembly } from '../../src/compiler/targets/wasm/web-assembly.ts';
import { firstDifference } from '../fuzz/compare-results.ts';
import { randomRoutine } from '../fuzz/random-routine.ts';

const plain: WasmFeatures = {
  ...{ simd: true, relaxedSimd: false, threads: false, dotTakesU8: false, multiMemory: true },
};
const relaxed: WasmFeatures = { ...plain, relaxedSimd: probeFeatures().relaxedSimd };
const asFound: WasmFeatures = { ...relaxed, dotTakesU8: probeFeatures().dotTakesU8 };
const targets = [
  ['plain', plain],
  ['relaxed', relaxed],
  ['relaxed, with what dot products take here', asFound],
] as const;

/** Parameters, then operands, then results and scratch; all of it is compared. */
const [args, operands, scratch] = [0, 1024, 8192].map((offset) => lowestAddress + offset);
const memoryBytes = 16_384;
const memory = new webAssembly.Memory({ initial: 2 });

type Run = (args: number, start: number, end: number, scratch: number) => void;

function compiled(
  routines: readonly Routine[],
  features: WasmFeatures,
): Readonly<Record<string, Run>> {
  const module = new webAssembly.Module(compileWasm(routines, features));
  const { exports } = new webAssembly.Instance(module, { env: { memory } });
  return exports as Readonly<Record<string, Run>>;
}

const random = mulberry32(2026);
const within = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
const choose = <T>(from: readonly T[]): T => from[within(0, from.length - 1)];

const anyInt = () => within(-(2 ** 31), 2 ** 31 - 1);
const smallFloat = () => within(-255, 255) / 8; // so that products and their sums are exact
/** Where an operation is not defined, or not the same, on every operand. */
const intsFor: Readonly<Record<string, () => number>> = {
  add_int: () => within(-(2 ** 30), 2 ** 30 - 1),
  sub_int: () => within(-(2 ** 30), 2 ** 30 - 1),
  mul_int: () => within(-30_000, 30_000),
  shl_int: () => within(0, 2 ** 20),
  shr_int: () => within(0, 2 ** 31 - 1),
  f32_of_bits: () => within(0, 0x7f7fffff),
};
const floatsFor: Readonly<Record<string, () => number>> = {
  sqrt_f32: () => Math.abs(smallFloat()),
  sqrt_f32x: () => Math.abs(smallFloat()),
  div_f32: () => smallFloat() || 1, // 0 / 0 is a NaN of any bits
  div_f32x: () => smallFloat() || 1,
  store_f16: () => smallFloat() * 2 ** within(-30, 12),
  store_f32x_f16: () => smallFloat() * 2 ** within(-30, 12),
  select_lt: () => within(-2, 2),
};
/** Bytes of vectors of integers, by operation and operand. */
const bytesFor: Readonly<Record<string, () => number>> = {
  dot4_1: () => choose([0, 127, within(0, 127)]),
  dot4_2: () => choose([128, 127, within(0, 255)]),
  'dot4 of u8_1': () => choose([128, 255, within(0, 255)]),
  'dot4 of u8_2': () => choose([128, 127, within(0, 255)]),
  dot4s_1: () => choose([129, 127, (within(-127, 127) + 256) % 256]),
  dot4s_2: () => choose([128, 127, within(0, 255)]),
  lookup16_1: () => within(0, 15),
};
const laneBits: Readonly<Record<string, number>> = { i16x: 16, i32x: 32, int: 31 };

/** Where operand `index` lies, and one for it. */
function putOperand(view: DataView, op: string, index: number, type: Type): void {
  const offset = operands - lowestAddress + 32 * index;
  if (type === 'int') view.setInt32(offset, (intsFor[op] ?? anyInt)(), true);
  else if (type === 'f32' || type === 'f32x') {
    for (let i = 0; i < 16; i += 4) {
      view.setFloat32(offset + i, (floatsFor[op] ?? smallFloat)(), true);
    }
  } else {
    const byte = bytesFor[`${op}_${index}`] ?? (() => within(0, 255));
    for (let i = 0; i < 16; i++) view.setUint8(offset + i, byte());
  }
}

function loadOperand(k: Builder, base: Value, index: number, type: Type): Value {
  const address = at(base, operands - args + 32 * index);
  if (type === 'int') return k.loadI32(address);
  return isVector(type) ? k.load(type, address) : k.loadF32(address);
}

/** A routine that does this operation once, from memory to memory; operands as the table wants them. */
function routineOf(name: OpName, trial: number, features: WasmFeatures) {
  const info = ops[name];
  const v = choose(['i8x', 'i16x', 'i32x', 'f32x'] as const);
  const typeOf = (word: Word): Type => {
    if (word === 'any') return choose(['i8x', 'i16x', 'i32x', 'f32x'] as const);
    return word === 'v' ? v : word;
  };
  const types = info.args.map(typeOf);
  const lane = laneBits[info.result ?? ''] ?? 32;
  const imm = name.startsWith('param')
    ? 2
    : name.startsWith('const')
      ? anyInt()
      : within(1, lane - 1);
  const routine = buildRoutine(`${name}_${trial}`, wasmTraits(features), (k, inputs) => {
    const values = types.map((type, i) => loadOperand(k, inputs.args, i, type));
    const index = k.int(within(0, 8));
    const step = name === 'load_int' ? 8 : /load_f32/.test(name) ? 4 : /16/.test(name) ? 2 : 1;
    const address = choose([
      at(inputs.scratch, step * within(0, 8)),
      at(inputs.scratch, index, choose(([1, 2, 4, 8] as const).filter((scale) => scale >= step))),
      at(inputs.scratch, index, 8, step * within(-8, 8)),
    ]);
    const bytes = Uint8Array.from({ length: choose([1, 2, 4, 16]) }, () => within(0, 255));
    const result = k.op(name, values, {
      ...(info.hasAddress ? { address } : {}),
      ...(info.hasImm ? { imm } : {}),
      ...(info.hasBytes ? { bytes } : {}),
      ...(info.result === 'v' && info.args.length === 0 ? { type: v } : {}),
    });
    if (result) k.store(at(inputs.scratch, 512), result);
  });
  return { routine, types };
}

/** The parameter that is tried, and what loads find: numbers where others have no one answer. */
function fillMemory(view: DataView, name: OpName): void {
  view.setBigInt64(16, BigInt(within(-1000, 1000)), true);
  if (name === 'param_f32') view.setFloat32(16, smallFloat(), true);
  for (let i = scratch - lowestAddress - 64; i < memoryBytes; i += 4) {
    if (/load_(f16|bf16|f32)/.test(name)) view.setInt32(i, 0x10001 * within(0, 0x7bff), true);
    else view.setInt32(i, name === 'load_int' ? (i % 8 ? -1 : -5) : anyInt(), true);
  }
}

const names = (Object.keys(ops) as OpName[]).filter((name) => !name.startsWith('tile_'));

test.each(targets)(
  '%s: every operation but the tiles’ is what the interpreter says',
  (_, features) => {
    for (const name of names) {
      const trials = Array.from({ length: 12 }, (_, trial) => routineOf(name, trial, features));
      const functions = compiled(
        trials.map(({ routine }) => routine),
        features,
      );
      for (const { routine, types } of trials) {
        const expected = interpreterMemory(memoryBytes, lowestAddress);
        types.forEach((type, i) => {
          const isOfU8 = name === 'dot4' && routine.traits.dot4TakesU8;
          putOperand(expected.view, isOfU8 ? 'dot4 of u8' : name, i, type);
        });
        fillMemory(expected.view, name);
        const found = new Uint8Array(memory.buffer, lowestAddress, memoryBytes);
        found.set(new Uint8Array(expected.view.buffer));
        interpret(routine, expected, { args, start: 3, end: 7, scratch });
        functions[routine.name](args, 3, 7, scratch);
        const wanted = new Uint8Array(expected.view.buffer);
        const wrong = found.findIndex((byte, i) => byte !== wanted[i]);
        expect(wrong, `${routine.name}: the first byte that differs`).toBe(-1);
      }
    }
  },
);

test.each(targets)('%s: 200 random routines do what the interpreter does', (_, features) => {
  const traits = wasmTraits(features);
  for (let seed = 1; seed <= 200; seed++) {
    const made = randomRoutine(seed, traits);
    const expected = interpreterMemory(made.memoryBytes, lowestAddress);
    const inputs = made.init(expected);
    const found = new Uint8Array(memory.buffer, lowestAddress, made.memoryBytes);
    found.set(new Uint8Array(expected.view.buffer));
    interpret(made.routine, expected, inputs);
    const run = compiled([made.routine], features)[made.routine.name];
    run(inputs.args, inputs.start, inputs.end, inputs.scratch);
    const view = new DataView(found.buffer, found.byteOffset, found.byteLength);
    expect(firstDifference(made, expected.view, view), `seed ${seed}`).toBeUndefined();
  }
});
