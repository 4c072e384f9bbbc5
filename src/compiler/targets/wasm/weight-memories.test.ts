import { expect, test } from 'vitest';
import { at, type Builder, buildRoutine, type RoutineInputs } from '../../ir/builder.ts';
import type { Op } from '../../ir/types.ts';
import { optimise } from '../../passes/pipeline.ts';
import { wasmTraits } from './compile.ts';
import { WeightMemories } from './weight-memories.ts';

const traits = wasmTraits({
  simd: true,
  relaxedSimd: true,
  threads: true,
  dotTakesU8: false,
  multiMemory: true,
});
const routineOf = (body: (k: Builder, inputs: RoutineInputs) => void) =>
  buildRoutine('tried', traits, body);

/** The parameter of every access, in order; 0 is no parameter of weights here. */
function accesses(body: (k: Builder, inputs: RoutineInputs) => void): (number | undefined)[][] {
  const routine = routineOf(body);
  return [routine, optimise(routine)].map((one) => {
    const memories = new WeightMemories(one);
    const found: (number | undefined)[] = [];
    const visit = (ops: readonly Op[]) => {
      for (const op of ops) {
        if (op.kind === 'loop') visit(op.body);
        else if (op.kind === 'if') visit([...op.then, ...op.else]);
        else if (op.address) found.push(memories.paramOf(op.address));
      }
    };
    visit(one.body);
    return found;
  });
}

test('an address is in the weights that it was made of, by whichever way', () => {
  const found = accesses((k, { start, end, scratch }) => {
    const [a, b, plain] = [k.weightsParam(1), k.weightsParam(3), k.param(2)];
    k.store(at(scratch), k.loadI32(at(a)));
    k.store(at(plain), k.loadI32(at(k.sub(k.add(k.mul(start, 64), b), 8), 4)));
    const running = k.variable(k.add(a, plain));
    k.loop(start, end, 1, (i) => {
      k.store(at(running, i, 4), k.loadI32(at(plain, i, 4)));
      k.set(running, k.add(running, 64));
    });
    k.loop(k.add(b, 32), k.add(b, 64), 4, (i) => k.store(at(scratch), k.loadI32(at(i))));
    k.store(at(plain, k.op('copy', [b])), k.int(1));
  });
  const expected = [1, undefined, 3, undefined, undefined, 1, 3, undefined, 3];
  expect(found).toEqual([expected, expected]);
});

test('only parameters that are read count', () => {
  const routine = routineOf((k, { scratch }) => {
    k.weightsParam(5);
    k.store(at(scratch), k.loadI32(at(k.weightsParam(2))));
    k.store(at(scratch), k.loadI32(at(k.param(3))));
  });
  expect(new WeightMemories(routine).params).toEqual([2, 5]);
  expect(new WeightMemories(optimise(routine)).params).toEqual([2]);
});

test('what no more says where it is is refused, by the name of the routine', () => {
  const refused = (body: (k: Builder, inputs: RoutineInputs) => void, what: string) => {
    expect(() => accesses(body)).toThrow(`tried: ${what} of weights that says no more where`);
  };
  refused((k) => k.and(k.weightsParam(0), -64), 'and_int');
  refused((k) => k.mul(k.weightsParam(0), 2), 'mul_int');
  refused((k) => k.sub(k.int(9), k.weightsParam(0)), 'sub_int');
  refused((k) => k.add(k.weightsParam(0), k.weightsParam(1)), 'add_int');
  refused((k) => k.min(k.weightsParam(0), k.param(1)), 'min_int');
  refused((k) => k.loadI32(at(k.weightsParam(0), k.weightsParam(1))), 'an address');
  refused((k) => k.loadI32(at(k.param(0), k.weightsParam(1), 4)), 'an address');
  refused((k) => {
    const x = k.variable(k.weightsParam(0));
    k.set(x, k.param(1));
  }, 'a variable');
  refused((k) => {
    const x = k.variable(k.param(1));
    k.set(x, k.weightsParam(0));
  }, 'a variable');
  refused((k) => {
    const x = k.variable(k.weightsParam(0));
    k.set(x, k.weightsParam(1));
  }, 'a variable');
});
