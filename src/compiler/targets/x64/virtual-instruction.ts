/**
 * Machine instructions before registers are allocated: what select/ makes, live-intervals.ts and
 * allocate-registers.ts read, spill-registers.ts rewrites and emit-routine.ts emits. One of these
 * may come to several instructions, or to none: a move to where the value is already.
 */

import type { Memory, Scale } from './memory-operand.ts';
import type { Output } from './output.ts';
import type { Gp, Tile, Vector } from './registers.ts';

export type RegisterType = 'int' | 'f32' | 'vector' | 'tile' | 'tile_a' | 'tile_b';

/** A register that is not yet one of the machine's. */
export interface VirtualRegister {
  readonly kind: 'register';
  readonly id: number;
  readonly type: RegisterType;
  /** The machine's register it must be in: the routine's inputs. */
  readonly fixed: number | undefined;
  /** It holds this and nothing else, so it need not be stored to be forgotten. */
  readonly constant: Constant | undefined;
  /** Lives around one instruction only: never spilled. */
  readonly isShort: boolean;
}

/**
 * A vector that repeats `bytes`, the fewest that do. A f32 is a vector of which one lane counts,
 * an int 8 bytes.
 */
export interface Constant {
  readonly kind: 'constant';
  readonly bytes: Uint8Array;
}

/** A place of the stack frame. */
export interface Slot {
  readonly kind: 'slot';
  readonly offsetBytes: number;
}

export interface VirtualMemory {
  readonly kind: 'memory';
  readonly base: VirtualRegister | Slot | Constant;
  readonly index: VirtualRegister | undefined;
  readonly scale: Scale;
  readonly disp: number;
  /** One element of 4 bytes for every lane. */
  readonly isBroadcast: boolean;
}

export type VirtualOperand = VirtualRegister | VirtualMemory | number;

/** What `emit` is given: vectors at full width. */
export type MachineOperand = Gp<'r64'> | Vector | Tile | Memory<'plain'> | number;

/**
 * What the memory operand of an instruction may be: a whole vector; a whole vector or one element
 * for all lanes; one f32; 8 bytes.
 */
export type MemoryForm = 'full' | 'broadcast' | 'scalar' | 'int';

/**
 * A letter an operand:
 *   d  defined, after all others are read
 *   u  used                              U  the same, and may be in memory
 *   h  used; best in d's register        H
 *   l  used, after d may be overwritten  L
 *   x  used and defined
 *   t  overwritten before anything is read
 * At most one operand of an instruction is in memory.
 */
export interface VirtualInstruction {
  readonly roles: string;
  readonly operands: readonly VirtualOperand[];
  readonly memoryForm: MemoryForm | undefined;
  readonly emit: Emit;
  /** Where loops begin and end. */
  readonly mark?: 'loop' | 'end';
  readonly isMove?: boolean;
}

export type Emit = (out: Output, operands: readonly MachineOperand[]) => void;

export function isDefined(role: string): boolean {
  return role === 'd' || role === 'x' || role === 't';
}

export function mayBeMemory(role: string): boolean {
  return role === 'U' || role === 'H' || role === 'L';
}

/** Every register of the instruction with the role it has there; those of addresses are used. */
export function forEachRegister(
  { roles, operands }: VirtualInstruction,
  visit: (register: VirtualRegister, role: string) => void,
): void {
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i];
    if (typeof operand === 'number') continue;
    if (operand.kind === 'register') {
      visit(operand, roles[i]);
      continue;
    }
    const role = roles[i] === 'l' || roles[i] === 'L' ? 'l' : 'u';
    if (operand.base.kind === 'register') visit(operand.base, role);
    if (operand.index) visit(operand.index, role);
  }
}
