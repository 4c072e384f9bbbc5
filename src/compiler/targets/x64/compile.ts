/**
 * IR to x64 machine code: select instructions, allocate registers, rewrite and allocate again
 * while some must live in the stack frame, emit. The code is position-independent and expects to
 * be put on a cache line.
 */
import { debug } from '../../debug.ts';
import type { Routine } from '../../ir/types.ts';
import { allocateRegisters, type RegisterFile } from './allocate-registers.ts';
import { emitRoutine, gpOrder } from './emit-routine.ts';
import { liveIntervals } from './live-intervals.ts';
import { Output } from './output.ts';
import { selectRoutine } from './select/select-routine.ts';
import { Frame, spillRegisters } from './spill-registers.ts';
import { tileOrder } from './tiles.ts';
import { type X64Features, x64Traits } from './traits.ts';

export interface X64Code {
  readonly code: Uint8Array<ArrayBuffer>;
  /** The code as text, with its loops marked. */
  readonly listing: string;
  /** Values that live in the stack frame; constants read from the pool do not count. */
  readonly numSpills: number;
}

export function compileX64(routine: Routine, features: X64Features): X64Code {
  const { vectorBytes, vectorRegisters } = x64Traits(features);
  if (routine.traits.vectorBytes !== vectorBytes) {
    throw new Error(`${routine.name} was built for ${routine.traits.name}`);
  }
  const file: RegisterFile = {
    int: gpOrder,
    vector: Array.from({ length: vectorRegisters }, (_, i) => i),
    ...tileOrder,
  };
  const selected = selectRoutine(routine, features);
  const frame = new Frame(vectorBytes);
  let { instructions } = selected;
  let allocation = allocateRegisters(liveIntervals(instructions), file);
  let numSpills = 0;
  while (allocation.spilled.length > 0) {
    const { spilled } = allocation;
    numSpills += spilled.filter(({ constant }) => !constant).length;
    instructions = spillRegisters(instructions, spilled, frame, selected.newShort);
    allocation = allocateRegisters(liveIntervals(instructions), file);
  }

  const out = new Output(features.avx512);
  emitRoutine(out, instructions, allocation.registers, frame.sizeBytes, routine.tileDepth);
  const code = out.assembler.finish();
  const listing = () => `${routine.name}:\n${out.listing()}\n`;
  debug('disassembly', listing);
  return {
    code,
    get listing() {
      return listing();
    },
    numSpills,
  };
}
