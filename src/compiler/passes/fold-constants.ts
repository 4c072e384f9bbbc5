/**
 * Does arithmetic of known ints now: constants of constants, x + 0, x · 1, x · 2ⁿ as a shift, copies
 * of what never changes, branches and loops whose way is known. Refused: anything through a
 * variable, whose value may be another by then, and f32, where targets round as they do.
 */
import type { Branch, Condition, Loop, Op, Routine, Simple, Value } from '../ir/types.ts';
import { loopIndices, withBranches, withOperands } from './operands.ts';

interface Facts {
  readonly indices: ReadonlySet<number>;
  /** Ints of one value. */
  readonly constants: Map<number, number>;
  /** Values that another one, made before, always equals. */
  readonly same: Map<number, Value>;
}

export function foldConstants(routine: Routine): Routine {
  const indices = loopIndices(routine.body);
  const facts: Facts = { indices, constants: new Map(), same: new Map() };
  return { ...routine, body: foldBlock(routine.body, facts) };
}

function foldBlock(block: readonly Op[], facts: Facts): readonly Op[] {
  return block.flatMap((op): readonly Op[] => {
    const known = (value: Value) => facts.same.get(value.id) ?? value;
    if (op.kind === 'loop') return foldLoop(withOperands(op, known), facts);
    if (op.kind === 'if') return foldBranch(withOperands(op, known), facts);
    return foldSimple(withOperands(op, known), facts);
  });
}

function foldLoop(loop: Loop, facts: Facts): readonly Op[] {
  const [start, end] = [facts.constants.get(loop.start.id), facts.constants.get(loop.end.id)];
  if (start !== undefined && end !== undefined && start >= end) return [];
  return [{ ...loop, body: foldBlock(loop.body, facts) }];
}

function foldBranch(branch: Branch, facts: Facts): readonly Op[] {
  const left = facts.constants.get(branch.left.id);
  const right = facts.constants.get(branch.right.id);
  if (left !== undefined && right !== undefined) {
    return foldBlock(holds(left, branch.condition, right) ? branch.then : branch.else, facts);
  }
  const [yes, no] = [foldBlock(branch.then, facts), foldBlock(branch.else, facts)];
  return [withBranches(branch, yes, no)];
}

function holds(left: number, condition: Condition, right: number): boolean {
  const order = Math.sign(left - right);
  const orders = { lt: [-1], le: [-1, 0], eq: [0], ne: [-1, 1], ge: [0, 1], gt: [1] };
  return orders[condition].includes(order);
}

function foldSimple(op: Simple, facts: Facts): readonly Op[] {
  const folded = simplified(op, facts);
  const result = op.result;
  if (result === undefined || result.isVariable) return [folded];
  if (folded.op === 'const_int') facts.constants.set(result.id, folded.imm!);
  if (folded.op === 'copy') {
    const [from] = folded.args;
    if (!from.isVariable || facts.indices.has(from.id)) {
      facts.same.set(result.id, from);
      return [];
    }
  }
  return [folded];
}

/** The same result by a simpler operation, if there is one. */
function simplified(op: Simple, { constants }: Facts): Simple {
  if (op.result?.type !== 'int' || op.args.length === 0) return op;
  const [x, y] = op.args;
  const [a, b] = [constants.get(x.id), y && constants.get(y.id)];
  const value = calculated(op, a, b);
  if (value !== undefined && Number.isSafeInteger(value)) {
    return { ...op, op: 'const_int', args: [], imm: value };
  }
  const copy = (of: Value): Simple => ({ ...op, op: 'copy', args: [of], imm: undefined });
  switch (op.op) {
    case 'add_int':
    case 'or_int':
    case 'xor_int':
      return b === 0 ? copy(x) : a === 0 ? copy(y) : op;
    case 'sub_int':
      return b === 0 ? copy(x) : op;
    case 'shl_int':
    case 'shr_int':
    case 'sar_int':
      return op.imm === 0 ? copy(x) : op;
    case 'mul_int': {
      const [factor, other] = a === undefined ? [b, x] : [a, y];
      if (factor === 1) return copy(other);
      const power = factor === undefined ? Number.NaN : Math.log2(factor);
      if (!Number.isInteger(power) || power < 1 || power > 31) return op;
      return { ...op, op: 'shl_int', args: [other], imm: power };
    }
    default:
      return op;
  }
}

/** Undefined where an operand is not known, or where targets differ. */
function calculated(op: Simple, a: number | undefined, b: number | undefined): number | undefined {
  if (op.op === 'mul_int' && (a === 0 || b === 0)) return 0;
  if (a === undefined) return undefined;
  if (op.op === 'copy') return a;
  const is31Bits = a >= 0 && a < 2 ** 31;
  if (op.op === 'shl_int') return a * 2 ** op.imm!;
  if (op.op === 'shr_int' || op.op === 'sar_int') {
    return is31Bits ? a >> op.imm! : undefined;
  }
  if (b === undefined) return undefined;
  const areBits = is31Bits && b >= 0 && b < 2 ** 31;
  switch (op.op) {
    case 'add_int':
      return a + b;
    case 'sub_int':
      return a - b;
    case 'mul_int':
      return a * b;
    case 'min_int':
      return Math.min(a, b);
    case 'max_int':
      return Math.max(a, b);
    case 'and_int':
      return areBits ? a & b : undefined;
    case 'or_int':
      return areBits ? a | b : undefined;
    case 'xor_int':
      return areBits ? a ^ b : undefined;
    default:
      return undefined;
  }
}
