import { expect, test } from 'vitest';
import { bodyAfter } from '../../../test/compiler/print-body.ts';
import { at } from '../ir/builder.ts';
import { mergeCopies } from './merge-copies.ts';

test('an update is one operation, in loops and branches too', () => {
  const lines = bodyAfter(mergeCopies, (k, { start, end }) => {
    const sum = k.variable(k.add(start, end));
    k.loop(start, end, 1, (i) => {
      k.if(i, 'lt', end, () => k.set(sum, k.add(sum, i)));
    });
  });
  expect(lines).toEqual([
    ...['%5:int = add_int %1, %2', 'loop %6 = %1 … %2 step 1 {', '  if %6 < %2 {'],
    ...['    %5:int = add_int %5, %6', '  }', '}'],
  ]);
});

test('a value that is used elsewhere, is a variable, or was made earlier is copied', () => {
  const lines = bodyAfter(mergeCopies, (k, { args, end }) => {
    const used = k.add(end, end);
    const first = k.variable(used);
    k.op('store_i32', [used], { address: at(args) });
    k.variable(first);
    const early = k.sub(end, end);
    k.prefetch(at(args));
    k.variable(early);
    const address = k.add(args, end);
    k.variable(address);
    k.prefetch(at(address));
  });
  expect(lines.filter((line) => line.includes('copy'))).toHaveLength(4);
});
