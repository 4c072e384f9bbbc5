/**
 * a · b + c and c − a · b in one instruction, for f32 and vectors. Which of its three forms is
 * taken depends on which source has the result's register, and which is in memory.
 */
import type { Mnemonic } from '../encodings-table.ts';
import { Memory } from '../memory-operand.ts';
import { emitMove } from '../moves.ts';
import type { Output } from '../output.ts';
import { Vector } from '../registers.ts';
import type { Emit, MachineOperand } from '../virtual-instruction.ts';

/** Operands (d, a, b, c). The digits say which of (d, second, third) are factors and which is added. */
export function emitFma(name: 'vfmadd', lanes: 'ss'): Emit;
export function emitFma(name: 'vfmadd' | 'vfnmadd', lanes: 'ps'): Emit;
export function emitFma(name: 'vfmadd' | 'vfnmadd', lanes: 'ps' | 'ss'): Emit {
  const view = (out: Output, operand: MachineOperand) =>
    lanes === 'ss' ? out.x(operand) : operand;
  return (out, [d, a, b, c]) => {
    const emit = (form: '132' | '213' | '231', second: MachineOperand, third: MachineOperand) => {
      const mnemonic = `${name}${form}${lanes}` as Mnemonic;
      out.emit(mnemonic, view(out, d), view(out, second), view(out, third));
    };
    const type = lanes === 'ss' ? 'f32' : 'vector';
    const isInD = (o: MachineOperand) => o instanceof Vector && o.index === (d as Vector).index;
    if (c instanceof Memory) {
      const [first, second] = isInD(b) ? [b, a] : [a, b];
      emitMove(out, type, d, first);
      emit('213', second, c);
      return;
    }
    const [first, second] = a instanceof Memory ? [b, a] : [a, b];
    if (isInD(first) && !isInD(c)) {
      if (second instanceof Memory) emit('132', c, second);
      else emit('213', second, c);
    } else if (isInD(second) && !isInD(c)) emit('213', first, c);
    else {
      emitMove(out, type, d, c);
      emit('231', first, second);
    }
  };
}
