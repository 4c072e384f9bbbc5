/**
 * Allocated instructions to code: the entry saves the caller's registers and makes the stack frame,
 * on a cache line; the exit undoes both. On every system the routine is called with
 * rdi args, rsi start, rdx end, rcx scratch, and keeps rbx, rbp, rsp, r12-r15.
 */
import { at, type Memory } from './memory-operand.ts';
import type { Output } from './output.ts';
import { gp64, rax, rsp, tmm } from './registers.ts';
import { isTile, tileConfiguration } from './tiles.ts';
import type {
  MachineOperand,
  MemoryForm,
  VirtualInstruction,
  VirtualMemory,
  VirtualOperand,
  VirtualRegister,
} from './virtual-instruction.ts';

/** rdi, rsi, rdx, rcx */
export const inputRegisters = [7, 6, 2, 1] as const;
const kept = [3, 5, 12, 13, 14, 15];
/** All but rsp, those first that need not be saved. rax is free on entry. */
export const gpOrder = [0, 8, 9, 10, 11, 1, 2, 6, 7, ...kept];

export function emitRoutine(
  out: Output,
  instructions: readonly VirtualInstruction[],
  registers: ReadonlyMap<number, number>,
  frameBytes: number,
  tileDepth: number,
): void {
  const gpUsed = new Set<number>();
  const machine = (register: VirtualRegister): MachineOperand => {
    const index = registers.get(register.id);
    if (index === undefined) throw new Error(`v${register.id} has no register`);
    if (register.type === 'int') return gp64[index];
    return register.type.startsWith('tile') ? tmm[index] : out.full(index);
  };
  for (const { operands } of instructions) {
    for (const operand of operands) {
      if (typeof operand === 'object' && operand.kind === 'register' && operand.type === 'int') {
        gpUsed.add(registers.get(operand.id) as number);
      }
    }
  }
  const saved = kept.filter((index) => gpUsed.has(index));

  for (const index of saved) out.emit('push', gp64[index]);
  if (frameBytes > 0) makeFrame(out, frameBytes);
  const hasTiles = instructions.some(({ operands }) => operands.some(isTile));
  if (hasTiles) out.emit('ldtilecfg', out.assembler.constant(tileConfiguration(tileDepth)));
  for (const { operands, memoryForm, emit } of instructions) {
    emit(
      out,
      operands.map((operand) => lower(operand, memoryForm, out, machine)),
    );
  }
  if (hasTiles) out.emit('tilerelease');
  if (frameBytes > 0) out.emit('mov', rsp, at(rsp, { disp: savedRspAt(frameBytes) }));
  for (const index of saved.toReversed()) out.emit('pop', gp64[index]);
  out.emit('vzeroupper');
  out.emit('ret');
}

function savedRspAt(frameBytes: number): number {
  return Math.ceil(frameBytes / 8) * 8;
}

function makeFrame(out: Output, frameBytes: number): void {
  const size = savedRspAt(frameBytes) + 8;
  const pageBytes = 4096;
  out.emit('mov', rax, rsp);
  // Windows gives a thread its stack page by page, in order.
  for (let below = pageBytes; below < size; below += pageBytes) {
    out.emit('mov', at(rsp, { disp: -below }), rax);
  }
  out.emit('sub', rsp, size);
  out.emit('and', rsp, -64);
  out.emit('mov', at(rsp, { disp: savedRspAt(frameBytes) }), rax);
}

function lower(
  operand: VirtualOperand,
  form: MemoryForm | undefined,
  out: Output,
  machine: (register: VirtualRegister) => MachineOperand,
): MachineOperand {
  if (typeof operand === 'number') return operand;
  if (operand.kind === 'register') return machine(operand);
  return lowerMemory(operand, form, out, machine);
}

function lowerMemory(
  { base, index, scale, disp, isBroadcast }: VirtualMemory,
  form: MemoryForm | undefined,
  out: Output,
  machine: (register: VirtualRegister) => MachineOperand,
): Memory<'plain'> {
  if (base.kind === 'constant') return out.constant(base, form ?? 'full');
  if (base.kind === 'slot') return at(rsp, { disp: base.offsetBytes });
  const place = at(machine(base) as typeof rax, {
    ...(index && { index: machine(index) as typeof rax, scale }),
    disp,
  });
  return isBroadcast ? place.broadcast() : place;
}
