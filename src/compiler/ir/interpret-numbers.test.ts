import { afterAll, expect, test } from 'vitest';
import {
  outF32,
  outI8,
  outI16,
  outI32,
  run,
  traits16,
  traits32,
  tried,
  vector,
} from '../../../test/compiler/try-op.ts';
import { at } from './builder.ts';
import { memoryMeanings } from './interpret-memory.ts';
import { numberMeanings } from './interpret-numbers.ts';
import type { OpName } from './ops-table.ts';
import type { VectorType } from './types.ts';

/** An int through an operation of ints. */
function int(name: OpName, args: number[], imm?: number): number {
  const view = run((k, { scratch }) => {
    const values = args.map((arg) => k.int(arg));
    k.store(at(scratch), k.op(name, values, imm === undefined ? {} : { imm }));
  });
  return outI32(view, 1)[0];
}
function f32(name: OpName, args: number[]): number {
  const view = run((k, { scratch }) => {
    const values = args.map((arg) => k.f32(arg));
    k.store(at(scratch), k.op(name, values));
  });
  return outF32(view, 1)[0];
}

test('ints are exact, and bit operations are those of two’s complement', () => {
  expect(int('add_int', [5, -7])).toBe(-2);
  expect(int('sub_int', [5, 7])).toBe(-2);
  expect(int('mul_int', [-6, 7])).toBe(-42);
  expect(int('min_int', [-6, 7])).toBe(-6);
  expect(int('max_int', [-6, 7])).toBe(7);
  expect(int('and_int', [-1, 0x1234])).toBe(0x1234);
  expect(int('or_int', [0x70, 0x07])).toBe(0x77);
  expect(int('xor_int', [-1, 0x0f])).toBe(-16);
  expect(int('shl_int', [3], 4)).toBe(48);
  expect(int('shr_int', [0x80], 4)).toBe(8);
  expect(int('sar_int', [-9], 1)).toBe(-5);
});

test('an int that targets would disagree on is refused by name', () => {
  expect(() => int('and_int', [2 ** 32, 1])).toThrow('and_int: 4294967296 is not in');
  expect(() => int('shr_int', [-1], 1)).toThrow('shr_int: -1 is not in 0…');
  expect(() => int('sar_int', [2 ** 31], 1)).toThrow('sar_int: 2147483648');
  expect(() => int('mul_int', [2 ** 40, 2 ** 40])).toThrow('mul_int: the result is inexact');
  expect(() =>
    run((k, { scratch }) => k.store(at(scratch), k.op('f32_to_int', [k.f32(2 ** 31)]))),
  ).toThrow('f32_to_int: 2147483648');
});

test('f32 rounds after every operation', () => {
  expect(f32('add_f32', [2 ** 24, 1])).toBe(2 ** 24);
  expect(f32('sub_f32', [2 ** 24, -1])).toBe(2 ** 24);
  expect(f32('mul_f32', [1.5, 2])).toBe(3);
  expect(f32('div_f32', [1, 3])).toBe(Math.fround(1 / 3));
  expect(f32('max_f32', [-1, 2])).toBe(2);
  expect(f32('min_f32', [-1, 2])).toBe(-1);
  expect(f32('sqrt_f32', [2])).toBe(Math.fround(Math.SQRT2));
  expect(f32('fma_f32', [1 + 2 ** -12, 1 + 2 ** -12, -1])).toBe(2 ** -11 + 2 ** -24);
});

test('numbers change between int, f32 and bits', () => {
  const view = run((k, { scratch }) => {
    k.store(at(scratch, 0), k.op('f32_to_int', [k.f32(2.5)]));
    k.store(at(scratch, 4), k.op('f32_to_int', [k.f32(-3.5)]));
    k.store(at(scratch, 8), k.op('bits_of_f32', [k.f32(-1)]));
    k.store(at(scratch, 12), k.op('int_to_f32', [k.int(-7)]));
    k.store(at(scratch, 16), k.op('f32_of_bits', [k.int(0x40400000)]));
  });
  expect(outI32(view, 3)).toEqual([2, -4, 0xbf800000 | 0]);
  expect(outF32(view, 5).slice(3)).toEqual([-7, 3]);
});

test('copy gives a variable the value it has at that time, whatever its type', () => {
  const view = run((k, { scratch }) => {
    const [one, x] = [k.int(1), k.i32x(5)];
    const counter = k.variable(k.add(one, 1));
    const before = k.op('copy', [counter]);
    k.set(counter, one);
    const vectorVariable = k.variable(k.i32x(0));
    k.op('copy', [x]);
    k.set(vectorVariable, x);
    k.store(at(scratch), before);
    k.store(at(scratch, 4), counter);
    k.store(at(scratch, 16), vectorVariable);
  });
  expect(outI32(view, 8)).toEqual([2, 1, 0, 0, 5, 5, 5, 5]);
});

test('loads widen with their sign or without, little end first', () => {
  const names: OpName[] = ['load_u8', 'load_i8', 'load_u16', 'load_i16', 'load_i32', 'load_int'];
  const view = run(
    (k, { args, scratch }) =>
      names.forEach((name, n) => {
        k.store(at(scratch, 4 * n), k.op(name, [], { address: at(args, 8) }));
      }),
    { fill: (v) => v.setBigInt64(8, -2n, true) },
  );
  expect(outI32(view, 6)).toEqual([0xfe, -2, 0xfffe, -2, -2, -2]);
  const floats = run(
    (k, { args, scratch }) => {
      k.store(at(scratch), k.loadF32(at(args)));
      k.store(at(scratch, 4), k.op('load_f16', [], { address: at(args, 4) }));
    },
    {
      fill: (v) => {
        v.setFloat32(0, 0.1, true);
        v.setUint16(4, 0xc000, true);
      },
    },
  );
  expect(outF32(floats, 2)).toEqual([Math.fround(0.1), -2]);
});

