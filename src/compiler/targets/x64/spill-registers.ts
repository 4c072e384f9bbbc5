/**
 * Rewrites instructions so that the given registers live in the stack frame: each instruction that
 * touches one reads and writes the frame itself where it can, or through a register that lives
 * around it only. A register that holds a constant is read from the pool and never stored.
 */
import { loadConstant, move, store } from './moves.ts';
import {
  isDefined,
  mayBeMemory,
  type Slot,
  type VirtualInstruction,
  type VirtualMemory,
  type VirtualOperand,
  type VirtualRegister,
} from './virtual-instruction.ts';

/** The stack frame, as it grows. */
export class Frame {
  sizeBytes = 0;
  readonly #vectorBytes: number;

  constructor(vectorBytes: number) {
    this.#vectorBytes = vectorBytes;
  }

  slotFor({ type }: VirtualRegister): Slot {
    if (type.startsWith('tile')) throw new Error(`more than there are of ${type} live at once`);
    const size = type === 'vector' ? this.#vectorBytes : 8;
    const offsetBytes = Math.ceil(this.sizeBytes / size) * size;
    this.sizeBytes = offsetBytes + size;
    return { kind: 'slot', offsetBytes };
  }
}

/** A register around one instruction; only an input, where it comes in, is in a place of its own. */
export type NewShort = (like: VirtualRegister, isInput: boolean) => VirtualRegister;

export function spillRegisters(
  instructions: readonly VirtualInstruction[],
  spilled: readonly VirtualRegister[],
  frame: Frame,
  newShort: NewShort,
): VirtualInstruction[] {
  const places = new Map<number, VirtualMemory>();
  for (const register of spilled) {
    const base = register.constant ?? frame.slotFor(register);
    const place = { base, index: undefined, scale: 1, disp: 0, isBroadcast: false } as const;
    places.set(register.id, { kind: 'memory', ...place });
  }
  return instructions.flatMap((instruction) => rewrite(instruction, places, newShort));
}

function rewrite(
  instruction: VirtualInstruction,
  places: ReadonlyMap<number, VirtualMemory>,
  newShort: NewShort,
): VirtualInstruction[] {
  const { roles, operands, memoryForm, isMove } = instruction;
  if (!operands.some((operand) => touches(operand, places))) return [instruction];
  const first = operands[0];
  if (roles[0] === 'd' && isRegister(first) && first.constant && places.has(first.id)) return [];
  if (isMove && isRegister(first) && places.has(first.id)) {
    const source = operands[1];
    if (isRegister(source) && !places.has(source.id)) {
      return [store(places.get(first.id) as VirtualMemory, source)];
    }
  }

  const before: VirtualInstruction[] = [];
  const after: VirtualInstruction[] = [];
  const shorts = new Map<number, VirtualRegister>();
  let hasMemory = operands.some(
    (operand) => typeof operand === 'object' && operand.kind === 'memory',
  );

  const inRegister = (register: VirtualRegister, role: string): VirtualRegister => {
    const place = places.get(register.id);
    if (!place) return register;
    const known = shorts.get(register.id);
    const short = known ?? newShort(register, role === 'd');
    shorts.set(register.id, short);
    const isRead = role !== 'd' && role !== 't';
    if (isRead && !before.some(({ operands: [to] }) => to === short)) {
      before.push(register.constant ? loadConstant(short, register.constant) : move(short, place));
    }
    if (isDefined(role)) after.push(store(place, short));
    return short;
  };

  const rewritten = operands.map((operand, i): VirtualOperand => {
    if (typeof operand === 'number') return operand;
    if (operand.kind === 'memory') {
      const base = isRegister(operand.base) ? inRegister(operand.base, 'u') : operand.base;
      return { ...operand, base, index: operand.index && inRegister(operand.index, 'u') };
    }
    const place = places.get(operand.id);
    const isAlone = operands.filter((other) => other === operand).length === 1;
    if (place && memoryForm && mayBeMemory(roles[i]) && !hasMemory && isAlone) {
      hasMemory = true;
      return place;
    }
    return inRegister(operand, roles[i]);
  });
  return [...before, { ...instruction, operands: rewritten }, ...after];
}

function isRegister(operand: VirtualOperand | VirtualMemory['base']): operand is VirtualRegister {
  return typeof operand === 'object' && operand.kind === 'register';
}

function touches(operand: VirtualOperand, places: ReadonlyMap<number, VirtualMemory>): boolean {
  if (typeof operand === 'number') return false;
  if (operand.kind === 'register') return places.has(operand.id);
  const { base, index } = operand;
  return (isRegister(base) && places.has(base.id)) || (index !== undefined && places.has(index.id));
}
