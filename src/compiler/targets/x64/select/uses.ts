/**
 * Before instructions are chosen: how often each value is used, and which operations may be done
 * later, at the place of their only use, as part of it.
 */
import type { Op, Simple, Value } from '../../../ir/types.ts';

/** Uses of each value, by its id. */
export function countUses(body: readonly Op[], counts = new Map<number, number>()) {
  const use = ({ id }: Value) => counts.set(id, (counts.get(id) ?? 0) + 1);
  for (const op of body) {
    if (op.kind === 'loop') {
      [op.start, op.end].forEach(use);
      countUses(op.body, counts);
    } else if (op.kind === 'if') {
      [op.left, op.right].forEach(use);
      countUses(op.then, counts);
      countUses(op.else, counts);
    } else valuesOf(op).forEach(use);
  }
  return counts;
}

function valuesOf({ args, address }: Simple): Value[] {
  const values = [...args];
  if (address) values.push(address.base);
  if (address?.index) values.push(address.index);
  return values;
}

/** Operations whose result is their argument, as far as registers are concerned. */
export function isSame(op: string): boolean {
  return op === 'copy' || op.startsWith('as_');
}

/**
 * Whether all uses of the result of `block[at]` are in the same block, before anything that could
 * change what the operation reads: a store, a loop, a branch, another value for a variable it
 * reads. What only renames the result (`as_…`) passes it on. A load waits for one use only.
 * `address`: of a load that already waited, and now is part of this operation.
 */
export function canWait(
  block: readonly Op[],
  at: number,
  uses: ReadonlyMap<number, number>,
  resolve: (value: Value) => Value,
  address = (block[at] as Simple).address,
): boolean {
  const op = block[at] as Simple;
  const isLoad = !isSame(op.op);
  const reads = valuesOf({ ...op, address }).map((value) => resolve(value).id);
  const left = new Map([[(op.result as Value).id, uses.get((op.result as Value).id) ?? 0]]);

  for (let i = at + 1; i < block.length; i++) {
    if (isLoad && [...left.values()].some((count) => count > 1)) return false;
    const next = block[i];
    if (next.kind !== 'op') return false;
    const { result } = next;
    for (const { id } of valuesOf(next)) {
      const count = left.get(id);
      if (count === undefined) continue;
      if (count === 1) left.delete(id);
      else left.set(id, count - 1);
      if (isSame(next.op) && result && !result.isVariable)
        left.set(result.id, uses.get(result.id) ?? 0);
    }
    if (left.size === 0) return true;
    if (isLoad && result === undefined && next.op !== 'prefetch') return false;
    if (result && reads.includes(result.id)) return false;
  }
  return false;
}
