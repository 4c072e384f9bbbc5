/**
 * An accumulator's update is one operation: where a value goes into a variable right after it was
 * made, and nowhere else, the operation that makes it writes the variable itself.
 *   %7 = dot4 %acc, %w, %x ; %acc = copy %7   →   %acc = dot4 %acc, %w, %x
 */
import type { Op, Routine } from '../ir/types.ts';
import { operandsOf, withBranches } from './operands.ts';

export function mergeCopies(routine: Routine): Routine {
  const uses = new Map<number, number>();
  count(routine.body, uses);
  return { ...routine, body: merged(routine.body, uses) };
}

function count(block: readonly Op[], uses: Map<number, number>): void {
  for (const op of block) {
    for (const { id } of operandsOf(op)) uses.set(id, (uses.get(id) ?? 0) + 1);
    if (op.kind === 'loop') count(op.body, uses);
    else if (op.kind === 'if') {
      count(op.then, uses);
      count(op.else, uses);
    }
  }
}

function merged(block: readonly Op[], uses: ReadonlyMap<number, number>): readonly Op[] {
  const result: Op[] = [];
  for (const op of block) {
    if (op.kind === 'loop') result.push({ ...op, body: merged(op.body, uses) });
    else if (op.kind === 'if') {
      result.push(withBranches(op, merged(op.then, uses), merged(op.else, uses)));
    } else {
      const last = result.at(-1);
      const [value] = op.args;
      const isMerged =
        op.op === 'copy' &&
        last?.kind === 'op' &&
        last.result === value &&
        !value.isVariable &&
        uses.get(value.id) === 1;
      if (isMerged) result[result.length - 1] = { ...last, result: op.result };
      else result.push(op);
    }
  }
  return result;
}
