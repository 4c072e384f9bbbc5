import { expect, test } from 'vitest';
import type { Access } from '../../compiler/kernel.ts';
import type { Memory } from '../../compiler/lowering.ts';
import { Dependencies } from './dependencies.ts';

const [a, b] = [{}, {}];
const part = (allocation: object, start: number, end: number): Memory => ({
  ...{ allocation, offsetBytes: start, sizeBytes: end - start },
});

/** Whether the second use of the memory waits for the first. */
function waits(first: [Memory, Access], second: [Memory, Access]): boolean {
  const dependencies = new Dependencies();
  dependencies.add(...first);
  return dependencies.conflicts(...second);
}

test('only two reads of the same memory go side by side', () => {
  const same = part(a, 0, 8);
  const pairs = (['in', 'out', 'inout'] as const).flatMap((first) =>
    (['in', 'out', 'inout'] as const).map((second) => [first, second] as const),
  );
  const together = pairs.filter(([first, second]) => !waits([same, first], [same, second]));
  expect(together).toEqual([['in', 'in']]);
});

test('memory that only touches, or lies elsewhere, does not matter', () => {
  expect(waits([part(a, 0, 8), 'out'], [part(a, 8, 16), 'out'])).toBe(false);
  expect(waits([part(a, 8, 16), 'out'], [part(a, 0, 8), 'out'])).toBe(false);
  expect(waits([part(a, 0, 8), 'out'], [part(b, 0, 8), 'out'])).toBe(false);
  expect(waits([part(a, 0, 9), 'out'], [part(a, 8, 16), 'in'])).toBe(true);
  expect(waits([part(a, 4, 5), 'in'], [part(a, 0, 16), 'out'])).toBe(true);
});

test('after a barrier nothing before it counts, and what follows does', () => {
  const dependencies = new Dependencies();
  dependencies.add(part(a, 0, 8), 'inout');
  dependencies.barrier();
  expect(dependencies.conflicts(part(a, 0, 8), 'inout')).toBe(false);
  dependencies.add(part(a, 4, 6), 'in');
  expect(dependencies.conflicts(part(a, 0, 8), 'in')).toBe(false);
  expect(dependencies.conflicts(part(a, 5, 6), 'out')).toBe(true);
});
