/**
 * Code for x64 does what the interpreter does: every operation, at every level of the target that
 * this processor has; and it keeps the registers that its caller wants kept (callX64 looks).
 */
import { describe, expect, test } from 'vitest';
import {
  at,
  type Builder,
  buildRoutine,
  type RoutineInputs,
} from '../../src/compiler/ir/builder.ts';
import {
  type InterpreterInputs,
  type InterpreterMemory,
  interpret,
} from '../../src/compiler/ir/interpreter.ts';
import { type OpInfo, type OpName, ops } from '../../src/compiler/ir/ops-table.ts';
import type { Type, Value, VectorType } from '../../src/compiler/ir/types.ts';
import { optimise } from '../../src/compiler/passes/pipeline.ts';
import { type X64Features, x64Traits } from '../../src/compiler/targets/x64/traits.ts';
import { firstDifference } from '../fuzz/compare-results.ts';
import { randomRoutine } from '../fuzz/random-routine.ts';
import { featureSets, nativeMemory, runX64 } from './run-x64.ts';

/** Machine code of one processor runs on no other. */
const levels = process.arch === 'x64' ? featureSets() : {};

// Memory: parameters, then regions of 1 KB, then scratch.
const regionBytes = 1024;
const regions = {
  ...{ bytes: 256, small: 1280, positive: 2304, signed: 3328 },
  ...{ floats: 4352, halves: 5376 },
};
const outAt = 8192;
const sizeBytes = 16384;

const initialMemory = makeMemory();

function makeMemory(): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  const view = new DataView(bytes.buffer);
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
  view.setFloat32(64, 1.5, true);
  for (let i = 0; i < regionBytes; i++) {
    bytes[regions.bytes + i] = random();
    bytes[regions.small + i] = random() % 16;
    bytes[regions.positive + i] = random() % 128;
    bytes[regions.signed + i] = (random() % 255) - 127;
  }
  // The second operands of products, at the edge of what fits.
  bytes.fill(0x81, regions.signed + 64, regions.signed + 80);
  bytes.fill(127, regions.positive + 64, regions.positive + 80);
  bytes.fill(0x80, regions.bytes + 128, regions.bytes + 140);
  for (let i = 0; i < regionBytes; i += 4) {
    view.setFloat32(regions.floats + i, ((random() % 513) - 256) / 16, true);
    view.setUint16(regions.halves + i, 0x3c00 + (random() % 0x800), true);
    view.setUint16(regions.halves + i + 2, 0xbc00 + (random() % 0x800), true);
  }
  return bytes;
}

/** `run` in fresh memory. */
function ranIn(run: (inputs: InterpreterInputs, memory: InterpreterMemory) => void): Uint8Array {
  const memory = nativeMemory(sizeBytes);
  const { view, address } = memory;
  const bytes = new Uint8Array(view.buffer, view.byteOffset, sizeBytes);
  bytes.set(initialMemory);
  for (const [i, at] of Object.values(regions).entries()) {
    view.setBigInt64(8 * i, BigInt(address + at), true);
  }
  run({ args: address, start: 0, end: 3, scratch: address + outAt }, memory);
  return bytes.slice(outAt);
}

type Bases = Record<keyof typeof regions, Value>;

function basesOf(k: Builder): Bases {
  const names = Object.keys(regions) as (keyof Bases)[];
  return Object.fromEntries(names.map((name, i) => [name, k.param(i)])) as Bases;
}

/** Where an operation finds operands that all targets agree on. */
function regionFor(
  name: OpName,
  argument: number,
  type: Type,
  takesU8: boolean,
): keyof typeof regions {
  if (type === 'f32' || type === 'f32x') return 'floats';
  if (name === 'lookup16' && argument === 1) return 'small';
  if (name === 'dot4' && argument === 1) return takesU8 ? 'bytes' : 'positive';
  return name === 'dot4s' && argument === 1 ? 'signed' : 'bytes';
}

const vectorTypes: Record<string, VectorType[]> = {
  v: ['i8x', 'i16x', 'i32x', 'f32x'],
  any: ['i8x', 'i32x'],
};

