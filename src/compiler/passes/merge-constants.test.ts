import { expect, test } from 'vitest';
import { bodyAfter } from '../../../test/compiler/print-body.ts';
import { at } from '../ir/builder.ts';
import type { Routine } from '../ir/types.ts';
import { mergeConstants } from './merge-constants.ts';
import { mergeCopies } from './merge-copies.ts';

test('a constant or parameter is made once, at the start', () => {
  const lines = bodyAfter(mergeConstants, (k, { end }) => {
    k.loop(0, end, 1, () => {
      const [x, two] = [k.param(0), k.f32x(2)];
      k.store(at(x), k.mul(k.add(two, k.f32x(2)), k.splat(k.f32(2))));
      k.if(k.param(0), 'eq', 0, () => k.store(at(k.param(1)), k.paramF32(2)));
    });
  });
  expect(lines).toEqual([
    '%4:int = const_int 0',
    '%6:int = param_int 0',
    '%7:f32x = const_x 0x00000040',
    '%10:f32 = const_f32 2',
    '%15:int = param_int 1',
    '%16:f32 = param_f32 2',
    'loop %5 = %4 … %2 step 1 {',
    '  %9:f32x = add_f32x %7, %7',
    '  %11:f32x = splat_f32 %10',
    '  %12:f32x = mul_f32x %9, %11',
    '  store [%6], %12',
    '  if %6 == %4 {',
    '    store_f32 [%15], %16',
    '  }',
    '}',
  ]);
});

test('bytes that fill a vector alike are the same, types and zeros are not', () => {
  const lines = bodyAfter(mergeConstants, (k) => {
    k.constant128('i32x', new Uint8Array(4).fill(1));
    k.constant128('i32x', new Uint8Array(16).fill(1));
    k.constant128('i8x', new Uint8Array(4).fill(1));
    k.f32(0);
    k.f32(-0);
  });
  expect(lines.map((line) => line.split(' ')[0])).toEqual([
    ...['%4:i32x', '%6:i8x', '%7:f32', '%8:f32'],
  ]);
});

const copiesMerged = (routine: Routine) => mergeConstants(mergeCopies(routine));

test('what a variable is set to stays where it is set', () => {
  const lines = bodyAfter(copiesMerged, (k, { end }) => {
    const sum = k.variable(0);
    k.loop(1, end, 1, () => k.set(sum, k.int(1)));
  });
  expect(lines).toEqual([
    ...['%6:int = const_int 1', '%5:int = const_int 0', 'loop %7 = %6 … %2 step 1 {'],
    ...['  %5:int = const_int 1', '}'],
  ]);
});
