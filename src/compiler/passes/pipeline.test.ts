import { expect, test } from 'vitest';
import { firstDifference } from '../../../test/fuzz/compare-results.ts';
import { randomRoutine } from '../../../test/fuzz/random-routine.ts';
import { interpret, interpreterMemory } from '../ir/interpreter.ts';
import { print } from '../ir/printer.ts';
import type { Op, Routine, Traits } from '../ir/types.ts';
import { optimise, passes } from './pipeline.ts';

const wide: Traits = {
  ...{ name: 'wide', vectorBytes: 64, vectorRegisters: 32 },
  ...{ dot4TakesU8: true, hasBroadcastOperand: true, addsBesideDots: false, hasTiles: true },
  ...{ hasPrefetch: true, hasWeightMemories: false },
};
const narrow: Traits = { ...wide, name: 'narrow', vectorBytes: 16, dot4TakesU8: false };

function countOps(body: readonly Op[]): number {
  let count = body.length;
  for (const op of body) {
    if (op.kind === 'loop') count += countOps(op.body);
    if (op.kind === 'if') count += countOps(op.then) + countOps(op.else);
  }
  return count;
}

test('each pass keeps what 200 random routines do, to the bit', () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = randomRoutine(seed, seed % 2 === 0 ? wide : narrow);
    const run = (routine: Routine): DataView => {
      const memory = interpreterMemory(random.memoryBytes, 0x10000);
      interpret(routine, memory, random.init(memory));
      return memory.view;
    };
    const expected = run(random.routine);
    const optimised = optimise(random.routine, { verifyEach: true });
    const actual = run(optimised);
    expect(firstDifference(random, expected, actual), `seed ${seed}`).toBeUndefined();
    expect(Buffer.from(actual.buffer).equals(Buffer.from(expected.buffer)), `${seed}`).toBe(true);
    expect(countOps(optimised.body)).toBeLessThan(countOps(random.routine.body));
  }
});

test('a second time changes nothing', () => {
  for (let seed = 0; seed < 100; seed++) {
    const once = optimise(randomRoutine(seed, wide).routine);
    expect(print(optimise(once)), `seed ${seed}`).toBe(print(once));
  }
});

test('the order is the one the passes count on', () => {
  expect(passes.map(({ name }) => name)).toEqual([
    ...['merge copies', 'fold constants', 'fold addresses', 'merge constants', 'remove dead'],
  ]);
});
