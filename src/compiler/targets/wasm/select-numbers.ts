/** Operations on one number: ints are i32, parameters lie 8 bytes apart, low half first. */
import type { Simple } from '../../ir/types.ts';
import type { PlainInstruction, Selection } from './selection.ts';

/** Leaves the operation's result on the stack. */
export type Select = (s: Selection, op: Simple) => void;

/** Operands in their order, then the instruction. */
export function plain(instruction: PlainInstruction): Select {
  return (s, { args }) => {
    for (const arg of args) s.push(arg);
    s.f[instruction]();
  };
}

export function plainBackwards(instruction: PlainInstruction): Select {
  return (s, { args }) => {
    for (const arg of args.toReversed()) s.push(arg);
    s.f[instruction]();
  };
}

/** The count is the operation's number. */
export function shift(instruction: PlainInstruction): Select {
  return (s, { args, imm }) => {
    s.push(args[0]);
    s.f['i32.const'](imm as number);
    s.f[instruction]();
  };
}

/** a where the comparison holds, else b. */
function pick(comparison: PlainInstruction): Select {
  return (s, { args }) => {
    const [a, b] = args.map((arg) => s.local(arg));
    for (const local of [a, b, a, b]) s.f['local.get'](local);
    s.f[comparison]();
    s.f.select();
  };
}

export const numbers: Readonly<Record<string, Select>> = {
  const_int: ({ f }, { imm }) => f['i32.const'](Number(BigInt.asIntN(32, BigInt(imm as number)))),
  const_f32: ({ f }, { imm }) => f['f32.const'](imm as number),
  param_int: ({ f }, { imm }) => {
    f['local.get'](f.params.args);
    f['i32.load']({ offset: 8 * (imm as number) });
  },
  param_f32: ({ f }, { imm }) => {
    f['local.get'](f.params.args);
    f['f32.load']({ offset: 8 * (imm as number) });
  },
  copy: (s, { args }) => s.push(args[0]),

  add_int: plain('i32.add'),
  sub_int: plain('i32.sub'),
  mul_int: plain('i32.mul'),
  and_int: plain('i32.and'),
  or_int: plain('i32.or'),
  xor_int: plain('i32.xor'),
  min_int: pick('i32.lt_s'),
  max_int: pick('i32.gt_s'),
  shl_int: shift('i32.shl'),
  shr_int: shift('i32.shr_u'),
  sar_int: shift('i32.shr_s'),

  add_f32: plain('f32.add'),
  sub_f32: plain('f32.sub'),
  mul_f32: plain('f32.mul'),
  div_f32: plain('f32.div'),
  max_f32: pick('f32.gt'),
  min_f32: pick('f32.lt'),
  sqrt_f32: plain('f32.sqrt'),
  fma_f32: (s, { args: [a, b, c] }) => {
    s.push(a);
    s.push(b);
    s.f['f32.mul']();
    s.push(c);
    s.f['f32.add']();
  },
  int_to_f32: plain('f32.convert_i32_s'),
  f32_to_int: (s, { args }) => {
    s.push(args[0]);
    s.f['f32.nearest']();
    s.f['i32.trunc_sat_f32_s']();
  },
  f32_of_bits: plain('f32.reinterpret_i32'),
  bits_of_f32: plain('i32.reinterpret_f32'),
};