test('stores keep the low bits and touch no byte beyond', () => {
  const view = run((k, { scratch }) => {
    const ones = k.int(-1);
    k.store(at(scratch), k.int(0));
    k.op('store_i8', [k.int(0x1ff)], { address: at(scratch, 1) });
    k.op('store_i16', [ones], { address: at(scratch, 4) });
    k.op('store_i32', [k.int(0x123456789)], { address: at(scratch, 8) });
    k.op('store_f32', [k.f32(1)], { address: at(scratch, 12) });
    k.op('store_f16', [k.f32(1 + 2 ** -11)], { address: at(scratch, 16) }); // a tie
  });
  expect(outI32(view, 5)).toEqual([0xff00, 0xffff, 0x23456789, 0x3f800000, 0x3c00]);
});

test('vector loads take as many bytes as their lanes need', () => {
  const fill = (v: DataView) => {
    for (let n = 0; n < 32; n++) v.setUint8(n, 0xf0 + n);
    v.setUint16(64, 0x3c00, true);
    v.setUint16(70, 0xc000, true);
    v.setUint16(72, 0x3f80, true);
    v.setUint16(78, 0xc040, true);
  };
  const load = (name: OpName, disp: number, type: VectorType, traits = traits16) =>
    run(
      (k, { args, scratch }) =>
        k.store(at(scratch), k.op(name, [], { type, address: at(args, disp) })),
      { fill, traits },
    );
  expect(outI8(load('load', 0, 'i8x', traits32), 32)).toEqual(
    Array.from({ length: 32 }, (_, n) => ((0xf0 + n) << 24) >> 24),
  );
  expect(outI16(load('load_splat16', 14, 'i16x'), 8)).toEqual(Array(8).fill(-2));
  expect(outI32(load('load_splat32', 12, 'i32x'), 4)).toEqual(Array(4).fill(0xfffefdfc | 0));
  const quarters = outI8(load('load_splat128', 16, 'i8x', traits32), 32);
  expect(quarters).toEqual(Array.from({ length: 32 }, (_, n) => n % 16));
  expect(outI32(load('load_u8_i32x', 14, 'i32x'), 4)).toEqual([254, 255, 0, 1]);
  expect(outI32(load('load_i8_i32x', 14, 'i32x'), 4)).toEqual([-2, -1, 0, 1]);
  expect(outI32(load('load_i16_i32x', 14, 'i32x'), 4)).toEqual([-2, 256, 770, 1284]);
  expect(outI16(load('load_u8_i16x', 12, 'i16x'), 8)).toEqual([252, 253, 254, 255, 0, 1, 2, 3]);
  expect(outI16(load('load_i8_i16x', 12, 'i16x'), 8)).toEqual([-4, -3, -2, -1, 0, 1, 2, 3]);
  expect(outF32(load('load_f16_f32x', 64, 'f32x'), 4)).toEqual([1, 0, 0, -2]);
  expect(outF32(load('load_bf16_f32x', 72, 'f32x'), 4)).toEqual([1, 0, 0, -3]);
});

test('narrowing stores clamp to bytes and round to f16', () => {
  const view = run((k, { scratch }) => {
    const address = (disp: number) => ({ address: at(scratch, disp) });
    k.op('store_i32x_i8', [vector(k, 'i32x', [300, -300, 5, -5])], address(0));
    k.op('store_f32x_f16', [vector(k, 'f32x', [1, -2, 65504, 0])], address(4));
  });
  expect(outI8(view, 4)).toEqual([127, -128, 5, -5]);
  expect(outI16(view, 6).slice(2)).toEqual([0x3c00, 0xc000 - 0x10000, 0x7bff, 0]);
});

test('parameters are 8 bytes apart, and the inputs are start, end and scratch', () => {
  const view = run(
    (k, { start, end, scratch }) => {
      k.store(at(scratch), k.param(1));
      k.store(at(scratch, 4), k.paramF32(2));
      k.store(at(scratch, 8), start);
      k.store(at(scratch, 12), end);
    },
    {
      fill: (v) => {
        v.setBigInt64(8, -5n, true);
        v.setFloat32(16, 1.5, true);
      },
    },
  );
  expect([outI32(view, 1)[0], outF32(view, 2)[1]]).toEqual([-5, 1.5]);
  expect(outI32(view, 4).slice(2)).toEqual([3, 7]);
});

test('an address is base + index · scale + disp, and outside memory it is refused', () => {
  const view = run((k, { scratch }) => k.store(at(scratch, k.int(3), 4, -8), k.int(9)));
  expect(outI32(view, 2)).toEqual([0, 9]);
  expect(() => run((k, { scratch }) => k.load('f32x', at(scratch, 0xff1)))).toThrow(
    'tried: load: 16 bytes at 0x2ff1 are outside memory 0x1000…0x3000',
  );
  expect(() => run((k) => k.loadU8(at(k.int(0xfff))))).toThrow('load_u8: 1 bytes at 0xfff');
  expect(() => run((k) => k.param(0x400))).toThrow('param_int: 8 bytes at 0x3000');
  run((k) => k.prefetch(at(k.int(-1))));
});

afterAll(() => {
  const all = Object.keys({ ...numberMeanings, ...memoryMeanings });
  expect(all.filter((name) => !tried.has(name))).toEqual([]);
});
