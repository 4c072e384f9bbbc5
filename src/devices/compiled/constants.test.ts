import { expect, test } from 'vitest';
import { allocationOf } from './allocation.ts';
import { Constants } from './constants.ts';
import { InterpreterMachine } from './interpreter-machine.ts';

test('a table is written once, and is the same memory for the same key', () => {
  const constants = new Constants(new InterpreterMachine());
  let numMade = 0;
  const bytesOf = (first: number) => () => {
    numMade++;
    return Uint8Array.of(first, 2, 3);
  };
  const [a, b] = ['a', 'b'].map((key, i) => constants.get(key, bytesOf(i)));
  expect(constants.get('a', bytesOf(9))).toBe(a);
  expect(numMade).toBe(2);
  expect([a, b].map((memory) => [...allocationOf(memory).u8()])).toEqual([
    [0, 2, 3],
    [1, 2, 3],
  ]);
});
