import { expect, test } from 'vitest';
import { traits16 } from '../../../test/compiler/try-op.ts';
import { at, type Builder, buildRoutine, type RoutineInputs } from './builder.ts';
import type { Loop, Op, Routine, Simple, Value } from './types.ts';
import { verify } from './verifier.ts';

function routine(body: (k: Builder, inputs: RoutineInputs) => void): Routine {
  return buildRoutine('tried', traits16, body);
}
/** The routine with its last operation changed as no builder would. */
function withLast(made: Routine, change: Partial<Simple> & Partial<Loop>): Routine {
  const last = { ...made.body.at(-1)!, ...change } as Op;
  return { ...made, body: [...made.body.slice(0, -1), last] };
}

test('what the builder makes is well formed', () => {
  verify(
    routine((k, { args, start, end, scratch }) => {
      const sum = k.variable(k.f32x(0));
      k.loop(start, end, 4, (i) => {
        k.if(i, 'lt', 8, () => k.set(sum, k.add(sum, k.load('f32x', at(args, i, 4)))));
      });
      k.store(at(scratch), sum);
      k.op('tile_store', [k.op('tile_zero')], { address: at(scratch), imm: 64 });
    }),
  );
});

test('a value is read only after it was made, and within its block', () => {
  const made = routine((k) => k.add(k.int(1), k.int(2)));
  verify(made);
  const early = { ...made, body: made.body.toReversed() };
  expect(() => verify(early)).toThrow('tried: %6:int = add_int %4, %5: %4 is not there yet');
  for (const kind of ['loop', 'then', 'index'] as const) {
    const late = routine((k) => {
      let inner: Value | undefined;
      const block = () => {
        inner = k.int(1);
      };
      if (kind === 'loop') k.loop(0, 1, 1, block);
      if (kind === 'then') k.if(k.int(0), 'eq', 0, block);
      if (kind === 'index') {
        k.loop(0, 1, 1, (i) => {
          inner = i;
        });
      }
      k.add(inner!, 1);
    });
    expect(() => verify(late)).toThrow('is not there yet');
  }
  const otherBranch = routine((k) => {
    let inner: Value | undefined;
    k.if(
      k.int(0),
      'eq',
      0,
      () => {
        inner = k.variable(1);
      },
      () => k.add(inner!, 1),
    );
  });
  expect(() => verify(otherBranch)).toThrow('is not there yet');
});

test('only a variable is assigned twice, and never a loop’s index or end inside it', () => {
  const twice = routine((k) => {
    k.int(1);
    k.int(1);
  });
  const { result } = twice.body[0] as Simple;
  expect(() => verify(withLast(twice, { result }))).toThrow('%4 is no variable');
  const index = routine((k) => k.loop(0, 8, 1, (i) => k.set(i, k.int(3))));
  expect(() => verify(index)).toThrow('copy %7: %6 is a loop’s index or end');
  const end = routine((k) => {
    const limit = k.variable(8);
    k.loop(0, limit, 1, () => k.set(limit, k.int(3)));
  });
  expect(() => verify(end)).toThrow('is a loop’s index or end');
});

test('types are those of the table', () => {
  const sum = routine((k) => k.add(k.int(1), k.int(2)));
  expect(() => verify(withLast(sum, { op: 'add_f32' }))).toThrow('argument 0 is int, not f32');
  expect(() => verify(withLast(sum, { op: 'sum' }))).toThrow('no such operation');
  expect(() => verify(withLast(sum, { args: [] }))).toThrow('takes 2 arguments');
  expect(() => verify(withLast(sum, { result: undefined }))).toThrow('result is missing');
  const wrong: Value = { id: 6, type: 'f32', isVariable: false };
  expect(() => verify(withLast(sum, { result: wrong }))).toThrow('the result is f32, not int');
  const twoTypes: Value = { id: 4, type: 'f32', isVariable: false };
  expect(() => verify(withLast(sum, { result: twoTypes }))).toThrow('the result is f32');
  const mixed = routine((k) => k.and(k.i32x(1), k.i32x(2)));
  const f32x: Value = { ...wrong, type: 'f32x' };
  expect(() => verify(withLast(mixed, { result: f32x }))).toThrow('the result is f32x');
  const splat = routine((k, { args }) => k.loadSplat('i32x', at(args)));
  const i8x: Value = { id: 4, type: 'i8x', isVariable: false };
  expect(() => verify(withLast(splat, { result: i8x }))).toThrow('the result is i8x');
  const copied = routine((k) => k.op('copy', [k.int(1)]));
  const f32: Value = { id: 5, type: 'f32', isVariable: false };
  expect(() => verify(withLast(copied, { result: f32 }))).toThrow('int into f32');
  expect(() => verify(routine((k) => k.op('as_i8x', [k.int(1)])))).toThrow('argument 0 is int');
});

test('addresses, numbers and bytes are where the table has them, and in range', () => {
  const load = routine((k, { args }) => k.load('f32x', at(args)));
  const { address } = load.body[0] as Simple;
  const f32: Value = { id: 4, type: 'f32', isVariable: false };
  const number = routine((k, { args }) => k.op('load_u8', [], { address: at(args) }));
  expect(() => verify(withLast(load, { address: undefined }))).toThrow('address is missing');
  expect(() => verify(withLast(load, { imm: 1 }))).toThrow('takes no imm');
  expect(() => verify(withLast(load, { bytes: new Uint8Array(4) }))).toThrow('takes no bytes');
  expect(() => verify(withLast(load, { address: { ...address!, disp: 2 ** 31 } }))).toThrow(
    'the displacement is 2147483648',
  );
  const floatBase = routine((k) => {
    k.f32(0);
    k.loadU8({ ...address!, base: f32 });
  });
  expect(() => verify(floatBase)).toThrow('the base is f32');
  verify(number);
  expect(() => verify(routine((k) => k.shl(k.int(1), 32)))).toThrow('imm 32 is out of range');
  expect(() => verify(routine((k) => k.shl(k.splatOf('i16x', 1), 16)))).toThrow('imm 16');
  expect(() => verify(routine((k) => k.int(0.5)))).toThrow('imm 0.5 is out of range');
  expect(() => verify(routine((k) => k.constant128('i8x', new Uint8Array(3))))).toThrow(
    '3 bytes do not fill a vector',
  );
});

test('a loop steps forward by whole numbers', () => {
  for (const step of [0, -1, 0.5]) {
    expect(() => verify(routine((k) => k.loop(0, 8, step, () => {})))).toThrow(
      `the step is ${step}`,
    );
  }
});

test('tiles are refused where the target has none', () => {
  const made = routine((k) => k.op('tile_zero'));
  expect(() => verify({ ...made, traits: { ...traits16, hasTiles: false } })).toThrow(
    'test has no tiles',
  );
});
