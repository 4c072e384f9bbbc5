import { expect, test } from 'vitest';
import { traits16 } from '../../../test/compiler/try-op.ts';
import { at, buildRoutine } from './builder.ts';
import { print } from './printer.ts';

test('a routine prints an operation a line, blocks indented', () => {
  const routine = buildRoutine('scale', traits16, (k, { start, end }) => {
    k.reserve(100);
    const [x, two] = [k.param(0), k.f32x(2)];
    k.loop(start, end, 4, (i) => {
      const y = k.load('f32x', at(x, i, 4, 64));
      const sum = k.variable(y);
      k.if(
        i,
        'ge',
        0,
        () => k.set(sum, k.fma(y, two, sum)),
        () => k.prefetch(at(x, -8)),
      );
      k.store(at(x, i), sum);
    });
    k.op('tile_zero');
    k.shl(x, 3);
  });
  expect(print(routine)).toBe(`\
scale(args %0, start %1, end %2, scratch %3) for test, 128 bytes of scratch {
  %4:int = param_int 0
  %5:f32x = const_x 0x00000040
  loop %6 = %1 … %2 step 4 {
    %7:f32x = load [%4 + %6*4 + 64]
    %8:f32x = copy %7
    %9:int = const_int 0
    if %6 >= %9 {
      %10:f32x = fma_f32x %7, %5, %8
      %8:f32x = copy %10
    } else {
      prefetch [%4 - 8]
    }
    store [%4 + %6], %8
  }
  %11:tile = tile_zero
  %12:int = shl_int %4, 3
}
`);
});
