import { expect, test } from 'vitest';
import { outI8, outI32, run } from '../../../test/compiler/try-op.ts';
import { at } from './builder.ts';

test('loops count from start to before end by their step, branches go one way', () => {
  const view = run((k, { start, end, scratch }) => {
    const [count, sum] = [k.variable(0), k.variable(0)];
    k.loop(start, end, 3, (index) => {
      k.loop(end, start, 1, () => k.set(count, k.int(100)));
      k.set(count, k.add(count, 1));
      k.set(sum, k.add(sum, index));
    });
    k.store(at(scratch), count);
    k.store(at(scratch, 4), sum);
    const conditions = ['lt', 'le', 'eq', 'ne', 'ge', 'gt'] as const;
    const pairs = [
      [1, 2],
      [2, 2],
      [2, 1],
    ];
    conditions.forEach((condition, n) => {
      pairs.forEach(([left, right], bit) => {
        const put = (value: number) => () =>
          k.op('store_i8', [k.int(value)], { address: at(scratch, 8 + 3 * n + bit) });
        k.if(k.int(left), condition, right, put(1), put(0));
      });
    });
  });
  expect(outI32(view, 2)).toEqual([2, 3 + 6]);
  expect(outI8(view, 26).slice(8).join('')).toBe('100' + '110' + '010' + '101' + '011' + '001');
});
