/**
 * A set of strings that a finite automaton recognises: patterns, formats, ranges of numbers, names
 * of properties. Can be met with another, complemented, found empty; every state leads on to an
 * end. Refuses (TooComplex) what needs too many states or too much work.
 */

import { charactersOf } from '../code-points.ts';
import type { CodePointRange } from '../grammar.ts';
import { ClosureSearch } from './closure-search.ts';
import { anyChar, type Expression, times } from './expression.ts';
import { Nfa } from './nfa.ts';
import { groupsOf, refine } from './partition.ts';
import { TooComplex } from './too-complex.ts';

const maxStates = 2048;
const none = -1;

export interface LanguageParts {
  /** Every code point is in exactly one group; characters of one group are alike to the automaton. */
  readonly groups: readonly (readonly CodePointRange[])[];
  /** (states, groups): the next state, or -1. State 0 is the start. */
  readonly table: readonly Int32Array[];
  readonly isFinal: readonly boolean[];
}

export class Language {
  readonly groups: LanguageParts['groups'];
  readonly table: LanguageParts['table'];
  readonly isFinal: LanguageParts['isFinal'];

  readonly isEmpty: boolean;

  /** Takes out states that lead to no end; the start stays. */
  constructor({ groups, table, isFinal }: LanguageParts) {
    const isUseful = usefulStates(table, isFinal);
    this.isEmpty = !isUseful[0];
    isUseful[0] = true;
    const kept = [...isUseful.keys()].filter((state) => isUseful[state]);
    const renamed = new Int32Array(table.length).fill(none);
    kept.forEach((state, i) => {
      renamed[state] = i;
    });
    this.groups = groups;
    this.table = kept.map((state) => table[state].map((to) => (to === none ? none : renamed[to])));
    this.isFinal = kept.map((state) => isFinal[state]);
  }

  static of(expression: Expression): Language {
    const nfa = new Nfa(expression);
    const { groups, groupsIn } = groupsOf(nfa.sets);
    const search = new ClosureSearch(nfa);
    const names = new Map<string, number>();
    const [table, isFinal, sets]: [Int32Array[], boolean[], number[][]] = [[], [], []];
    const stateOf = (nodes: number[], isStart: boolean): number => {
      const closed = search.closure(nodes, isStart, false);
      const key = `${isStart ? '^' : ''}${closed.join(' ')}`;
      let state = names.get(key);
      if (state === undefined) {
        state = sets.length;
        if (state >= maxStates) throw new TooComplex(`needs more than ${maxStates} states`);
        names.set(key, state);
        sets.push(closed);
        isFinal.push(search.closure(closed, isStart, true).includes(nfa.final));
        table.push(new Int32Array(groups.length).fill(none));
      }
      return state;
    };
    stateOf([nfa.start], true);
    for (let state = 0; state < sets.length; state++) {
      const targets: number[][] = groups.map(() => []);
      for (const node of sets[state]) {
        const edge = nfa.edges[node];
        if (edge !== undefined)
          for (const group of groupsIn[edge.set]) targets[group].push(edge.to);
      }
      targets.forEach((nodes, group) => {
        if (nodes.length > 0) table[state][group] = stateOf(nodes, false);
      });
    }
    return new Language({ groups, table, isFinal });
  }

  static readonly everything: Language = Language.of(times(anyChar, 0));

  /** Exactly these texts. */
  static ofWords(words: readonly string[]): Language {
    const chars = [...new Set(words.flatMap((word) => [...word]))];
    const { groups, groupsIn } = groupsOf(chars.map((char) => charactersOf(char)));
    const groupOf = new Map(chars.map((char, i) => [char, groupsIn[i][0]]));
    const table = [new Int32Array(groups.length).fill(none)];
    const isFinal = [false];
    for (const word of words) {
      let state = 0;
      for (const char of word) {
        const group = groupOf.get(char) as number;
        let to = table[state][group];
        if (to === none) {
          to = table.push(new Int32Array(groups.length).fill(none)) - 1;
          if (to >= maxStates) throw new TooComplex(`needs more than ${maxStates} states`);
          table[state][group] = to;
          isFinal.push(false);
        }
        state = to;
      }
      isFinal[state] = true;
    }
    return new Language({ groups, table, isFinal });
  }

  /** Texts of that many characters. */
  static ofLength(min: number, max: number | undefined): Language {
    return Language.of(times(anyChar, min, max));
  }

  accepts(text: string): boolean {
    let state = 0;
    for (const char of text) {
      const point = char.codePointAt(0) as number;
      const group = this.groups.findIndex((ranges) =>
        ranges.some(([first, last]) => first <= point && point <= last),
      );
      state = this.table[state][group];
      if (state === none) return false;
    }
    return this.isFinal[state] && !this.isEmpty;
  }

  and(other: Language): Language {
    const { groups, pairs } = refine(this.groups, other.groups);
    const names = new Map<number, number>();
    const states: [number, number][] = [];
    const table: Int32Array[] = [];
    const stateOf = (a: number, b: number): number => {
      const key = a * other.table.length + b;
      let state = names.get(key);
      if (state === undefined) {
        state = states.length;
        if (state >= maxStates) throw new TooComplex(`needs more than ${maxStates} states`);
        names.set(key, state);
        states.push([a, b]);
      }
      return state;
    };
    stateOf(0, 0);
    for (let state = 0; state < states.length; state++) {
      const [a, b] = states[state];
      table.push(
        Int32Array.from(pairs, ([groupA, groupB]) => {
          const [toA, toB] = [this.table[a][groupA], other.table[b][groupB]];
          return toA === none || toB === none ? none : stateOf(toA, toB);
        }),
      );
    }
    const isFinal = states.map(([a, b]) => this.isFinal[a] && other.isFinal[b]);
    return new Language({ groups, table, isFinal });
  }

  complement(): Language {
    const sink = this.table.length;
    const table = this.table.map((row) => row.map((to) => (to === none ? sink : to)));
    table.push(new Int32Array(this.groups.length).fill(sink));
    const isFinal = [...this.isFinal.map((is) => !is), true];
    return this.isEmpty
      ? Language.everything
      : new Language({ groups: this.groups, table, isFinal });
  }

  /** Characters of the shortest text; infinite where there is none. */
  get minLength(): number {
    if (this.isEmpty) return Number.POSITIVE_INFINITY;
    let states = new Set([0]);
    for (let length = 0; ; length++) {
      if ([...states].some((state) => this.isFinal[state])) return length;
      states = new Set([...states].flatMap((state) => [...this.table[state]].filter(isState)));
    }
  }

  /** Characters of the longest text; infinite where there is none. */
  get maxLength(): number {
    let states = new Set([0]);
    for (let length = 0; length <= this.table.length; length++) {
      const next = new Set([...states].flatMap((state) => [...this.table[state]].filter(isState)));
      if (next.size === 0) return length;
      states = next;
    }
    return Number.POSITIVE_INFINITY;
  }
}

const isState = (to: number) => to !== none;

/** The states that lead to an end. */
function usefulStates(table: readonly Int32Array[], isFinal: readonly boolean[]): boolean[] {
  const from: number[][] = table.map(() => []);
  table.forEach((row, state) => {
    for (const to of row) if (to !== none) from[to].push(state);
  });
  const isUseful = isFinal.map(() => false);
  const queue = [...isFinal.keys()].filter((state) => isFinal[state]);
  for (const state of queue) isUseful[state] = true;
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    for (const before of from[state]) {
      if (isUseful[before]) continue;
      isUseful[before] = true;
      queue.push(before);
    }
  }
  return isUseful;
}
