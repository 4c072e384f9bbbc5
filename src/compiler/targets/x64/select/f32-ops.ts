/**
 * Instructions of the operations on f32, which live in the lowest lane of vector registers, and
 * of conversions between int and f32.
 */
import type { OpName } from '../../../ir/ops-table.ts';
import type { Simple, Value } from '../../../ir/types.ts';
import type { Mnemonic } from '../encodings-table.ts';
import { emitFma } from './fma.ts';
import type { Selector } from './selector.ts';

type Select = (s: Selector, op: Simple) => void;

function binary(mnemonic: Mnemonic, isCommutative: boolean): Select {
  return (s, op) => {
    let [a, b] = op.args;
    if (isCommutative && s.prefersMemory(a) && !s.prefersMemory(b)) [a, b] = [b, a];
    const left = s.register(a);
    const operands = [s.result(op), left, s.operand(b, 'scalar')];
    s.push(
      'duU',
      operands,
      (out, [d, a, b]) => out.emit(mnemonic, out.x(d), out.x(a), out.x(b)),
      'scalar',
    );
  };
}

function constF32(s: Selector, op: Simple): void {
  const bytes = new Uint8Array(Float32Array.of(op.imm as number).buffer);
  s.setConstant(op.result as Value, bytes);
}

function sqrt(s: Selector, op: Simple): void {
  s.push('du', [s.result(op), s.register(op.args[0])], (out, [d, a]) =>
    out.emit('vsqrtss', out.x(d), out.x(a), out.x(a)),
  );
}

function fma(s: Selector, op: Simple): void {
  const sources = s.oneInMemory(op.args, 'scalar');
  s.push('dHHH', [s.result(op), ...sources], emitFma('vfmadd', 'ss'), 'scalar');
}

function intToF32(s: Selector, op: Simple): void {
  s.push('du', [s.result(op), s.register(op.args[0])], (out, [d, a]) => {
    // Its upper lanes come from the second operand: zeroes wait for nothing.
    out.loadZero(d);
    out.emit('vcvtsi2ss', out.x(d), out.x(d), a);
  });
}

function f32ToInt(s: Selector, op: Simple): void {
  s.push('du', [s.result(op), s.register(op.args[0])], (out, [d, a]) =>
    out.emit('vcvtss2si', d, out.x(a)),
  );
}

function f32OfBits(s: Selector, op: Simple): void {
  s.push('du', [s.result(op), s.register(op.args[0])], (out, [d, a]) =>
    out.emit('vmovd', out.x(d), out.r32(a)),
  );
}

function bitsOfF32(s: Selector, op: Simple): void {
  s.push('du', [s.result(op), s.register(op.args[0])], (out, [d, a]) => {
    out.emit('vmovd', out.r32(d), out.x(a));
    out.emit('movsxd', d, out.r32(d));
  });
}

export const f32Ops = {
  const_f32: constF32,
  add_f32: binary('vaddss', true),
  sub_f32: binary('vsubss', false),
  mul_f32: binary('vmulss', true),
  div_f32: binary('vdivss', false),
  // Which of two equal or unordered ones comes out depends on their order.
  max_f32: binary('vmaxss', false),
  min_f32: binary('vminss', false),
  sqrt_f32: sqrt,
  fma_f32: fma,
  int_to_f32: intToF32,
  f32_to_int: f32ToInt,
  f32_of_bits: f32OfBits,
  bits_of_f32: bitsOfF32,
} satisfies Partial<Record<OpName, Select>>;
