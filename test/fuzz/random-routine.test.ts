import { expect, test } from 'vitest';
import { interpret, interpreterMemory } from '../../src/compiler/ir/interpreter.ts';
import { type OpName, ops } from '../../src/compiler/ir/ops-table.ts';
import { print } from '../../src/compiler/ir/printer.ts';
import type { Op, Traits } from '../../src/compiler/ir/types.ts';
import { verify } from '../../src/compiler/ir/verifier.ts';
import { firstDifference } from './compare-results.ts';
import { type RandomRoutine, randomRoutine } from './random-routine.ts';

const wide: Traits = {
  ...{ name: 'wide', vectorBytes: 64, vectorRegisters: 32 },
  ...{ dot4TakesU8: true, hasBroadcastOperand: true, addsBesideDots: false, hasTiles: true },
  ...{ hasPrefetch: true, hasWeightMemories: false },
};
const narrow: Traits = {
  ...{ name: 'narrow', vectorBytes: 16, vectorRegisters: 16 },
  ...{ dot4TakesU8: false, hasBroadcastOperand: false, addsBesideDots: false, hasTiles: false },
  ...{ hasPrefetch: true, hasWeightMemories: false },
};

function run(random: RandomRoutine, address = 0x10000): DataView {
  const memory = interpreterMemory(random.memoryBytes, address);
  interpret(random.routine, memory, random.init(memory));
  return memory.view;
}
function count(body: readonly Op[], counts: Map<string, number>): void {
  for (const op of body) {
    const name = op.kind === 'op' ? op.op : op.kind;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (op.kind === 'loop') count(op.body, counts);
    if (op.kind === 'if') count([...op.then, ...op.else], counts);
  }
}

test('random routines are well formed, stay finite and in memory, and do the same anywhere', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = randomRoutine(seed, seed % 2 === 0 ? wide : narrow);
    verify(random.routine);
    const [view, elsewhere] = [run(random), run(random, 0x7ffff000)];
    expect(firstDifference(random, view, elsewhere), `seed ${seed}`).toBeUndefined();
    for (let at = random.f32Region[0]; at < random.f32Region[1]; at += 4) {
      const value = Math.abs(view.getFloat32(at, true));
      const isSane = value === 0 || (value >= 2 ** -60 && value <= 2 ** 41);
      expect(isSane, `seed ${seed}: ${value} at ${at}`).toBe(true);
    }
  }
});

test('all operations of the table come up, none rarely', () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 200; seed++) count(randomRoutine(seed, wide).routine.body, counts);
  const rare = [...Object.keys(ops), 'loop', 'if'].filter((name) => (counts.get(name) ?? 0) < 20);
  expect(rare).toEqual([]);
});

test('every third seed keeps more alive to the end than there are registers', () => {
  for (let seed = 0; seed < 60; seed += 3) {
    const { body } = randomRoutine(seed, wide).routine;
    const lastOther = body.findLastIndex((op) => op.kind !== 'op' || !op.op.startsWith('store'));
    const kept = body.slice(lastOther + 1).flatMap((op) => (op.kind === 'op' ? [op.op] : []));
    expect(kept.filter((op) => op === 'store').length, `${seed}: vectors`).toBeGreaterThan(36);
    expect(kept.filter((op) => op === 'store_i32').length, `${seed}: ints`).toBeGreaterThan(16);
  }
});

test('the same seed makes the same routine, another makes another', () => {
  const text = (seed: number) => print(randomRoutine(seed, wide).routine);
  expect(text(7)).toBe(text(7));
  expect(text(7).replace('random7', '')).not.toBe(text(8).replace('random8', ''));
});

test('operations that a target lacks are left out', () => {
  const least: OpName[] = ['const_int', 'const_f32', 'const_x', 'param_int', 'copy'];
  const stores: OpName[] = ['store', 'store_i32', 'store_f32'];
  const allowedOps: OpName[] = [...least, ...stores, 'add_int', 'fma_f32x', 'dot4'];
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 50; seed++) {
    const random = randomRoutine(seed, narrow, { allowedOps });
    verify(random.routine);
    run(random);
    count(random.routine.body, counts);
  }
  const made = [...counts.keys()].filter((name) => name !== 'loop' && name !== 'if');
  expect(made.sort()).toEqual(allowedOps.sort());
});

test('a difference is said with its place', () => {
  const random = randomRoutine(3, wide);
  const [view, other] = [run(random), run(random)];
  expect(firstDifference(random, view, other)).toBeUndefined();
  other.setFloat32(
    random.f32Region[0] + 8,
    view.getFloat32(random.f32Region[0] + 8, true) + 1,
    true,
  );
  expect(firstDifference(random, view, other)).toContain('f32 at 8 is');
  other.setUint8(random.intRegion[0] + 5, view.getUint8(random.intRegion[0] + 5) ^ 1);
  expect(firstDifference(random, view, other)).toContain('byte 5 of the integers is');
});
