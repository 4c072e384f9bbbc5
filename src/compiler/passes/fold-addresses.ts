/**
 * Takes additions and shifts into addresses: base, index · scale and displacement hold what would
 * else be operations of their own. Refused: sums of variables (their value may be another by the
 * time of the access), and displacements beyond 64 KB. Where a displacement does not wrap around,
 * as on WebAssembly, base + index · scale must not be negative, and it is not if no memory is
 * given out below that.
 */
import type { Address, Op, Routine, Simple, Value } from '../ir/types.ts';
import { loopIndices, withBranches } from './operands.ts';

const mostDisp = 0xffff;

interface Sums {
  readonly indices: ReadonlySet<number>;
  /** How values that never change were made. */
  readonly made: Map<number, Simple>;
}

export function foldAddresses(routine: Routine): Routine {
  const sums: Sums = { indices: loopIndices(routine.body), made: new Map() };
  return { ...routine, body: foldBlock(routine.body, sums) };
}

function foldBlock(block: readonly Op[], sums: Sums): readonly Op[] {
  return block.map((op) => {
    if (op.kind === 'loop') return { ...op, body: foldBlock(op.body, sums) };
    if (op.kind === 'if') {
      return withBranches(op, foldBlock(op.then, sums), foldBlock(op.else, sums));
    }
    if (op.result?.type === 'int' && !op.result.isVariable) sums.made.set(op.result.id, op);
    return op.address === undefined ? op : { ...op, address: folded(op.address, sums) };
  });
}

function folded(address: Address, sums: Sums): Address {
  let now = address;
  for (;;) {
    const next = foldedBase(now, sums) ?? foldedIndex(now, sums);
    if (next === undefined) return now;
    now = next;
  }
}

function foldedBase(address: Address, sums: Sums): Address | undefined {
  const sum = sumOf(address.base, sums);
  if (sum === undefined) return undefined;
  const { x, y, constant } = sum;
  if (constant !== undefined) return moved({ ...address, base: x }, constant);
  if (y === undefined || address.index !== undefined) return undefined;
  // What is shifted may be scaled instead, so it is the index.
  const isScaled = (value: Value) => sums.made.get(value.id)?.op === 'shl_int';
  const [base, index] = isScaled(x) && !isScaled(y) ? [y, x] : [x, y];
  return { ...address, base, index, scale: 1 };
}

function foldedIndex(address: Address, sums: Sums): Address | undefined {
  const { index, scale } = address;
  if (index === undefined) return undefined;
  const made = sums.made.get(index.id);
  if (made?.op === 'const_int') {
    return moved({ ...address, index: undefined, scale: 1 }, made.imm! * scale);
  }
  if (made?.op === 'shl_int' && isFixed(made.args[0], sums)) {
    const product = scale * 2 ** made.imm!;
    const wider = ([2, 4, 8] as const).find((one) => one === product);
    return wider && { ...address, index: made.args[0], scale: wider };
  }
  const sum = sumOf(index, sums);
  if (sum?.constant === undefined) return undefined;
  return moved({ ...address, index: sum.x }, sum.constant * scale);
}

function moved(address: Address, bytes: number): Address | undefined {
  const disp = address.disp + bytes;
  return Math.abs(disp) <= mostDisp ? { ...address, disp } : undefined;
}

/** value = x + constant, or x + y; of what still has the value that it had then. */
function sumOf(
  value: Value,
  sums: Sums,
): { x: Value; y: Value | undefined; constant: number | undefined } | undefined {
  const made = sums.made.get(value.id);
  if (made?.op !== 'add_int' && made?.op !== 'sub_int') return undefined;
  const [x, y] = made.args;
  const [a, b] = [constantOf(x, sums), constantOf(y, sums)];
  if (b !== undefined && isFixed(x, sums)) {
    return { x, y: undefined, constant: made.op === 'add_int' ? b : -b };
  }
  if (made.op === 'sub_int') return undefined;
  if (a !== undefined && isFixed(y, sums)) return { x: y, y: undefined, constant: a };
  return isFixed(x, sums) && isFixed(y, sums) ? { x, y, constant: undefined } : undefined;
}

function constantOf(value: Value, { made }: Sums): number | undefined {
  const op = made.get(value.id);
  return op?.op === 'const_int' ? op.imm : undefined;
}

function isFixed(value: Value, { indices }: Sums): boolean {
  return !value.isVariable || indices.has(value.id);
}
