/** Moves between registers, the stack frame and the pool of constants, for each kind of register. */

import { Memory } from './memory-operand.ts';
import type { Output } from './output.ts';
import { type Gp, Tile, type Vector } from './registers.ts';
import type {
  Constant,
  MachineOperand,
  RegisterType,
  VirtualInstruction,
  VirtualMemory,
  VirtualRegister,
} from './virtual-instruction.ts';

/** Nothing where both are the same register. */
export function emitMove(
  out: Output,
  type: RegisterType,
  to: MachineOperand,
  from: MachineOperand,
): void {
  if (to instanceof Tile) {
    if (to !== from) throw new Error('a tile cannot be moved: write the variable itself');
  } else if (type === 'int') emitIntMove(out, to as Gp<'r64'>, from);
  else if (from instanceof Memory) {
    if (type === 'f32') out.emit('vmovss', out.x(to), from);
    else out.emit('vmovups', to, from);
  } else if ((to as Vector).index !== (from as Vector).index) {
    if (type === 'f32') out.emit('vmovaps', out.x(to), out.x(from));
    else out.emit('vmovaps', to, from);
  }
}

function emitIntMove(out: Output, to: Gp<'r64'>, from: MachineOperand): void {
  if (typeof from !== 'number') {
    if (to !== from) out.emit('mov', to, from);
  } else if (from === 0) out.emit('xor', out.r32(to), out.r32(to));
  else if (from > 0 && from < 2 ** 32) out.emit('mov', out.r32(to), from);
  else out.emit('mov', to, from);
}

const memoryForms = { int: 'int', f32: 'scalar', vector: 'full' } as const;

export function move(
  to: VirtualRegister,
  from: VirtualRegister | VirtualMemory | number,
): VirtualInstruction {
  return {
    roles: 'dH',
    operands: [to, from],
    memoryForm: to.type in memoryForms ? memoryForms[to.type as 'int'] : undefined,
    emit: (out, [d, s]) => emitMove(out, to.type, d, s),
    isMove: true,
  };
}

export function store(to: VirtualMemory, from: VirtualRegister): VirtualInstruction {
  const emit: VirtualInstruction['emit'] = (out, [place, s]) => {
    if (from.type === 'int') out.emit('mov', place, s);
    else if (from.type === 'f32') out.emit('vmovss', place, out.x(s));
    else out.emit('vmovups', place, s);
  };
  return { roles: 'uu', operands: [to, from], memoryForm: undefined, emit };
}

export function loadConstant(to: VirtualRegister, constant: Constant): VirtualInstruction {
  return {
    roles: 'd',
    operands: [to],
    memoryForm: undefined,
    emit(out, [d]) {
      if (to.type === 'int') emitIntMove(out, d as Gp<'r64'>, intOf(constant));
      else out.loadConstant(d, constant, to.type);
    },
  };
}

export function intConstant(value: number): Constant {
  return { kind: 'constant', bytes: new Uint8Array(BigInt64Array.of(BigInt(value)).buffer) };
}

function intOf({ bytes }: Constant): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true));
}
