/**
 * The types on WebAssembly's stack while a function is emitted, as the specification's validation
 * algorithm keeps them: a wrong operand is found at the line that emits it, not by a runtime that
 * refuses the module and names a byte offset. Errors here are our bugs, so plain Errors.
 */
import type { ValueType } from './opcodes-table.ts';

/** What branches name and `end` closes: the object that block, loop or if returned. */
export class Label {
  readonly kind: 'function' | 'block' | 'loop' | 'if';
  readonly results: readonly ValueType[];

  constructor(kind: Label['kind'], results: readonly ValueType[]) {
    this.kind = kind;
    this.results = results;
  }

  /** A branch to a loop goes to its start, which takes nothing. */
  get branchOperands(): readonly ValueType[] {
    return this.kind === 'loop' ? [] : this.results;
  }
}

/** `any`: nothing runs after a branch, so a missing operand may be whatever is wanted. */
export type Operand = ValueType | 'any';

interface Frame {
  readonly label: Label;
  readonly height: number;
  isUnreachable: boolean;
  hasElse: boolean;
}

export class OperandStack {
  readonly #operands: Operand[] = [];
  readonly #frames: Frame[] = [];
  readonly #where: (instruction: string) => string;

  /** `where` says in words which function and instruction an error is about. */
  constructor(where: (instruction: string) => string) {
    this.#where = where;
  }

  get isFinished(): boolean {
    return this.#frames.length === 0;
  }

  apply(instruction: string, operands: readonly Operand[], results: readonly Operand[]): void {
    if (this.#areOnTop(operands)) this.#operands.length -= operands.length;
    else this.pop(instruction, operands);
    for (const result of results) this.#operands.push(result);
  }

  /** The types that were there, topmost last. */
  pop(instruction: string, expected: readonly Operand[]): Operand[] {
    const { height, isUnreachable } = this.#frame(instruction);
    const from = Math.max(height, this.#operands.length - expected.length);
    const found = this.#operands.slice(from);
    const numMissing = expected.length - found.length;
    const isRight =
      (numMissing === 0 || isUnreachable) &&
      found.every((type, i) => fits(type, expected[numMissing + i]));
    if (!isRight) throw this.#mismatch(instruction, expected, found);
    this.#operands.length = from;
    return [...Array<Operand>(numMissing).fill('any'), ...found];
  }

  /** Nothing behind this runs, until the innermost label's else or end. */
  becomeUnreachable(instruction: string): void {
    const frame = this.#frame(instruction);
    frame.isUnreachable = true;
    this.#operands.length = frame.height;
  }

  open(label: Label): Label {
    const height = this.#operands.length;
    this.#frames.push({ label, height, isUnreachable: false, hasElse: false });
    return label;
  }

  /** How many labels lie between here and this one: the number a branch is encoded with. */
  depthOf(instruction: string, label: Label): number {
    const index = this.#frames.findLastIndex((frame) => frame.label === label);
    if (index < 0) {
      throw new Error(`${this.#where(instruction)}: the label is not open here`);
    }
    return this.#frames.length - 1 - index;
  }

  else(label: Label): void {
    const frame = this.#closing('else', label);
    if (label.kind !== 'if' || frame.hasElse) {
      throw new Error(`${this.#where('else')}: expected an open if, found ${found(frame)}`);
    }
    frame.hasElse = true;
    frame.isUnreachable = false;
  }

  end(label: Label): void {
    const frame = this.#closing('end', label);
    if (label.kind === 'if' && label.results.length > 0 && !frame.hasElse) {
      throw new Error(`${this.#where('end')}: an if that gives [${label.results}] needs an else`);
    }
    this.#frames.pop();
    this.#operands.push(...label.results);
  }

  /** Exactly these, in the innermost frame: the usual case, seen without making anything. */
  #areOnTop(operands: readonly Operand[]): boolean {
    const from = this.#operands.length - operands.length;
    const frame = this.#frames.at(-1);
    if (!frame || from < frame.height) return false;
    for (let i = 0; i < operands.length; i++) {
      if (this.#operands[from + i] !== operands[i]) return false;
    }
    return true;
  }

  /** The innermost frame, which must be `label`'s and hold its results and nothing else. */
  #closing(instruction: string, label: Label): Frame {
    const frame = this.#frame(instruction);
    if (frame.label !== label) {
      throw new Error(`${this.#where(instruction)}: the innermost open label is another one`);
    }
    const numOperands = this.#operands.length - frame.height;
    if (numOperands > label.results.length) {
      const left = this.#operands.slice(frame.height);
      throw this.#mismatch(instruction, label.results, left);
    }
    this.pop(instruction, label.results);
    return frame;
  }

  #frame(instruction: string): Frame {
    const frame = this.#frames.at(-1);
    if (!frame) throw new Error(`${this.#where(instruction)}: the function is finished`);
    return frame;
  }

  #mismatch(instruction: string, expected: readonly Operand[], found: readonly Operand[]): Error {
    return new Error(
      `${this.#where(instruction)}: expected [${expected.join(' ')}] on the stack, ` +
        `found [${found.join(' ')}]`,
    );
  }
}

const found = (frame: Frame) => `${frame.label.kind}${frame.hasElse ? ' with an else' : ''}`;

function fits(found: Operand, expected: Operand): boolean {
  return found === expected || found === 'any' || expected === 'any';
}
