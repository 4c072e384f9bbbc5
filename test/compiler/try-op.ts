/**
 * For tests of the interpreter: runs a few lines of IR in 8 KB of memory and reads what they wrote.
 * Notes which operations were tried, so that a test can claim all of them.
 */
import { type Builder, buildRoutine, type RoutineInputs } from '../../src/compiler/ir/builder.ts';
import { interpret, interpreterMemory } from '../../src/compiler/ir/interpreter.ts';
import type { Op, Traits, Value, VectorType } from '../../src/compiler/ir/types.ts';

export const traits16: Traits = {
  ...{ name: 'test', vectorBytes: 16, vectorRegisters: 16 },
  ...{ dot4TakesU8: false, hasBroadcastOperand: false, addsBesideDots: false, hasTiles: true },
  ...{ hasPrefetch: true, hasWeightMemories: false },
};
export const traits32: Traits = { ...traits16, vectorBytes: 32 };

export const tried = new Set<string>();
function note(body: readonly Op[]): void {
  for (const op of body) {
    if (op.kind === 'op') tried.add(op.op);
    if (op.kind === 'loop') note(op.body);
    if (op.kind === 'if') note([...op.then, ...op.else]);
  }
}

/** 8 KB that begins at 0x1000: parameters there, scratch half way. */
export const [base, argsAt, out] = [0x1000, 0x1000, 0x2000];

export function run(
  body: (k: Builder, inputs: RoutineInputs) => void,
  { traits = traits16, fill }: { traits?: Traits; fill?: (view: DataView) => void } = {},
): DataView {
  const memory = interpreterMemory(0x2000, base);
  fill?.(memory.view);
  const routine = buildRoutine('tried', traits, body);
  note(routine.body);
  interpret(routine, memory, { args: argsAt, start: 3, end: 7, scratch: out });
  return memory.view;
}
export function outF32(view: DataView, count: number): number[] {
  return Array.from({ length: count }, (_, i) => view.getFloat32(out - base + 4 * i, true));
}
export function outI32(view: DataView, count: number): number[] {
  return Array.from({ length: count }, (_, i) => view.getInt32(out - base + 4 * i, true));
}
export function outI16(view: DataView, count: number): number[] {
  return Array.from({ length: count }, (_, i) => view.getInt16(out - base + 2 * i, true));
}
export function outI8(view: DataView, count: number): number[] {
  return Array.from({ length: count }, (_, i) => view.getInt8(out - base + i));
}

const Elements = { i8x: Int8Array, i16x: Int16Array, i32x: Int32Array, f32x: Float32Array };

/** A constant; fewer numbers than there are lanes repeat. */
export function vector(k: Builder, type: VectorType, values: number[]): Value {
  return k.constant128(type, new Uint8Array(new Elements[type](values).buffer));
}
