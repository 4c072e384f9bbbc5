/**
 * Loads and stores. Vectors are 16 bytes, so half of one is 8 bytes and a quarter 4; a splat of
 * 16 bytes is a plain load. No address is promised to be a multiple of anything.
 */
import type { Address, Value } from '../../ir/types.ts';
import { narrowToHalf, widenHalf } from './half-precision.ts';
import type { InstructionName } from './instruction.ts';
import type { Memarg } from './instruction-emitter.ts';
import type { opcodes } from './opcodes-table.ts';
import type { Select } from './select-numbers.ts';
import type { PlainInstruction, Selection } from './selection.ts';

/** Instructions with an address behind the opcode. */
type MemoryInstruction = {
  [Name in InstructionName]: (typeof opcodes)[Name] extends readonly [
    string,
    string,
    `mem${1 | 2 | 4 | 8 | 16}`,
  ]
    ? Name
    : never;
}[InstructionName];

function load(instruction: MemoryInstruction, ...then: PlainInstruction[]): Select {
  return (s, { address }) => {
    const memarg = s.pushAddress(address as Address);
    s.f[instruction](memarg);
    for (const next of then) s.f[next]();
  };
}

function store(instruction: MemoryInstruction): Select {
  return (s, { address, args }) => s.f[instruction](pushBoth(s, address, args[0]));
}

function pushBoth(s: Selection, address: Address | undefined, value: Value): Memarg {
  const memarg = s.pushAddress(address as Address);
  s.push(value);
  return memarg;
}

export const memory: Readonly<Record<string, Select>> = {
  load_u8: load('i32.load8_u'),
  load_i8: load('i32.load8_s'),
  load_u16: load('i32.load16_u'),
  load_i16: load('i32.load16_s'),
  load_i32: load('i32.load'),
  load_int: load('i32.load'),
  load_f32: load('f32.load'),
  load_f16: (s, op) => {
    load('i32.load16_u', 'i32x4.splat')(s, op);
    widenHalf(s);
    s.f['f32x4.extract_lane'](0);
  },
  store_i8: store('i32.store8'),
  store_i16: store('i32.store16'),
  store_i32: store('i32.store'),
  store_f32: store('f32.store'),
  store_f16: (s, { address, args }) => {
    const memarg = pushBoth(s, address, args[0]);
    s.f['f32x4.splat']();
    narrowToHalf(s);
    s.f['i32x4.extract_lane'](0);
    s.f['i32.store16'](memarg);
  },

  load: load('v128.load'),
  store: store('v128.store'),
  load_splat16: load('v128.load16_splat'),
  load_splat32: load('v128.load32_splat'),
  load_splat128: load('v128.load'),
  load_u8_i32x: load('v128.load32_zero', 'i16x8.extend_low_i8x16_u', 'i32x4.extend_low_i16x8_u'),
  load_i8_i32x: load('v128.load32_zero', 'i16x8.extend_low_i8x16_s', 'i32x4.extend_low_i16x8_s'),
  load_i16_i32x: load('v128.load16x4_s'),
  load_u8_i16x: load('v128.load8x8_u'),
  load_i8_i16x: load('v128.load8x8_s'),
  load_f16_f32x: (s, op) => {
    load('v128.load16x4_u')(s, op);
    widenHalf(s);
  },
  load_bf16_f32x: (s, op) => {
    load('v128.load16x4_u')(s, op);
    s.f['i32.const'](16);
    s.f['i32x4.shl']();
  },
  store_i32x_i8: (s, { address, args }) => {
    const memarg = pushBoth(s, address, args[0]);
    const value = s.temp(0);
    s.f['local.tee'](value);
    s.f['local.get'](value);
    s.f['i16x8.narrow_i32x4_s']();
    s.f['local.tee'](value);
    s.f['local.get'](value);
    s.f['i8x16.narrow_i16x8_s']();
    s.f['v128.store32_lane'](memarg, 0);
  },
  store_f32x_f16: (s, { address, args }) => {
    const memarg = pushBoth(s, address, args[0]);
    narrowToHalf(s);
    const value = s.temp(0);
    s.f['local.tee'](value);
    s.f['local.get'](value);
    s.f['i16x8.narrow_i32x4_u'](); // saturates nothing: lanes are 0…0xffff
    s.f['v128.store64_lane'](memarg, 0);
  },
  prefetch: () => {},
};
