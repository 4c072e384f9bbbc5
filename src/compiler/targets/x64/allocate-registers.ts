/**
 * Linear scan: intervals in the order of their starts take a free machine register, the hinted one
 * where it is free. Where none is free, the one that is used least for its length gives up its
 * place: it is named in `spilled`, the caller rewrites the instructions and asks again.
 */
import type { Interval } from './live-intervals.ts';
import type { RegisterType, VirtualRegister } from './virtual-instruction.ts';

/** Machine registers by what they hold, in the order in which they are taken. */
export type RegisterFile = Readonly<Record<Exclude<RegisterType, 'f32'>, readonly number[]>>;

export interface Allocation {
  /** Machine registers by the virtual register's id. */
  readonly registers: ReadonlyMap<number, number>;
  readonly spilled: readonly VirtualRegister[];
}

interface Bank {
  readonly order: readonly number[];
  readonly free: Set<number>;
  active: Interval[];
}

export function allocateRegisters(intervals: readonly Interval[], file: RegisterFile): Allocation {
  const bank = (order: readonly number[]): Bank => ({ order, free: new Set(order), active: [] });
  const vector = bank(file.vector);
  const bankOf: Record<RegisterType, Bank> = {
    ...{ int: bank(file.int), f32: vector, vector },
    ...{ tile: bank(file.tile), tile_a: bank(file.tile_a), tile_b: bank(file.tile_b) },
  };
  const registers = new Map<number, number>();
  const spilled: VirtualRegister[] = [];

  for (const interval of intervals) {
    const { register } = interval;
    const bank = bankOf[register.type];
    expire(bank, interval.start, registers);
    const chosen = chooseFree(interval, bank, registers) ?? giveUp(interval, bank);
    if (chosen === undefined) continue;
    bank.free.delete(chosen);
    bank.active.push(interval);
    registers.set(register.id, chosen);
  }
  return { registers, spilled };

  /** The register that becomes free; undefined where it is `interval` that lives elsewhere. */
  function giveUp(interval: Interval, bank: Bank): number | undefined {
    const victim = [...bank.active, interval].reduce((a, b) => (cost(b) < cost(a) ? b : a));
    if (cost(victim) === Number.POSITIVE_INFINITY) {
      throw new Error('more registers are needed by one instruction than there are');
    }
    spilled.push(victim.register);
    if (victim === interval) return undefined;
    bank.active = bank.active.filter((other) => other !== victim);
    const freed = registers.get(victim.register.id) as number;
    registers.delete(victim.register.id);
    return freed;
  }
}

function expire(bank: Bank, position: number, registers: ReadonlyMap<number, number>): void {
  const { active, free } = bank;
  let kept = 0;
  for (let i = 0; i < active.length; i++) {
    const { end, register } = active[i];
    if (end >= position) active[kept++] = active[i];
    else free.add(registers.get(register.id) as number);
  }
  active.length = kept;
}

function chooseFree(
  { register, hints }: Interval,
  { order, free }: Bank,
  registers: ReadonlyMap<number, number>,
): number | undefined {
  if (register.fixed !== undefined) return register.fixed;
  for (const hint of hints) {
    const index = registers.get(hint.id) ?? hint.fixed;
    if (index !== undefined && free.has(index)) return index;
  }
  return order.find((index) => free.has(index));
}

/** Of giving up the register. A constant is read from where it lies, nothing is stored. */
function cost({ register, weight, length }: Interval): number {
  if (register.isShort) return Number.POSITIVE_INFINITY;
  return (weight * (register.constant ? 0.3 : 1)) / length;
}
