/** Nodes of an automaton that are reached without a character. Refuses too much work. */
import type { Nfa } from './nfa.ts';
import { TooComplex } from './too-complex.ts';

/** Nodes looked at, all searches together. */
const maxWork = 500_000;

export class ClosureSearch {
  readonly #nfa: Nfa;
  readonly #marks: Uint32Array;
  #round = 0;
  #work = 0;

  constructor(nfa: Nfa) {
    this.#nfa = nfa;
    this.#marks = new Uint32Array(nfa.empty.length);
  }

  /** Sorted. */
  closure(nodes: readonly number[], isStart: boolean, isEnd: boolean): number[] {
    this.#round++;
    const { empty, atStart, atEnd } = this.#nfa;
    const found: number[] = [];
    const visit = (node: number) => {
      if (this.#marks[node] === this.#round) return;
      this.#marks[node] = this.#round;
      found.push(node);
    };
    for (const node of nodes) visit(node);
    for (let i = 0; i < found.length; i++) {
      const node = found[i];
      for (const to of empty[node]) visit(to);
      if (isStart) for (const to of atStart[node]) visit(to);
      if (isEnd) for (const to of atEnd[node]) visit(to);
    }
    this.#work += found.length;
    if (this.#work > maxWork) throw new TooComplex('needs too much work');
    return found.sort((a, b) => a - b);
  }
}
