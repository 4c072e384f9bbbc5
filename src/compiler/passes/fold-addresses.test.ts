import { expect, test } from 'vitest';
import { bodyAfter } from '../../../test/compiler/print-body.ts';
import { at, type Builder, type RoutineInputs } from '../ir/builder.ts';
import type { Address } from '../ir/types.ts';
import { foldAddresses } from './fold-addresses.ts';

function addressOf(make: (k: Builder, inputs: RoutineInputs) => Address): string {
  const lines = bodyAfter(foldAddresses, (k, inputs) => k.loadU8(make(k, inputs)));
  return /\[.*\]/.exec(lines.at(-1)!)![0];
}

test('constants of base and index are displacement', () => {
  expect(addressOf((k, { args }) => at(k.add(args, 64)))).toBe('[%0 + 64]');
  expect(addressOf((k, { args }) => at(k.add(k.int(64), args), 4))).toBe('[%0 + 68]');
  expect(addressOf((k, { args }) => at(k.sub(k.add(args, 64), 100)))).toBe('[%0 - 36]');
  expect(addressOf((k, { args, end }) => at(args, k.add(end, 3), 4, 8))).toBe('[%0 + %2*4 + 20]');
  expect(addressOf((k, { args, end }) => at(args, k.sub(end, 3), 4))).toBe('[%0 + %2*4 - 12]');
  expect(addressOf((k, { args }) => at(args, k.int(5), 8, 1))).toBe('[%0 + 41]');
});

test('a sum is base and index, a shift is scale', () => {
  expect(addressOf((k, { args, end }) => at(k.add(args, end), 8))).toBe('[%0 + %2 + 8]');
  expect(addressOf((k, { args, end }) => at(args, k.shl(end, 3)))).toBe('[%0 + %2*8]');
  expect(addressOf((k, { args, end }) => at(args, k.shl(end, 1), 4))).toBe('[%0 + %2*8]');
  expect(addressOf((k, { args, end }) => at(k.add(k.shl(end, 2), args)))).toBe('[%0 + %2*4]');
  const all = addressOf((k, { args, end }) => at(k.add(k.add(args, k.shl(k.add(end, 2), 2)), 8)));
  expect(all).toBe('[%0 + %2*4 + 16]');
});

test('what an address has no room for stays as it is', () => {
  const shifted = addressOf((k, { args, end }) => at(args, k.shl(end, 2), 4));
  expect(shifted).toBe('[%0 + %4*4]');
  const three = addressOf((k, { args, start, end }) => at(k.add(args, end), start));
  expect(three).toBe('[%4 + %1]');
  expect(addressOf((k, { args }) => at(k.add(args, 0x10000)))).toBe('[%5]');
  const twice = addressOf((k, { args }) => at(k.add(args, 0xff00), 0x100));
  expect(twice).toBe('[%5 + 256]');
});

test('no sum of a variable is taken apart, but one of a loop’s index is', () => {
  const variable = addressOf((k, { args }) => {
    const pointer = k.variable(k.op('copy', [args]));
    const moved = k.add(pointer, 64);
    k.set(pointer, k.add(pointer, 1));
    return at(moved);
  });
  expect(variable).toBe('[%7]');
  const lines = bodyAfter(foldAddresses, (k, { args, end }) => {
    k.loop(0, end, 1, (i) => k.loadU8(at(args, k.add(i, 1), 4)));
  });
  expect(lines.at(-2)).toContain('load_u8 [%0 + %5*4 + 4]');
});
