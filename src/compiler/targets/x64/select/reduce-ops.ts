/**
 * A vector to one number, by halves: lane i and lane i + n/2 until one is left. The order is part
 * of the meaning, since sums of f32 depend on it.
 */
import type { OpName } from '../../../ir/ops-table.ts';
import type { Simple } from '../../../ir/types.ts';
import type { Mnemonic } from '../encodings-table.ts';
import type { Output } from '../output.ts';
import { xmm, ymm } from '../registers.ts';
import type { MachineOperand } from '../virtual-instruction.ts';
import type { Selector } from './selector.ts';

/** Leaves the sum in the lowest lane of `to`; `to` and `other` differ from each other and `a`. */
function emitHalving(
  out: Output,
  combine: Mnemonic,
  [to, other, a]: readonly MachineOperand[],
): void {
  const [t, u, source] = [to, other, a].map((operand) => (operand as { index: number }).index);
  if (out.isWide) {
    out.emit('vextractf64x4', ymm[t], a as (typeof ymm)[0], 1);
    out.emit(combine, ymm[t], ymm[source], ymm[t]);
    out.emit('vextractf32x4', xmm[u], ymm[t], 1);
    out.emit(combine, xmm[t], xmm[t], xmm[u]);
  } else {
    out.emit('vextractf128', xmm[t], a as (typeof ymm)[0], 1);
    out.emit(combine, xmm[t], xmm[source], xmm[t]);
  }
  for (const lanes of [0b11_10, 0b01]) {
    out.emit('vpermilps', xmm[u], xmm[t], lanes);
    out.emit(combine, xmm[t], xmm[t], xmm[u]);
  }
}

function reduceF32(combine: 'vaddps' | 'vmaxps') {
  return (s: Selector, op: Simple): void => {
    const shorts = [0, 1].map(() => s.newRegister('vector', { isShort: true }));
    const operands = [s.result(op), ...shorts, s.register(op.args[0])];
    s.push('dttu', operands, (out, [d, t, u, a]) => {
      emitHalving(out, combine, [t, u, a]);
      out.emit('vmovaps', out.x(d), out.x(t));
    });
  };
}

function reduceI32(s: Selector, op: Simple): void {
  const shorts = [0, 1].map(() => s.newRegister('vector', { isShort: true }));
  const operands = [s.result(op), ...shorts, s.register(op.args[0])];
  s.push('dttu', operands, (out, [d, t, u, a]) => {
    emitHalving(out, 'vpaddd', [t, u, a]);
    out.emit('vmovd', out.r32(d), out.x(t));
    out.emit('movsxd', d, out.r32(d));
  });
}

export const reduceOps = {
  reduce_add_f32x: reduceF32('vaddps'),
  reduce_max_f32x: reduceF32('vmaxps'),
  reduce_add_i32x: reduceI32,
} satisfies Partial<Record<OpName, (s: Selector, op: Simple) => void>>;
