/**
 * Instructions of loads, stores and parameters. A whole vector, a splat of 4 bytes and a f32 may
 * wait for their use and become part of it; what widens or narrows is an instruction of its own.
 */
import type { OpName } from '../../../ir/ops-table.ts';
import type { Address, Simple, Value } from '../../../ir/types.ts';
import type { Mnemonic } from '../encodings-table.ts';
import type { Memory } from '../memory-operand.ts';
import { store } from '../moves.ts';
import { type Gp, gp8, gp16 } from '../registers.ts';
import type { Emit, VirtualOperand } from '../virtual-instruction.ts';
import type { Selector, Waiting } from './selector.ts';

type Select = (s: Selector, op: Simple, place: Place) => void;

/** Where the operation stands. */
export interface Place {
  readonly canWait: (address?: Address) => boolean;
  /** The routine's address of its parameters. */
  readonly args: Value;
}

function address(s: Selector, op: Simple) {
  return s.address(op.address as Address);
}

function load(
  form: Waiting['form'],
  addressOf = (op: Simple, _: Place) => op.address as Address,
): Select {
  return (s, op, place) => {
    const result = op.result as Value;
    const from = addressOf(op, place);
    if (!result.isVariable && place.canWait()) s.wait(result, { address: from, form });
    else s.emitLoad(s.result(op), s.address(from), form);
  };
}

function param(op: Simple, { args }: Place): Address {
  return { base: args, index: undefined, scale: 1, disp: 8 * (op.imm as number) };
}

/** A load that widens to the whole register. */
function widen(mnemonic: Mnemonic): Select {
  return (s, op) => {
    s.push('du', [s.result(op), address(s, op)], (out, [d, m]) => out.emit(mnemonic, d, m));
  };
}

function loadBf16(s: Selector, op: Simple): void {
  s.push('du', [s.result(op), address(s, op)], (out, [d, m]) => {
    out.emit('vpmovzxwd', d, m);
    out.emit('vpslld', d, d, 16);
  });
}

function loadInt(emit: Emit): Select {
  return (s, op) => s.push('du', [s.result(op), address(s, op)], emit);
}

const sized = (memory: unknown, bits: 8 | 16 | 32) => (memory as Memory<'plain'>).sized(bits);

function loadF16(s: Selector, op: Simple): void {
  s.push(
    'dtu',
    [s.result(op), s.newRegister('int', { isShort: true }), address(s, op)],
    (out, [d, t, m]) => {
      out.emit('movzx', out.r32(t), sized(m, 16));
      out.emit('vmovd', out.x(d), out.r32(t));
      out.emit('vcvtph2ps', out.x(d), out.x(d));
    },
  );
}

function loadSplat128(s: Selector, op: Simple): void {
  const broadcast = s.isWide ? 'vbroadcasti32x4' : 'vbroadcasti128';
  s.push('du', [s.result(op), address(s, op)], (out, [d, m]) => out.emit(broadcast, d, m));
}

function storeInt(bits: 8 | 16 | 32): Select {
  return (s, op) => {
    const value: VirtualOperand = bits === 32 ? s.int(op.args[0]) : s.register(op.args[0]);
    s.push('uu', [address(s, op), value], (out, [m, a]) => {
      if (typeof a === 'number') return out.emit('mov', sized(m, 32), a);
      const { index } = a as Gp;
      out.emit('mov', m, bits === 8 ? gp8[index] : bits === 16 ? gp16[index] : out.r32(a));
    });
  };
}

function storeWhole(s: Selector, op: Simple): void {
  const value = s.register(op.args[0]);
  s.instructions.push(store(address(s, op), value));
}

const toNearest = 0;

function storeF16(s: Selector, op: Simple): void {
  const value = s.register(op.args[0]);
  const short = s.newRegister('f32', { isShort: true });
  s.push('uut', [address(s, op), value, short], (out, [m, a, t]) => {
    out.emit('vcvtps2ph', out.x(t), out.x(a), toNearest);
    out.emit('vpextrw', m, out.x(t), 0);
  });
}

function storeF16Vector(s: Selector, op: Simple): void {
  const value = s.register(op.args[0]);
  s.push('uu', [address(s, op), value], (out, [m, a]) => out.emit('vcvtps2ph', m, a, toNearest));
}

function storeI8(s: Selector, op: Simple): void {
  const value = s.register(op.args[0]);
  const place = address(s, op);
  if (s.isWide) {
    s.push('uu', [place, value], (out, [m, a]) => out.emit('vpmovsdb', m, a));
    return;
  }
  const shorts = [0, 1].map(() => s.newRegister('vector', { isShort: true }));
  s.push('uutt', [place, value, ...shorts], (out, [m, a, t, high]) => {
    out.emit('vpackssdw', t, a, a);
    out.emit('vpacksswb', t, t, t);
    out.emit('vextractf128', out.x(high), t, 1);
    out.emit('vpunpckldq', out.x(t), out.x(t), out.x(high));
    out.emit('vmovq', m, out.x(t));
  });
}

/** Into the second level: the first is too small to be asked far ahead. */
function prefetch(s: Selector, op: Simple): void {
  s.push('u', [address(s, op)], (out, [m]) => out.emit('prefetcht1', m));
}

export const memoryOps = {
  param_int: (s, op, place) =>
    s.push('du', [s.result(op), s.address(param(op, place))], (out, [d, m]) =>
      out.emit('mov', d, m),
    ),
  param_f32: load('scalar', param),
  load_u8: loadInt((out, [d, m]) => out.emit('movzx', out.r32(d), sized(m, 8))),
  load_i8: loadInt((out, [d, m]) => out.emit('movsx', d, sized(m, 8))),
  load_u16: loadInt((out, [d, m]) => out.emit('movzx', out.r32(d), sized(m, 16))),
  load_i16: loadInt((out, [d, m]) => out.emit('movsx', d, sized(m, 16))),
  load_i32: loadInt((out, [d, m]) => out.emit('movsxd', d, m)),
  load_int: loadInt((out, [d, m]) => out.emit('mov', d, m)),
  load_f32: load('scalar'),
  load_f16: loadF16,
  store_i8: storeInt(8),
  store_i16: storeInt(16),
  store_i32: storeInt(32),
  store_f32: storeWhole,
  store_f16: storeF16,
  load: load('vector'),
  store: storeWhole,
  load_splat16: widen('vpbroadcastw'),
  load_splat32: load('splat'),
  load_splat128: loadSplat128,
  load_u8_i32x: widen('vpmovzxbd'),
  load_i8_i32x: widen('vpmovsxbd'),
  load_i16_i32x: widen('vpmovsxwd'),
  load_u8_i16x: widen('vpmovzxbw'),
  load_i8_i16x: widen('vpmovsxbw'),
  load_f16_f32x: widen('vcvtph2ps'),
  load_bf16_f32x: loadBf16,
  store_i32x_i8: storeI8,
  store_f32x_f16: storeF16Vector,
  prefetch,
} satisfies Partial<Record<OpName, Select>>;

/** Of what reads nothing but registers and constants. */
export function copyOp(s: Selector, op: Simple, place: Place): void {
  const [result, value] = [op.result as Value, op.args[0]];
  const isSettled = !s.resolve(value).isVariable || place.canWait();
  if (!result.isVariable && isSettled) s.alias(result, value);
  else s.moveInto(s.result(op), value);
}
