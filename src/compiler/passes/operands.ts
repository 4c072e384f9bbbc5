/**
 * What every pass does to an operation: look at the values that it reads, or give it others. Reads
 * are arguments, addresses, a loop's bounds and a branch's sides; never results, never a loop's index.
 */
import type { Address, Branch, Loop, Op, Simple, Value } from '../ir/types.ts';

export function operandsOf(op: Op): readonly Value[] {
  if (op.kind === 'loop') return [op.start, op.end];
  if (op.kind === 'if') return [op.left, op.right];
  if (op.address === undefined) return op.args;
  const { base, index } = op.address;
  return index === undefined ? [...op.args, base] : [...op.args, base, index];
}

/** Bodies are left as they are. */
export function withOperands(op: Simple, change: (value: Value) => Value): Simple;
export function withOperands(op: Loop, change: (value: Value) => Value): Loop;
export function withOperands(op: Branch, change: (value: Value) => Value): Branch;
export function withOperands(op: Op, change: (value: Value) => Value): Op {
  if (op.kind === 'loop') return { ...op, start: change(op.start), end: change(op.end) };
  if (op.kind === 'if') return { ...op, left: change(op.left), right: change(op.right) };
  const address = op.address && changedAddress(op.address, change);
  return { ...op, args: op.args.map(change), address };
}

function changedAddress(address: Address, change: (value: Value) => Value): Address {
  const { base, index } = address;
  return { ...address, base: change(base), index: index && change(index) };
}

export function withBranches(op: Branch, yes: readonly Op[], no: readonly Op[]): Branch {
  // biome-ignore lint/suspicious/noThenProperty: nothing awaits an operation
  return { ...op, then: yes, else: no };
}

/** The indices of all loops: variables, but within their loop as good as constant. */
export function loopIndices(ops: readonly Op[], found: Set<number> = new Set()): Set<number> {
  for (const op of ops) {
    if (op.kind === 'op') continue;
    if (op.kind === 'loop') found.add(op.index.id);
    for (const body of op.kind === 'loop' ? [op.body] : [op.then, op.else]) {
      loopIndices(body, found);
    }
  }
  return found;
}
