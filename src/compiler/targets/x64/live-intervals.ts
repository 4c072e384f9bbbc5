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
  hints: VirtualRegister[];
}

interface OpenLoop {
  readonly start: number;
  readonly end: number;
}

/** Of most intervals. */
const noHints: VirtualRegister[] = [];

/**
 * In the order of their starts. A routine has thousands of instructions and comes here again after
 * each spilling, so little is made that is not in the result.
 */
export function liveIntervals(instructions: readonly VirtualInstruction[]): Interval[] {
  const intervals = new Map<number, Interval>();
  const ends = loopEnds(instructions);
  const loops: OpenLoop[] = [];
  /** Of all instructions before each one. */
  const lengths = new Float64Array(instructions.length + 1);
  let [at, depthWeight] = [0, 1];

  const touch = (register: VirtualRegister, role: string) => {
    const to = lastPosition(at, role);
    let interval = intervals.get(register.id);
    if (interval === undefined) {
      const start = firstPosition(at, role);
      interval = { register, start, end: to, weight: 0, length: 0, hints: noHints };
      intervals.set(register.id, interval);
    }
    let end = Math.max(interval.end, to);
    for (let i = 0; i < loops.length; i++) {
      if (loops[i].start <= interval.start) continue;
      end = Math.max(end, loops[i].end); // the outermost one that it came into
      break;
    }
    interval.end = end;
    interval.weight += depthWeight;
  };
  for (; at < instructions.length; at++) {
    const instruction = instructions[at];
    if (instruction.mark === 'loop') {
      loops.push({ start: 2 * at, end: 2 * (ends.get(at) as number) + 1 });
    }
    depthWeight = 10 ** Math.min(loops.length, 8);
    lengths[at + 1] = lengths[at] + depthWeight;
    forEachRegister(instruction, touch);
    addHints(instruction, intervals);
    if (instruction.mark === 'end') loops.pop();
  }
  const sorted = [...intervals.values()].sort((a, b) => a.start - b.start);
  for (const interval of sorted) {
    const last = Math.min(interval.end >> 1, instructions.length - 1);
    interval.length = lengths[last + 1] - lengths[interval.start >> 1];
  }
  return sorted;
}

function firstPosition(at: number, role: string): number {
  return role === 'd' ? 2 * at + 1 : 2 * at;
}

function lastPosition(at: number, role: string): number {
  switch (role) {
    case 'd':
    case 'x':
    case 't':
      return 2 * at + 1;
    case 'l':
    case 'L':
      return 2 * at + 2;
    default:
      return 2 * at;
  }
}

function addHints({ roles, operands }: VirtualInstruction, intervals: Map<number, Interval>): void {
  const defined = operands[roles.indexOf('d')];
  if (defined === undefined || typeof defined === 'number' || defined.kind !== 'register') return;
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i];
    if (roles[i] !== 'h' && roles[i] !== 'H') continue;
    if (typeof operand === 'number' || operand.kind !== 'register') continue;
    addHint(intervals.get(defined.id), operand);
    addHint(intervals.get(operand.id), defined);
  }
}

function addHint(interval: Interval | undefined, register: VirtualRegister): void {
  if (interval === undefined || interval.hints.at(-1) === register) return;
  if (interval.hints === noHints) interval.hints = [register];
  else interval.hints.push(register);
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
