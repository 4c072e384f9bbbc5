/**
 * Where each virtual register holds something. Instruction i reads at position 2i and writes at
 * 2i + 1. An interval has no holes: from the first writing to the last reading, and what comes
 * into a loop from before it and is touched inside lives to the loop's end.
 */
import {
  forEachRegister,
  type VirtualInstruction,
  type VirtualRegister,
} from './virtual-instruction.ts';

export interface Interval {
  readonly register: VirtualRegister;
  readonly start: number;
  end: number;
  /** Reads and writes, each 10 times as much for every loop around it. */
  weight: number;
  /** Instructions it lives over, counted the same way. */
  length: number;
  /** Best in the same machine register as one of these. */
  readonly hints: VirtualRegister[];
}

interface OpenLoop {
  readonly start: number;
  readonly end: number;
}

/** In the order of their starts. */
export function liveIntervals(instructions: readonly VirtualInstruction[]): Interval[] {
  const intervals = new Map<number, Interval>();
  const ends = loopEnds(instructions);
  const loops: OpenLoop[] = [];
  /** Of all instructions before each one. */
  const lengths = [0];

  instructions.forEach((instruction, i) => {
    if (instruction.mark === 'loop')
      loops.push({ start: 2 * i, end: 2 * (ends.get(i) as number) + 1 });
    const depthWeight = 10 ** Math.min(loops.length, 8);
    lengths.push(lengths[i] + depthWeight);
    forEachRegister(instruction, (register, role) => {
      const [from, to] = positions(i, role);
      const known = intervals.get(register.id);
      const interval = known ?? { register, start: from, end: to, weight: 0, length: 0, hints: [] };
      if (!known) intervals.set(register.id, interval);
      const outermost = loops.find((loop) => loop.start > interval.start);
      interval.end = Math.max(interval.end, to, outermost?.end ?? 0);
      interval.weight += depthWeight;
    });
    addHints(instruction, intervals);
    if (instruction.mark === 'end') loops.pop();
  });
  for (const interval of intervals.values()) {
    const [first, last] = [
      interval.start >> 1,
      Math.min(interval.end >> 1, instructions.length - 1),
    ];
    interval.length = lengths[last + 1] - lengths[first];
  }
  return [...intervals.values()].sort((a, b) => a.start - b.start);
}

function positions(i: number, role: string): [number, number] {
  switch (role.toLowerCase()) {
    case 'd':
      return [2 * i + 1, 2 * i + 1];
    case 'x':
    case 't':
      return [2 * i, 2 * i + 1];
    case 'l':
      return [2 * i, 2 * i + 2];
    default:
      return [2 * i, 2 * i];
  }
}

function addHints({ roles, operands }: VirtualInstruction, intervals: Map<number, Interval>): void {
  const defined = operands[roles.indexOf('d')];
  if (defined === undefined || typeof defined === 'number' || defined.kind !== 'register') return;
  operands.forEach((operand, i) => {
    if (roles[i].toLowerCase() !== 'h') return;
    if (typeof operand === 'number' || operand.kind !== 'register') return;
    intervals.get(defined.id)?.hints.push(operand);
    intervals.get(operand.id)?.hints.push(defined);
  });
}

/** By the instruction that begins a loop, the one that ends it. */
function loopEnds(instructions: readonly VirtualInstruction[]): Map<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  instructions.forEach(({ mark }, i) => {
    if (mark === 'loop') open.push(i);
    if (mark === 'end') ends.set(open.pop() as number, i);
  });
  return ends;
}
