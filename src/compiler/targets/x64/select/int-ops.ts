/**
 * Instructions of the operations on int. Those of x64 change their first source; which source that
 * is gets decided when registers are known, so that moves are rare.
 */
import type { OpName } from '../../../ir/ops-table.ts';
import type { Simple, Value } from '../../../ir/types.ts';
import type { Mnemonic } from '../encodings-table.ts';
import { at } from '../memory-operand.ts';
import { emitMove } from '../moves.ts';
import type { Output } from '../output.ts';
import type { Gp } from '../registers.ts';
import type { Emit, MachineOperand } from '../virtual-instruction.ts';
import type { Selector } from './selector.ts';

type Select = (s: Selector, op: Simple) => void;
type Three = readonly [d: Gp<'r64'>, a: Gp<'r64'>, b: MachineOperand];

function withMove(out: Output, mnemonic: Mnemonic, [d, a, b]: Three): void {
  emitMove(out, 'int', d, a);
  out.emit(mnemonic, d, b);
}

const emitAdd: Emit = (out, operands) => {
  const [d, a, b] = operands as Three;
  if (typeof b === 'number') {
    if (d !== a) out.emit('lea', d, at(a, { disp: b }));
    else if (b !== 0) out.emit('add', d, b);
  } else if (d === b) out.emit('add', d, a);
  else if (d === a || 'disp' in b) withMove(out, 'add', [d, a, b]);
  else out.emit('lea', d, at(a, { index: b as Gp<'r64'> }));
};

const emitSub: Emit = (out, operands) => {
  const [d, a, b] = operands as Three;
  if (d !== b || d === a) return withMove(out, 'sub', [d, a, b]);
  out.emit('neg', d);
  out.emit('add', d, a);
};

const emitMul: Emit = (out, operands) => {
  const [d, a, b] = operands as Three;
  if (typeof b === 'number') out.emit('imul', d, a, b);
  else commutative('imul')(out, operands);
};

function commutative(mnemonic: Mnemonic): Emit {
  return (out, operands) => {
    const [d, a, b] = operands as Three;
    if (d === b) out.emit(mnemonic, d, a);
    else withMove(out, mnemonic, [d, a, b]);
  };
}

/** `move` overwrites d where the other one is the answer. */
function extreme(move: 'cmovl' | 'cmovg'): Emit {
  return (out, operands) => {
    const [d, a, b] = operands as Three;
    const other = d === b ? a : b;
    if (d !== b) emitMove(out, 'int', d, a);
    out.emit('cmp', d, other);
    out.emit(move, d, other);
  };
}

function binary(emit: Emit, { isCommutative = true, hasImmediate = true } = {}): Select {
  return (s, op) => {
    let [a, b] = op.args;
    if (isCommutative && s.knownInt(a) !== undefined) [a, b] = [b, a];
    const right = hasImmediate ? s.int(b) : s.register(b);
    s.push('dhH', [s.result(op), s.register(a), right], emit, 'int');
  };
}

function shift(mnemonic: 'shl' | 'shr' | 'sar'): Select {
  return (s, op) => {
    const count = op.imm as number;
    s.push('dh', [s.result(op), s.register(op.args[0])], (out, [d, a]) => {
      if (mnemonic === 'shl' && count === 1 && d !== a) {
        out.emit('lea', d as Gp, at(a as Gp<'r64'>, { index: a as Gp<'r64'> }));
        return;
      }
      emitMove(out, 'int', d, a);
      out.emit(mnemonic, d as Gp, count);
    });
  };
}

export const intOps = {
  const_int: (s, op) => s.setInt(op.result as Value, op.imm as number),
  add_int: binary(emitAdd),
  sub_int: binary(emitSub, { isCommutative: false }),
  mul_int: binary(emitMul),
  and_int: binary(commutative('and')),
  or_int: binary(commutative('or')),
  xor_int: binary(commutative('xor')),
  min_int: binary(extreme('cmovg'), { hasImmediate: false }),
  max_int: binary(extreme('cmovl'), { hasImmediate: false }),
  shl_int: shift('shl'),
  shr_int: shift('shr'),
  sar_int: shift('sar'),
} satisfies Partial<Record<OpName, Select>>;
