import { expect, test } from 'vitest';
import { bodyAfter } from '../../../test/compiler/print-body.ts';
import { at, type Builder } from '../ir/builder.ts';
import type { Value } from '../ir/types.ts';
import { foldConstants } from './fold-constants.ts';

/** What is stored of a value made of an unknown one, %4, and the line that made it. */
function lastOf(make: (k: Builder, x: Value) => Value): string[] {
  return bodyAfter(foldConstants, (k, { args }) => {
    const x = k.loadI32(at(args));
    k.op('store_i32', [make(k, x)], { address: at(args) });
  }).slice(-2);
}

test('arithmetic on constants is done', () => {
  const cases: [(k: Builder) => Value, number][] = [
    [(k) => k.add(k.int(3), 4), 7],
    [(k) => k.sub(k.int(3), 4), -1],
    [(k) => k.mul(k.int(-3), 4), -12],
    [(k) => k.min(k.int(3), 4), 3],
    [(k) => k.max(k.int(3), 4), 4],
    [(k) => k.and(k.int(6), 3), 2],
    [(k) => k.or(k.int(6), 3), 7],
    [(k) => k.xor(k.int(6), 3), 5],
    [(k) => k.shl(k.int(-3), 4), -48],
    [(k) => k.shr(k.int(48), 4), 3],
    [(k) => k.sar(k.int(48), 4), 3],
    [(k) => k.mul(k.add(k.int(1), 1), k.op('copy', [k.int(5)])), 10],
  ];
  for (const [make, expected] of cases) {
    expect(lastOf(make)[0]).toMatch(new RegExp(`= const_int ${expected}$`));
  }
});

test('bits beyond 31 are left to the target', () => {
  expect(lastOf((k) => k.and(k.int(-1), 3))[0]).toContain('and_int');
  expect(lastOf((k) => k.shr(k.int(-16), 1))[0]).toContain('shr_int');
  expect(lastOf((k) => k.mul(k.int(2 ** 40), 2 ** 40))[0]).toContain('mul_int');
});

test('what changes nothing is gone, and a power of two is a shift', () => {
  for (const make of [
    (k: Builder, x: Value) => k.add(x, 0),
    (k: Builder, x: Value) => k.add(k.int(0), x),
    (k: Builder, x: Value) => k.sub(x, 0),
    (k: Builder, x: Value) => k.mul(x, 1),
    (k: Builder, x: Value) => k.or(x, 0),
    (k: Builder, x: Value) => k.xor(x, 0),
    (k: Builder, x: Value) => k.op('shl_int', [x], { imm: 0 }),
    (k: Builder, x: Value) => k.op('copy', [k.op('copy', [x])]),
  ]) {
    expect(lastOf(make)[1]).toBe('store_i32 [%0], %4');
  }
  expect(lastOf((k, x) => k.mul(x, 16))[0]).toMatch(/= shl_int %4, 4$/);
  expect(lastOf((k, x) => k.mul(k.int(2), x))[0]).toMatch(/= shl_int %4, 1$/);
  expect(lastOf((k, x) => k.mul(x, 0))[0]).toMatch(/= const_int 0$/);
  expect(lastOf((k, x) => k.mul(x, 12))[0]).toContain('mul_int');
  expect(lastOf((k, x) => k.mul(x, -2))[0]).toContain('mul_int');
});

test('a variable is copied, not followed, and what is set stays set', () => {
  const lines = bodyAfter(foldConstants, (k, { args, end }) => {
    const n = k.variable(5);
    const before = k.add(n, 0);
    k.set(n, k.add(end, 0));
    k.op('store_i32', [before], { address: at(args) });
    k.op('store_i32', [k.add(n, 1)], { address: at(args) });
  });
  expect(lines).toEqual([
    '%4:int = const_int 5',
    '%5:int = const_int 5',
    '%6:int = const_int 0',
    '%7:int = copy %5',
    '%8:int = const_int 0',
    '%5:int = copy %2',
    'store_i32 [%0], %7',
    '%10:int = const_int 1',
    '%11:int = add_int %5, %10',
    'store_i32 [%0], %11',
  ]);
});

test('a loop’s index is as good as constant inside it', () => {
  const lines = bodyAfter(foldConstants, (k, { args, end }) => {
    k.loop(0, end, 1, (i) => k.op('store_i32', [k.mul(i, 1)], { address: at(args) }));
  });
  expect(lines.at(-2)).toBe('  store_i32 [%0], %5');
});

test('a branch whose way is known is that way, and a loop that never runs is none', () => {
  const put = (k: Builder, address: Value, value: Value) => () =>
    k.op('store_i32', [value], { address: at(address) });
  const sides = (['lt', 'le', 'eq', 'ne', 'ge', 'gt'] as const).map((condition) =>
    bodyAfter(foldConstants, (k, { args, start, end }) => {
      k.if(k.int(1), condition, 1, put(k, args, start), put(k, args, end));
      k.loop(3, 3, 1, put(k, args, end));
    }).filter((line) => line.includes('store') || line.includes('loop')),
  );
  const [yes, no] = ['store_i32 [%0], %1', 'store_i32 [%0], %2'];
  expect(sides).toEqual([[no], [yes], [yes], [no], [yes], [no]]);
  const open = bodyAfter(foldConstants, (k, { args, start, end }) => {
    k.if(start, 'lt', k.mul(end, 1), put(k, args, k.add(start, 0)));
  });
  expect(open.slice(-3)).toEqual(['if %1 < %2 {', '  store_i32 [%0], %1', '}']);
});
