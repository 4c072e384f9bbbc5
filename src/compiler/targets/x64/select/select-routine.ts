/**
 * Chooses instructions for a routine, in order. Loops are bottom-tested behind a check on entry,
 * their heads aligned; constants used inside are loaded in front of the outermost one. Refused: an
 * operation that no file of this folder knows.
 */
import { isOpName, type OpName } from '../../../ir/ops-table.ts';
import type { Branch, Condition, Loop, Op, Routine, Simple, Value } from '../../../ir/types.ts';
import { inputRegisters } from '../emit-routine.ts';
import type { Mnemonic } from '../encodings-table.ts';
import { loadConstant } from '../moves.ts';
import type { Gp } from '../registers.ts';
import type { NewShort } from '../spill-registers.ts';
import type { X64Features } from '../traits.ts';
import type { VirtualInstruction, VirtualRegister } from '../virtual-instruction.ts';
import { dotOps } from './dot-ops.ts';
import { f32Ops } from './f32-ops.ts';
import { intOps } from './int-ops.ts';
import { copyOp, memoryOps, type Place } from './memory-ops.ts';
import { reduceOps } from './reduce-ops.ts';
import { Selector } from './selector.ts';
import { tileOps } from './tile-ops.ts';
import { canWait, countUses } from './uses.ts';
import { vectorOps } from './vector-ops.ts';

export interface Selected {
  readonly instructions: VirtualInstruction[];
  readonly newShort: NewShort;
}

const selectors: Partial<Record<OpName, (s: Selector, op: Simple, place: Place) => void>> = {
  ...intOps,
  ...f32Ops,
  ...memoryOps,
  ...vectorOps,
  ...dotOps,
  ...reduceOps,
  ...tileOps,
  ...{ copy: copyOp, as_i8x: copyOp, as_i16x: copyOp, as_i32x: copyOp, as_f32x: copyOp },
};

export function selectRoutine(routine: Routine, features: X64Features): Selected {
  const s = new Selector(features);
  const { inputs, body } = routine;
  const registers = inputs.map((value, i) =>
    s.define(value, s.newRegister('int', { fixed: inputRegisters[i] })),
  );
  s.push('dddd', registers, () => {});
  new RoutineSelection(s, countUses(body), inputs[0]).block(body);
  const newShort: NewShort = ({ type, fixed }, isInput) =>
    s.newRegister(type, { isShort: true, ...(isInput && fixed !== undefined && { fixed }) });
  return { instructions: s.instructions, newShort };
}

const jumps: Record<Condition, Mnemonic & `j${string}`> = {
  ...{ lt: 'jl', le: 'jle', eq: 'jz', ne: 'jnz', ge: 'jge', gt: 'jg' },
};
const opposite: Record<Condition, Condition> = {
  ...{ lt: 'ge', le: 'gt', eq: 'ne', ne: 'eq', ge: 'lt', gt: 'le' },
};
/** a < b is b > a. */
const swapped: Record<Condition, Condition> = {
  ...{ lt: 'gt', le: 'ge', eq: 'eq', ne: 'ne', ge: 'le', gt: 'lt' },
};

class RoutineSelection {
  readonly #s: Selector;
  readonly #uses: ReadonlyMap<number, number>;
  readonly #args: Value;
  #numLabels = 0;

  constructor(s: Selector, uses: ReadonlyMap<number, number>, args: Value) {
    this.#s = s;
    this.#uses = uses;
    this.#args = args;
  }

  block(ops: readonly Op[]): void {
    ops.forEach((op, i) => {
      if (op.kind === 'loop') this.#loop(op);
      else if (op.kind === 'if') this.#branch(op);
      else this.#simple(op, ops, i);
    });
    this.#s.assertNothingWaits();
  }

  #simple(op: Simple, block: readonly Op[], at: number): void {
    const s = this.#s;
    const place: Place = {
      canWait: (address) => canWait(block, at, this.#uses, (v) => s.resolve(v), address),
      args: this.#args,
    };
    const select = isOpName(op.op) ? selectors[op.op] : undefined;
    if (!select) throw new Error(`x64: no instructions for ${op.op}`);
    select(s, op, place);
  }

  #loop({ index, start, end, step, body }: Loop): void {
    const s = this.#s;
    const [from, to] = [s.knownInt(start), s.knownInt(end)];
    const isKnown = from !== undefined && to !== undefined;
    if (isKnown && from >= to) return;
    const [head, exit] = [this.#numLabels++, this.#numLabels++];
    const register = s.define(index);
    s.moveInto(register, start);
    if (!isKnown) this.#compare(index, 'ge', end, exit);

    const isOutermost = s.hoisted === undefined;
    const constants: Map<string, VirtualRegister> = s.hoisted ?? new Map();
    s.hoisted = constants;
    const at = s.instructions.length;
    const note = ` loop, v${index.id} += ${step}`;
    const emitHead: VirtualInstruction['emit'] = (out) => {
      out.assembler.align(32);
      out.bind(head, note);
    };
    s.instructions.push({
      ...{ roles: '', operands: [], memoryForm: undefined },
      emit: emitHead,
      mark: 'loop',
    });
    this.block(body);
    s.push('x', [register], (out, [i]) => out.emit('add', i as Gp, step));
    this.#compare(index, 'lt', end, head, 'end');
    s.push('', [], (out) => out.bind(exit));
    if (isOutermost) {
      s.instructions.splice(at, 0, ...[...constants.values()].map(loadOf));
      s.hoisted = undefined;
    }
  }

  #branch({ left, condition, right, then, else: otherwise }: Branch): void {
    const s = this.#s;
    const [notThen, end] = [this.#numLabels++, this.#numLabels++];
    this.#compare(left, opposite[condition], right, notThen);
    this.block(then);
    if (otherwise.length > 0) s.push('', [], (out) => out.emit('jmp', out.label(end)));
    s.push('', [], (out) => out.bind(notThen));
    this.block(otherwise);
    if (otherwise.length > 0) s.push('', [], (out) => out.bind(end));
  }

  /** Compares and jumps. */
  #compare(left: Value, condition: Condition, right: Value, label: number, mark?: 'end'): void {
    const s = this.#s;
    const isSwapped = s.knownInt(left) !== undefined && s.knownInt(right) === undefined;
    const [a, b] = isSwapped ? [right, left] : [left, right];
    const jump = jumps[isSwapped ? swapped[condition] : condition];
    s.instructions.push({
      roles: 'uU',
      operands: [s.register(a), s.int(b)],
      memoryForm: 'int',
      emit(out, [a, b]) {
        out.emit('cmp', a, b);
        out.emit(jump, out.label(label));
      },
      ...(mark && { mark }),
    });
  }
}

function loadOf(register: VirtualRegister): VirtualInstruction {
  if (!register.constant) throw new Error('only constants are hoisted');
  return loadConstant(register, register.constant);
}
