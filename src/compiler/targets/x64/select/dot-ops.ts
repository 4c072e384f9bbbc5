/**
 * Dot products of small integers into 32 bit lanes. With VNNI one instruction; without, products
 * in 16 bits first, which dot4's contract (first factor up to 127) keeps from saturating.
 */
import type { OpName } from '../../../ir/ops-table.ts';
import type { Simple } from '../../../ir/types.ts';
import { k1, type Vector } from '../registers.ts';
import type { Emit, VirtualOperand, VirtualRegister } from '../virtual-instruction.ts';
import type { Selector } from './selector.ts';

const ones16 = new Uint8Array([1, 0]);

function short(s: Selector): VirtualRegister {
  return s.newRegister('vector', { isShort: true });
}

const emitDot4: Emit = (out, [acc, a, b]) =>
  out.emit(out.isWide ? 'vpdpbusd' : 'vex_vpdpbusd', acc, a, b);

/** a: u8, b: i8 */
function dot4(s: Selector, op: Simple): void {
  const [acc, a, b] = op.args;
  const left = s.register(a);
  if (!s.hasDot4) {
    addProducts8(s, op, s.register(acc), left, s.operand(b, 'full'));
    return;
  }
  const form = s.isWide ? 'broadcast' : 'full';
  const right = s.operand(b, form);
  s.pushTied(s.result(op), s.register(acc), [left, right], 'lL', emitDot4, form);
}

/** acc + products of bytes that, two by two, stay within 16 bits. */
function addProducts8(
  s: Selector,
  op: Simple,
  acc: VirtualOperand,
  a: VirtualOperand,
  b: VirtualOperand,
): void {
  const ones = s.constantRegister(ones16);
  const operands = [s.result(op), short(s), acc, a, b, ones];
  s.push(
    'dtuuUU',
    operands,
    (out, [d, t, acc, a, b, ones]) => {
      out.emit('vpmaddubsw', t, a, b);
      out.emit('vpmaddwd', t, t, ones);
      out.emit('vpaddd', d, acc, t);
    },
    'full',
  );
}

/**
 * Both signed: |b| · (a with b's sign). a is never -128, so its negative is right; |-128| is 128
 * as an unsigned byte, and what two products come to still fits 16 bits.
 */
function dot4s(s: Selector, op: Simple): void {
  const [acc, a, b] = op.args.map((value) => s.register(value));
  const [size, signed] = [s.newRegister('vector'), s.newRegister('vector')];
  s.push('dU', [size, b], (out, [d, b]) => out.emit('vpabsb', d, b), 'full');
  if (s.isWide) {
    const zero = s.constantRegister(new Uint8Array(4));
    s.pushTied(signed, a, [b, zero], 'll', (out, [d, b, zero]) => {
      out.emit('vpmovb2m', k1, b);
      out.emit('vpsubb', (d as Vector).mask(k1), zero, d);
    });
  } else {
    s.push('duU', [signed, a, b], (out, [d, a, b]) => out.emit('vpsignb', d, a, b), 'full');
  }
  if (!s.hasDot4) addProducts8(s, op, acc, size, signed);
  else s.pushTied(s.result(op), acc, [size, signed], 'll', emitDot4);
}

function dot2(s: Selector, op: Simple): void {
  const [acc, a, b] = op.args;
  const left = s.register(a);
  if (s.hasDot4) {
    const name = s.isWide ? 'vpdpwssd' : 'vex_vpdpwssd';
    const form = s.isWide ? 'broadcast' : 'full';
    const operands = [left, s.operand(b, form)];
    const emit: Emit = (out, [d, a, b]) => out.emit(name, d, a, b);
    s.pushTied(s.result(op), s.register(acc), operands, 'lL', emit, form);
    return;
  }
  const operands = [s.result(op), short(s), s.register(acc), left, s.operand(b, 'full')];
  const emit: Emit = (out, [d, t, acc, a, b]) => {
    out.emit('vpmaddwd', t, a, b);
    out.emit('vpaddd', d, acc, t);
  };
  s.push('dtuuU', operands, emit, 'full');
}

export const dotOps = { dot4, dot4s, dot2 } satisfies Partial<
  Record<OpName, (s: Selector, op: Simple) => void>
>;
