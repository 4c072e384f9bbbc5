/**
 * Instructions of the matrix unit. The distance from row to row is a register of its own, in the
 * place of an index; an address that has an index already is added up first.
 */
import type { OpName } from '../../../ir/ops-table.ts';
import type { Address, Simple } from '../../../ir/types.ts';
import type { VirtualMemory } from '../virtual-instruction.ts';
import type { Selector } from './selector.ts';

function rows(s: Selector, op: Simple): VirtualMemory {
  const memory = s.address(op.address as Address);
  const stride = s.intRegister(op.imm as number);
  if (!memory.index) return { ...memory, index: stride, scale: 1 };
  const base = s.newRegister('int');
  s.push('du', [base, memory], (out, [d, m]) => out.emit('lea', d, m));
  return { ...memory, base, index: stride, scale: 1, disp: 0 };
}

function zero(s: Selector, op: Simple): void {
  s.push('d', [s.result(op)], (out, [d]) => out.emit('tilezero', d));
}

function load(s: Selector, op: Simple): void {
  s.push('du', [s.result(op), rows(s, op)], (out, [d, m]) => out.emit('tileloadd', d, m));
}

function store(s: Selector, op: Simple): void {
  const operands = [rows(s, op), s.register(op.args[0])];
  s.push('uu', operands, (out, [m, a]) => out.emit('tilestored', m, a));
}

function dot(mnemonic: 'tdpbssd' | 'tdpbf16ps') {
  return (s: Selector, op: Simple): void => {
    const [acc, a, b] = op.args.map((value) => s.register(value));
    s.pushTied(s.result(op), acc, [a, b], 'll', (out, operands) => out.emit(mnemonic, ...operands));
  };
}

export const tileOps = {
  tile_zero: zero,
  tile_load: load,
  tile_load_a: load,
  tile_load_b: load,
  tile_store: store,
  tile_dot_i8: dot('tdpbssd'),
  tile_dot_bf16: dot('tdpbf16ps'),
} satisfies Partial<Record<OpName, (s: Selector, op: Simple) => void>>;
