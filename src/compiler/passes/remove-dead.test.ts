import { expect, test } from 'vitest';
import { bodyAfter } from '../../../test/compiler/print-body.ts';
import { at } from '../ir/builder.ts';
import { removeDead } from './remove-dead.ts';

test('results nobody reads go, and with them what only they read', () => {
  const lines = bodyAfter(removeDead, (k, { args }) => {
    const x = k.loadI32(at(args, k.int(3)));
    k.mul(k.add(x, 1), x);
    k.op('store_i32', [k.int(7)], { address: at(args) });
  });
  expect(lines).toEqual(['%9:int = const_int 7', 'store_i32 [%0], %9']);
});

test('a variable that only sets itself goes, with its loop and its branch', () => {
  const lines = bodyAfter(removeDead, (k, { end }) => {
    const sum = k.variable(0);
    k.loop(0, end, 1, (i) => {
      k.if(
        i,
        'lt',
        4,
        () => k.set(sum, k.add(sum, i)),
        () => {},
      );
    });
  });
  expect(lines).toEqual([]);
});

test('what a later turn of the loop reads stays', () => {
  const lines = bodyAfter(removeDead, (k, { args, end }) => {
    const [now, next] = [k.variable(0), k.variable(1)];
    k.loop(0, end, 1, (i) => {
      k.op('store_i32', [now], { address: at(args, i, 4) });
      k.set(now, next);
      k.set(next, k.add(next, i));
    });
  });
  expect(lines.filter((line) => line.includes('='))).toHaveLength(9);
});

test('effects stay: stores, prefetches, and the tests that lead to them', () => {
  const lines = bodyAfter(removeDead, (k, { args, start, end }) => {
    k.if(
      start,
      'ne',
      end,
      () => {},
      () => k.prefetch(at(args, 8)),
    );
    k.op('tile_store', [k.op('tile_zero')], { address: at(args), imm: 64 });
    k.op('tile_load_a', [], { address: at(args), imm: 64 });
  });
  expect(lines).toEqual([
    ...['if %1 != %2 {', '} else {', '  prefetch [%0 + 8]', '}'],
    ...['%4:tile = tile_zero', 'tile_store [%0], %4, 64'],
  ]);
});