/** The types that the operation is tried with. */
function variants(info: OpInfo): (Type | undefined)[] {
  const word = [...info.args, info.result].find((word) => word === 'v' || word === 'any');
  return word ? (vectorTypes[word] as Type[]) : [undefined];
}

function operand(k: Builder, name: OpName, index: number, type: Type, bases: Bases): Value {
  const address = at(bases[regionFor(name, index, type, k.traits.dot4TakesU8)], 64 * index);
  if (type === 'f32') return k.loadF32(address);
  if (type !== 'int') return k.load(type as VectorType, address);
  const isUnsigned = name.startsWith('shr') || name.startsWith('splat');
  return isUnsigned ? k.loadU8(address) : k.op('load_i16', [], { address });
}

/** One operation; its operands are loads that can become part of it, or values in registers. */
function buildOne(
  k: Builder,
  { args: args8, scratch }: RoutineInputs,
  name: OpName,
  type: Type | undefined,
  areKept: boolean,
): void {
  const info = ops[name];
  const bases = basesOf(k);
  const typeOf = (word: string) => (word === 'v' || word === 'any' ? type : word) as Type;
  const args = info.args.map((word, i) => operand(k, name, i, typeOf(word), bases));
  const isHalf = name.includes('f16');
  const loads = name === 'load_int' ? args8 : isHalf ? bases.halves : bases.bytes;
  const address = info.hasAddress
    ? at(info.readsMemory ? loads : scratch, name === 'load_int' ? 64 : 12)
    : undefined;
  const imm = info.hasImm ? immFor(name) : undefined;
  const bytes = info.hasBytes ? Uint8Array.from({ length: 16 }, (_, i) => i * 17) : undefined;
  const more = {
    ...(type && { type }),
    ...(address && { address }),
    ...(imm !== undefined && { imm }),
    ...(bytes && { bytes }),
  };
  const keep = (offset: number) => {
    if (!areKept) return;
    for (const [i, value] of args.entries()) k.store(at(scratch, offset + 64 * i), value);
  };
  keep(1024);
  const result = k.op(name, args, more);
  if (result) k.store(at(scratch, 256), result);
  keep(2048);
}

function immFor(name: OpName): number {
  if (name.startsWith('param')) return 8;
  return name === 'const_f32' ? 1.5 : 3;
}

/** Of tiles there are too few to keep; they come up in the random routines. */
const isOfTiles = (name: string) => name.startsWith('tile');

test('a processor of x64 has a level of the target, another has none', () => {
  expect(Object.keys(levels).length > 0).toBe(process.arch === 'x64');
});

describe.each(Object.entries(levels))('%s', (_, features: X64Features) => {
  const traits = x64Traits(features);

  test('does every operation as the interpreter does', () => {
    const wrong: string[] = [];
    for (const name of Object.keys(ops) as OpName[]) {
      if (isOfTiles(name)) continue;
      for (const type of variants(ops[name])) {
        for (const areKept of [false, true]) {
          const routine = buildRoutine(name, traits, (k, inputs) =>
            buildOne(k, inputs, name, type, areKept),
          );
          const expected = ranIn((inputs, memory) => interpret(routine, memory, inputs));
          const found = ranIn((inputs) => runX64(routine, features, inputs));
          const at = found.findIndex((byte, i) => byte !== expected[i]);
          if (at >= 0) wrong.push(`${name} ${type} ${areKept}: differs at ${at}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('does random routines as the interpreter does, however many values live', () => {
    let numSpills = 0;
    for (let seed = 0; seed < 60; seed++) {
      const random = randomRoutine(seed, traits);
      const [expected, found] = [0, 1].map(() => nativeMemory(random.memoryBytes));
      interpret(random.routine, expected, random.init(expected));
      // There is no move between tiles: sums of products must be what the passes make of them.
      const isPlain = seed % 2 === 0 && !traits.hasTiles;
      const routine = isPlain ? random.routine : optimise(random.routine);
      numSpills += runX64(routine, features, random.init(found)).numSpills;
      const difference = firstDifference(random, expected.view, found.view);
      expect(difference, `seed ${seed}`).toBeUndefined();
    }
    expect(numSpills).toBeGreaterThan(20);
  });
});
