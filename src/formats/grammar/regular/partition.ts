/** Groups of characters that an automaton never tells apart. Together they are all code points. */
import { normalRanges } from '../code-points.ts';
import type { CodePointRange } from '../grammar.ts';
import { TooComplex } from './too-complex.ts';

type Groups = readonly (readonly CodePointRange[])[];
const maxGroups = 1000;
const endOfCodePoints = 0x110000;

/** Groups for these sets, and for each set the groups that it consists of. */
export function groupsOf(sets: Groups): { groups: Groups; groupsIn: number[][] } {
  const normal = sets.map(normalRanges);
  const { groups, keys } = group(normal.map((ranges, i) => ranges.map((r) => [r, i] as const)));
  const groupsIn: number[][] = normal.map(() => []);
  keys.forEach((key, i) => {
    for (const setId of key) groupsIn[setId].push(i);
  });
  return { groups, groupsIn };
}

/** Groups that both partitions consist of, each with its group in either. */
export function refine(a: Groups, b: Groups): { groups: Groups; pairs: [number, number][] } {
  const label = (list: Groups, first: number) =>
    list.map((ranges, i) => ranges.map((range) => [range, first + i] as const));
  const { groups, keys } = group([...label(a, 0), ...label(b, a.length)]);
  return { groups, pairs: keys.map(([x, y]) => [x, y - a.length]) };
}

/** A sweep over all ends of ranges: stretches between them under the same sets are one group. */
function group(sets: readonly (readonly (readonly [CodePointRange, number])[])[]) {
  const changes: { at: number; set: number; isBegin: boolean }[] = [];
  for (const [[first, last], set] of sets.flat()) {
    changes.push({ at: first, set, isBegin: true }, { at: last + 1, set, isBegin: false });
  }
  changes.sort((a, b) => a.at - b.at);
  const active = new Set<number>();
  const names = new Map<string, number>();
  const groups: CodePointRange[][] = [];
  const keys: number[][] = [];
  const close = (first: number, end: number) => {
    if (first >= end) return;
    const key = [...active].sort((a, b) => a - b);
    const name = key.join(' ');
    let id = names.get(name);
    if (id === undefined) {
      id = groups.push([]) - 1;
      if (id >= maxGroups)
        throw new TooComplex(`tells more than ${maxGroups} kinds of characters apart`);
      names.set(name, id);
      keys.push(key);
    }
    groups[id].push([first, end - 1]);
  };
  let from = 0;
  for (const { at, set, isBegin } of changes) {
    close(from, at);
    from = Math.max(from, at);
    if (isBegin) active.add(set);
    else active.delete(set);
  }
  close(from, endOfCodePoints);
  return { groups, keys };
}
