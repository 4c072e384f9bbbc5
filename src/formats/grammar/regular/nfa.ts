/** An expression as a non-deterministic automaton (Thompson's construction). Refuses what is too large. */
import type { CodePointRange } from '../grammar.ts';
import type { Expression } from './expression.ts';
import { TooComplex } from './too-complex.ts';

const maxNodes = 20_000;

export class Nfa {
  /** Per node: where it leads without a character; with one of a set; at the text's start or end only. */
  readonly empty: number[][] = [];
  readonly edges: ({ readonly set: number; readonly to: number } | undefined)[] = [];
  readonly atStart: number[][] = [];
  readonly atEnd: number[][] = [];
  readonly sets: (readonly CodePointRange[])[] = [];
  readonly start: number;
  readonly final: number;
  readonly #setIds = new Map<string, number>();

  constructor(expression: Expression) {
    this.start = this.#node();
    this.final = this.#add(expression, this.start);
  }

  #node(): number {
    if (this.empty.length >= maxNodes) throw new TooComplex('is too long when written out');
    this.edges.push(undefined);
    this.atStart.push([]);
    this.atEnd.push([]);
    return this.empty.push([]) - 1;
  }

  /** Adds what the expression matches behind `from`; the node where it ends. */
  #add(expression: Expression, from: number): number {
    switch (expression.kind) {
      case 'set': {
        const [middle, to] = [this.#node(), this.#node()];
        this.empty[from].push(middle);
        this.edges[middle] = { set: this.#set(expression.ranges), to };
        return to;
      }
      case 'concat':
        return expression.items.reduce((at, item) => this.#add(item, at), from);
      case 'either': {
        const ends = expression.options.map((option) => {
          const begin = this.#node();
          this.empty[from].push(begin);
          return this.#add(option, begin);
        });
        const to = this.#node();
        for (const end of ends) this.empty[end].push(to);
        return to;
      }
      case 'repeat':
        return this.#repeat(expression, from);
      case 'start':
      case 'end': {
        const to = this.#node();
        (expression.kind === 'start' ? this.atStart : this.atEnd)[from].push(to);
        return to;
      }
    }
  }

  #repeat({ item, min, max }: Extract<Expression, { kind: 'repeat' }>, from: number): number {
    let at = from;
    for (let i = 0; i < min; i++) at = this.#add(item, at);
    if (max === undefined) {
      const loop = this.#node();
      this.empty[at].push(loop);
      const begin = this.#node();
      this.empty[loop].push(begin);
      this.empty[this.#add(item, begin)].push(loop);
      const to = this.#node();
      this.empty[loop].push(to);
      return to;
    }
    const leaves = [at];
    for (let i = min; i < max; i++) {
      at = this.#add(item, at);
      leaves.push(at);
    }
    const to = this.#node();
    for (const leave of leaves) this.empty[leave].push(to);
    return to;
  }

  #set(ranges: readonly CodePointRange[]): number {
    const key = ranges.join(' ');
    let id = this.#setIds.get(key);
    if (id === undefined) {
      id = this.sets.push(ranges) - 1;
      this.#setIds.set(key, id);
    }
    return id;
  }
}
