import { expect, test } from 'vitest';
import { countCores } from './physical-cores.ts';

/** Processors as [chip, core]. */
function cpuinfo(processors: readonly (readonly [number, number])[]): string {
  const block = ([chip, core]: readonly [number, number], i: number) =>
    `processor\t: ${i}\nmodel name\t: x\nphysical id\t: ${chip}\ncore id\t\t: ${core}\nflags\t\t: fma`;
  return `${processors.map(block).join('\n\n')}\n\n`;
}
const allowed = (list: string) => `Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t${list}\n`;

test('two threads of a core count once; the same number on another chip is another core', () => {
  const info = cpuinfo([
    [0, 0],
    [0, 1],
    [0, 0],
    [0, 1],
    [1, 0],
  ]);
  expect(countCores(info, allowed('0-4'))).toBe(3);
});

test('only processors that this process may use count', () => {
  const info = cpuinfo([
    [0, 0],
    [0, 1],
    [0, 2],
    [0, 3],
    [0, 0],
  ]);
  expect(countCores(info, allowed('0,2-3'))).toBe(3);
  expect(countCores(info, allowed('0,4'))).toBe(1);
  expect(countCores(info, 'no such line')).toBe(4);
});

test('a system that names no cores gives no number', () => {
  expect(countCores('processor\t: 0\nflags\t\t: fma\n\n', allowed('0'))).toBeUndefined();
  expect(countCores('', allowed('0'))).toBeUndefined();
});
