/**
 * Makes every constant and every parameter once, at the routine's start: bodies make the same ones
 * again and again, and those in loops would be made each time around. What a variable is set to
 * stays where it is. That many are then alive at once is for register allocation to see: it can
 * make a constant anew wherever it likes.
 */
import type { Op, Routine, Simple, Value } from '../ir/types.ts';
import { withBranches, withOperands } from './operands.ts';

const latin1 = new TextDecoder('latin1');
const constants = new Set(['const_int', 'const_f32', 'const_x', 'param_int', 'param_f32']);

interface Merged {
  readonly vectorBytes: number;
  readonly first: Map<string, Simple>;
  /** Which value stands for it now. */
  readonly replaced: Map<number, Value>;
}

export function mergeConstants(routine: Routine): Routine {
  const { vectorBytes } = routine.traits;
  const merged: Merged = { vectorBytes, first: new Map(), replaced: new Map() };
  const rest = mergeBlock(routine.body, merged);
  return { ...routine, body: [...merged.first.values(), ...rest] };
}

function mergeBlock(block: readonly Op[], merged: Merged): readonly Op[] {
  return block.flatMap((op): readonly Op[] => {
    const known = (value: Value) => merged.replaced.get(value.id) ?? value;
    if (op.kind === 'loop') {
      return [{ ...withOperands(op, known), body: mergeBlock(op.body, merged) }];
    }
    if (op.kind === 'if') {
      const [yes, no] = [mergeBlock(op.then, merged), mergeBlock(op.else, merged)];
      return [withBranches(withOperands(op, known), yes, no)];
    }
    if (!constants.has(op.op) || op.result!.isVariable) return [withOperands(op, known)];
    const key = keyOf(op, merged.vectorBytes);
    const first = merged.first.get(key);
    if (first === undefined) merged.first.set(key, op);
    else merged.replaced.set(op.result!.id, first.result!);
    return [];
  });
}

function keyOf({ op, result, imm, bytes }: Simple, vectorBytes: number): string {
  const number = Object.is(imm, -0) ? '-0' : `${imm}`;
  return `${op} ${result!.type} ${number} ${bytes ? repeated(bytes, vectorBytes) : ''}`;
}

/** As a text, a character each: bytes that come to the same when they fill a vector are equal. */
function repeated(bytes: Uint8Array, vectorBytes: number): string {
  const whole = new Uint8Array(vectorBytes);
  for (let i = 0; i < vectorBytes; i++) whole[i] = bytes[i % bytes.length];
  return latin1.decode(whole);
}
