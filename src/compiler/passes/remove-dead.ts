/**
 * Removes what has no effect: results nobody reads, variables that are only set (also by
 * themselves), loops and branches with nothing left in them. Loads count as without effect.
 */
import { isOpName, ops } from '../ir/ops-table.ts';
import type { Op, Routine } from '../ir/types.ts';
import { operandsOf, withBranches } from './operands.ts';

export function removeDead(routine: Routine): Routine {
  const live = new Set<number>();
  // A value read in a loop may be set further down in it: until nothing is found any more.
  for (let before = -1; before !== live.size; ) {
    before = live.size;
    mark(routine.body, live);
  }
  return { ...routine, body: liveOf(routine.body, live) };
}

/** Adds what is needed for what is needed; says whether anything of the block is. */
function mark(block: readonly Op[], live: Set<number>): boolean {
  let isAny = false;
  for (let i = block.length - 1; i >= 0; i--) {
    if (!isNeeded(block[i], live)) continue;
    isAny = true;
    for (const { id } of operandsOf(block[i])) live.add(id);
  }
  return isAny;
}

function isNeeded(op: Op, live: Set<number>): boolean {
  if (op.kind === 'loop') return mark(op.body, live);
  if (op.kind === 'if') {
    const [yes, no] = [mark(op.then, live), mark(op.else, live)];
    return yes || no;
  }
  const hasEffect = !isOpName(op.op) || ops[op.op].hasEffect;
  return hasEffect || (op.result !== undefined && live.has(op.result.id));
}

function liveOf(block: readonly Op[], live: Set<number>): readonly Op[] {
  return block.flatMap((op): readonly Op[] => {
    if (op.kind === 'loop') {
      const body = liveOf(op.body, live);
      return body.length > 0 ? [{ ...op, body }] : [];
    }
    if (op.kind === 'if') {
      const [yes, no] = [liveOf(op.then, live), liveOf(op.else, live)];
      return yes.length + no.length > 0 ? [withBranches(op, yes, no)] : [];
    }
    return isNeeded(op, live) ? [op] : [];
  });
}
