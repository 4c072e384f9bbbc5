/** Which loads may be done later, as part of the operation that uses them. */
import { expect, test } from 'vitest';
import { at, type Builder, buildRoutine, type RoutineInputs } from '../../../ir/builder.ts';
import type { Value } from '../../../ir/types.ts';
import { x64Traits } from '../traits.ts';
import { canWait, countUses } from './uses.ts';

const traits = x64Traits({ avx512: true, avx512Vnni: true, avxVnni: false, amx: false });

/** Whether the first load of the body may wait. */
function loadWaits(body: (k: Builder, inputs: RoutineInputs, load: () => Value) => void): boolean {
  const routine = buildRoutine('waits', traits, (k, inputs) => {
    body(k, inputs, () => k.load('f32x', at(inputs.args)));
  });
  const index = routine.body.findIndex((op) => op.kind === 'op' && op.op === 'load');
  return canWait(routine.body, index, countUses(routine.body), (value) => value);
}
const put = (k: Builder, { scratch }: RoutineInputs, value: Value) => k.store(at(scratch), value);

test('a load waits for its only use, through other names', () => {
  expect(loadWaits((k, inputs, load) => put(k, inputs, k.add(load(), k.f32x(1))))).toBe(true);
  expect(
    loadWaits((k, inputs, load) => {
      const codes = k.as('i8x', k.as('i32x', load()));
      put(k, inputs, k.op('add_i8x', [codes, k.splatOf('i8x', 1)]));
    }),
  ).toBe(true);
});

test('a load with two uses, or none, does not', () => {
  const twice = loadWaits((k, inputs, load) => {
    const x = load();
    put(k, inputs, k.mul(x, x));
  });
  expect(twice).toBe(false);
  expect(
    loadWaits((k, inputs, load) => {
      const codes = k.as('i32x', load());
      put(k, inputs, codes);
      put(k, inputs, codes);
    }),
  ).toBe(false);
  expect(loadWaits((_k, _inputs, load) => load())).toBe(false);
});

test('nor does one with a store, a loop or a branch before its use', () => {
  const across = (between: (k: Builder, inputs: RoutineInputs) => void) =>
    loadWaits((k, inputs, load) => {
      const x = load();
      between(k, inputs);
      put(k, inputs, x);
    });
  expect(across((k, inputs) => k.prefetch(at(inputs.args, 64)))).toBe(true);
  expect(across((k, inputs) => k.store(at(inputs.args, 64), k.int(1)))).toBe(false);
  expect(across((k) => k.loop(0, 4, 1, () => {}))).toBe(false);
  expect(across((k, { start, end }) => k.if(start, 'lt', end, () => {}))).toBe(false);
});

test('nor one whose address changes before its use', () => {
  const moving = (isBefore: boolean) =>
    loadWaits((k, inputs) => {
      const place = k.variable(inputs.args);
      const x = k.load('f32x', at(place));
      if (!isBefore) put(k, inputs, x);
      k.set(place, k.add(place, 64));
      if (isBefore) put(k, inputs, x);
    });
  expect(moving(false)).toBe(true);
  expect(moving(true)).toBe(false);
});
