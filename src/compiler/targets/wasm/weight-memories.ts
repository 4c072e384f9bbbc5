/**
 * Which of a routine's ints are addresses of weights, and of which parameter: what is made of one by
 * adding or taking away a number, by copying, or as the index of a loop that begins there. Refused:
 * anything else made of such an address, but storing and comparing it, and a variable that is one
 * here and something else there.
 */
import type { Address, Op, Routine, Simple, Value } from '../../ir/types.ts';

export class WeightMemories {
  readonly #routine: Routine;
  /** By the ids of values. */
  readonly #paramOf = new Map<number, number>();
  readonly #read = new Set<number>();
  /** Variables that are no such address. */
  readonly #plain = new Set<number>();

  constructor(routine: Routine) {
    this.#routine = routine;
    if (routine.weightParams.length > 0) this.#visit(routine.body);
  }

  /** Parameters of weights that the routine reads, in ascending order. */
  get params(): readonly number[] {
    return this.#routine.weightParams.filter((param) => this.#read.has(param));
  }

  /** Undefined for what lies in the memory of everything else. */
  paramOf({ base, index, scale }: Address): number | undefined {
    const [ofBase, ofIndex] = [base, index].map((value) => value && this.#paramOf.get(value.id));
    if (ofIndex === undefined) return ofBase;
    if (ofBase !== undefined || scale !== 1) throw this.#misuse('an address');
    return ofIndex;
  }

  #visit(body: readonly Op[]): void {
    for (const op of body) {
      if (op.kind === 'loop') {
        this.#define(op.index, this.#paramOf.get(op.start.id));
        this.#visit(op.body);
      } else if (op.kind === 'if') {
        this.#visit(op.then);
        this.#visit(op.else);
      } else if (op.result?.type === 'int') {
        this.#define(op.result, this.#madeBy(op));
      }
    }
  }

  #madeBy({ op, args, imm }: Simple): number | undefined {
    if (op === 'param_int') {
      if (!this.#routine.weightParams.includes(imm as number)) return undefined;
      this.#read.add(imm as number);
      return imm;
    }
    const [a, b] = args.map((arg) => this.#paramOf.get(arg.id));
    if (a === undefined && b === undefined) return undefined;
    if (op === 'copy' || (op === 'sub_int' && b === undefined)) return a;
    if (op === 'add_int' && (a === undefined || b === undefined)) return a ?? b;
    throw this.#misuse(op);
  }

  #define({ id, isVariable }: Value, param: number | undefined): void {
    const isOther = param === undefined ? this.#paramOf.has(id) : this.#plain.has(id);
    const before = this.#paramOf.get(id);
    if (isOther || (before !== undefined && before !== param)) throw this.#misuse('a variable');
    if (param !== undefined) this.#paramOf.set(id, param);
    else if (isVariable) this.#plain.add(id);
  }

  #misuse(what: string): Error {
    return new Error(`${this.#routine.name}: ${what} of weights that says no more where they are`);
  }
}
