/**
 * Random routines that are right on every target, the same for the same seed: what holds targets
 * to the interpreter, and passes to what was there before them. Whatever is calculated is written
 * out: integers, the same to the byte everywhere, and f32, the same within 1e-5. Every third seed
 * keeps far more values alive than there are registers.
 */
import { mulberry32 } from '../../src/base/mulberry32.ts';
import {
  at,
  type Builder,
  buildRoutine,
  type RoutineInputs,
} from '../../src/compiler/ir/builder.ts';
import type { InterpreterInputs, InterpreterMemory } from '../../src/compiler/ir/interpreter.ts';
import { type OpName, ops } from '../../src/compiler/ir/ops-table.ts';
import type { Routine, Traits } from '../../src/compiler/ir/types.ts';
import { range } from './known-range.ts';
import type { Random } from './mutations.ts';
import { fillInputs, inputRegions, inputsBytes } from './random-inputs.ts';
import { RandomStatements } from './random-statements.ts';
import { RandomValues, type Region } from './random-values.ts';

export interface RandomRoutine {
  readonly routine: Routine;
  /** What memory it wants, on a cache line. */
  readonly memoryBytes: number;
  /** Where results lie from the start of memory, [start, end). */
  readonly intRegion: readonly [number, number];
  readonly f32Region: readonly [number, number];
  /** Fills the memory, and says what to call the routine with. Addresses are the memory's own. */
  init(memory: InterpreterMemory): InterpreterInputs;
}

const [argsBytes, scratchBytes, windowBytes, floatsBytes] = [64, 512, 2048, 1024];

export function randomRoutine(
  seed: number,
  traits: Traits,
  { allowedOps }: { allowedOps?: readonly OpName[] } = {},
): RandomRoutine {
  const random = mulberry32(seed);
  const allowed = new Set(allowedOps ?? (Object.keys(ops) as OpName[]));
  if (!traits.hasTiles)
    for (const name of allowed) if (name.startsWith('tile_')) allowed.delete(name);
  const bounds = [Math.floor(random() * 3), 3 + Math.floor(random() * 4)] as const;
  const results = { ints: 0, floats: 0 };
  const routine = buildRoutine(`random${seed}`, traits, (k, inputs) => {
    const values = startValues(k, inputs, random, (op) => allowed.has(op), bounds);
    const statements = new RandomStatements(values, [...allowed]);
    if (seed % 3 === 0) statements.crowd();
    else statements.writesSoon = true;
    statements.block(20 + values.below(60));
    Object.assign(results, writeAll(values));
  });

  const scratch = argsBytes + inputsBytes;
  const ints = scratch + scratchBytes;
  const floats = ints + windowBytes + results.ints;
  const memoryBytes = floats + floatsBytes + results.floats;
  return {
    ...{ routine, memoryBytes },
    intRegion: [scratch, floats],
    f32Region: [floats, memoryBytes],
    init({ view, address }) {
      const fill = mulberry32(seed + 1);
      for (let i = 0; i < memoryBytes; i++) view.setUint8(i, 0);
      fillInputs(new DataView(view.buffer, view.byteOffset + argsBytes, inputsBytes), fill);
      const params = [argsBytes, floats, ints].map((offset) => address + offset);
      const wholes = [...params, ...[0, 0].map(() => Math.floor(fill() * 129) - 64)];
      wholes.forEach((param, i) => {
        view.setBigInt64(8 * i, BigInt(param), true);
      });
      view.setFloat32(8 * 5, Math.floor(fill() * 257 - 128) / 16, true);
      return { args: address, start: bounds[0], end: bounds[1], scratch: address + scratch };
    },
  };
}

function startValues(
  k: Builder,
  { start, end, scratch }: RoutineInputs,
  random: Random,
  isAllowed: (op: OpName) => boolean,
  bounds: readonly [number, number],
): RandomValues {
  const values = new RandomValues(k, random, isAllowed);
  k.reserve(scratchBytes);
  const [inputs, floats, ints] = [k.param(0), k.param(1), k.param(2)];
  const written: Region[] = [
    { kind: 'ints', base: ints, offset: 0, sizeBytes: windowBytes },
    { kind: 'scratch', base: scratch, offset: 0, sizeBytes: scratchBytes },
    { kind: 'floats', base: floats, offset: 0, sizeBytes: floatsBytes },
  ];
  values.regions = [...inputRegions(inputs), ...written];
  [start, end].forEach((value, i) => {
    values.add({ value, known: range(bounds[i], bounds[i]) });
  });
  return values;
}

/** What is still there at the end, behind the windows. Gives the bytes it takes. */
function writeAll(values: RandomValues): { ints: number; floats: number } {
  const { k, traits } = values;
  const base = (kind: 'ints' | 'floats') => values.regions.find((r) => r.kind === kind)!.base;
  const sizes = { ints: 0, floats: 0 };
  const windows = { ints: windowBytes, floats: floatsBytes };
  for (const { value } of values.all) {
    const isFloat = value.type === 'f32' || value.type === 'f32x';
    const to = isFloat ? 'floats' : 'ints';
    const size = value.type === 'int' || value.type === 'f32' ? 4 : traits.vectorBytes;
    k.store(at(base(to), windows[to] + sizes[to]), value);
    sizes[to] += size;
  }
  const wholeLines = (bytes: number) => Math.ceil(bytes / 64) * 64;
  return { ints: wholeLines(sizes.ints), floats: wholeLines(sizes.floats) };
}
