import { afterAll, expect, test } from 'vitest';
import {
  base,
  out,
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
import { f32ToBf16 } from '../../base/half.ts';
import { at } from './builder.ts';
import { tileMeanings } from './interpret-tiles.ts';
import { vectorMeanings } from './interpret-vectors.ts';
import type { OpName } from './ops-table.ts';
import type { Traits, Type, VectorType } from './types.ts';

/** A vector through an operation on constants; shorter constants repeat. */
function lanes(
  name: OpName,
  args: [VectorType, number[]][],
  { imm, traits = traits16 }: { imm?: number; traits?: Traits } = {},
): number[] {
  let type: Type | undefined;
  const view = run(
    (k, { scratch }) => {
      const values = args.map(([t, numbers]) => vector(k, t, numbers));
      const result = k.op(name, values, imm === undefined ? {} : { imm });
      type = result.type;
      k.store(at(scratch), result);
    },
    { traits },
  );
  const bytes = traits.vectorBytes;
  if (type === 'i8x') return outI8(view, bytes);
  if (type === 'i16x') return outI16(view, bytes / 2);
  return type === 'i32x' ? outI32(view, bytes / 4) : outF32(view, bytes / 4);
}
const f = (...values: number[]): [VectorType, number[]] => ['f32x', values];
const i = (...values: number[]): [VectorType, number[]] => ['i32x', values];
const h = (...values: number[]): [VectorType, number[]] => ['i16x', values];
const b = (...values: number[]): [VectorType, number[]] => ['i8x', values];
const sixteen = Array.from({ length: 16 }, (_, n) => n);

test('splats and reinterpretations keep bits', () => {
  const view = run((k, { scratch }) => {
    k.store(at(scratch), k.splat(k.f32(1)));
    k.store(at(scratch, 16), k.splat(k.int(-2)));
    k.store(at(scratch, 32), k.op('splat_i16', [k.int(0x18001)]));
    k.store(at(scratch, 48), k.op('splat_i8', [k.int(0x17f)]));
  });
  const expected = [0x3f800000, -2, 0x80018001 | 0, 0x7f7f7f7f];
  expect(outI32(view, 16)).toEqual(expected.flatMap((x) => Array(4).fill(x)));
  expect(lanes('as_i8x', [i(0x01020304)])).toEqual([
    4, 3, 2, 1, 4, 3, 2, 1, 4, 3, 2, 1, 4, 3, 2, 1,
  ]);
  expect(lanes('as_i16x', [i(0x10002)])).toEqual([2, 1, 2, 1, 2, 1, 2, 1]);
  expect(lanes('as_i32x', [f(1)])).toEqual(Array(4).fill(0x3f800000));
  expect(lanes('as_f32x', [i(0x40000000)])).toEqual([2, 2, 2, 2]);
});

test('bits of vectors', () => {
  expect(lanes('and', [i(0b1100), i(0b1010)])).toEqual(Array(4).fill(0b1000));
  expect(lanes('or', [i(0b1100), i(0b1010)])).toEqual(Array(4).fill(0b1110));
  expect(lanes('xor', [i(0b1100), i(0b1010)])).toEqual(Array(4).fill(0b0110));
  expect(lanes('andn', [i(0b1100), i(0b1010)])).toEqual(Array(4).fill(0b0010));
});

test('lanes of f32', () => {
  expect(lanes('add_f32x', [f(1, 2, 3, 2 ** 24), f(1)])).toEqual([2, 3, 4, 2 ** 24]);
  expect(lanes('sub_f32x', [f(1, 2, 3, 4), f(3)])).toEqual([-2, -1, 0, 1]);
  expect(lanes('mul_f32x', [f(1, 2, 3, 4), f(-3)])).toEqual([-3, -6, -9, -12]);
  expect(lanes('div_f32x', [f(1, 2, 3, 6), f(3)])).toEqual([1 / 3, 2 / 3, 1, 2].map(Math.fround));
  expect(lanes('max_f32x', [f(1, -2, 3, 4), f(2)])).toEqual([2, 2, 3, 4]);
  expect(lanes('min_f32x', [f(1, -2, 3, 4), f(2)])).toEqual([1, -2, 2, 2]);
  expect(lanes('sqrt_f32x', [f(4, 9, 16, 25)])).toEqual([2, 3, 4, 5]);
  expect(lanes('fma_f32x', [f(1, 2, 3, 4), f(10), f(5)])).toEqual([15, 25, 35, 45]);
  expect(lanes('fnma_f32x', [f(1, 2, 3, 4), f(10), f(5)])).toEqual([-5, -15, -25, -35]);
  expect(lanes('to_i32x', [f(0.5, 1.5, -2.5, 3e9)])).toEqual([0, 2, -2, -(2 ** 31)]);
  expect(lanes('to_f32x', [i(1, -2, 2 ** 24 + 1, 0)])).toEqual([1, -2, 2 ** 24, 0]);
  expect(lanes('select_lt', [f(1, 2, 3, 4), f(3), f(10), f(20)])).toEqual([10, 10, 20, 20]);
});

test('lanes of integers wrap', () => {
  const most = 2 ** 31 - 1;
  expect(lanes('add_i32x', [i(1, most, -1, 0), i(1)])).toEqual([2, -most - 1, 0, 1]);
  expect(lanes('sub_i32x', [i(1, 2, -most, 0), i(3)])).toEqual([-2, -1, most - 1, -3]);
  expect(lanes('mul_i32x', [i(0x10001, -3, 5, 0), i(0x10001)])).toEqual([
    0x20001, -196611, 327685, 0,
  ]);
  expect(lanes('max_i32x', [i(1, -2, 3, 4), i(2)])).toEqual([2, 2, 3, 4]);
  expect(lanes('min_i32x', [i(1, -2, 3, 4), i(2)])).toEqual([1, -2, 2, 2]);
  expect(lanes('shl_i32x', [i(1, -1, most, 0)], { imm: 4 })).toEqual([16, -16, -16, 0]);
  expect(lanes('shr_i32x', [i(16, -1, most, 0)], { imm: 4 })).toEqual([
    1,
    2 ** 28 - 1,
    2 ** 27 - 1,
    0,
  ]);
  expect(lanes('sar_i32x', [i(16, -17, most, 0)], { imm: 4 })).toEqual([1, -2, 2 ** 27 - 1, 0]);
  const hh = h(1, -1, 0x7fff, -0x8000);
  const twice = (values: number[]) => [...values, ...values];
  expect(lanes('add_i16x', [hh, h(1)])).toEqual(twice([2, 0, -0x8000, -0x7fff]));
  expect(lanes('sub_i16x', [hh, h(1)])).toEqual(twice([0, -2, 0x7ffe, 0x7fff]));
  expect(lanes('mul_i16x', [hh, h(3)])).toEqual(twice([3, -3, 0x7ffd, -0x8000]));
  expect(lanes('shl_i16x', [hh], { imm: 1 })).toEqual(twice([2, -2, -2, 0]));
  expect(lanes('shr_i16x', [hh], { imm: 1 })).toEqual(twice([0, 0x7fff, 0x3fff, 0x4000]));
  expect(lanes('sar_i16x', [hh], { imm: 1 })).toEqual(twice([0, -1, 0x3fff, -0x4000]));
  const bb = b(1, -1, 127, -128);
  expect(lanes('add_i8x', [bb, b(1)]).slice(0, 4)).toEqual([2, 0, -128, -127]);
  expect(lanes('sub_i8x', [bb, b(1)]).slice(0, 4)).toEqual([0, -2, 126, 127]);
});

test('lookup16 looks within each 16 bytes, also into its own table', () => {
  const table = sixteen.map((n) => n * n);
  const index = sixteen.map((n) => 15 - n);
  const found = lanes('lookup16', [b(...table), b(...index)], { traits: traits32 });
  const expected = index.map((n) => ((n * n) << 24) >> 24);
  expect(found).toEqual([...expected, ...expected]);
  const own = run((k, { scratch }) => {
    const x = k.variable(vector(k, 'i8x', index));
    k.set(x, k.lookup16(x, x));
    k.store(at(scratch), x);
  });
  expect(outI8(own, 16)).toEqual(sixteen);
  expect(() => lanes('lookup16', [b(0), b(16)])).toThrow('lookup16: index 16 in byte 0');
});

test('dot products add groups of products to each lane', () => {
  expect(lanes('dot2', [i(1, 2, 3, 4), h(100, -200), h(300, 400)])).toEqual(
    [1, 2, 3, 4].map((x) => x + 30000 - 80000),
  );
  const a = b(127, 1, 2, 3);
  const w = b(-128, 10, 20, 30);
  const expected = 127 * -128 + 10 + 40 + 90;
  expect(lanes('dot4', [i(5, 6, 7, 8), a, w])).toEqual([5, 6, 7, 8].map((x) => x + expected));
  const signed = -127 * -128 + 10 + 40 + 90;
  expect(lanes('dot4s', [i(5), b(-127, 1, 2, 3), w])).toEqual(Array(4).fill(5 + signed));
});

test('dot4 is unsigned by signed, up to 127 unless the target takes more', () => {
  const bad: Parameters<typeof lanes> = ['dot4', [i(0), b(1, -1, 0, 0), b(2, 3, 0, 0)]];
  expect(() => lanes(...bad)).toThrow('dot4: 255 in element 1');
  const takes = { traits: { ...traits16, dot4TakesU8: true } };
  expect(lanes(bad[0], bad[1], takes)).toEqual(Array(4).fill(2 + 255 * 3));
  expect(() => lanes('dot4s', [i(0), b(0, 0, -128, 0), b(1)])).toThrow('dot4s: -128 in element 2');
});

test('reductions go over all lanes', () => {
  const view = run((k, { scratch }) => {
    k.store(at(scratch), k.reduceAdd(vector(k, 'f32x', [1, 2, 3, 4])));
    k.store(at(scratch, 4), k.reduceMax(vector(k, 'f32x', [-4, -2, -3, -9])));
    k.store(at(scratch, 8), k.reduceAdd(vector(k, 'i32x', [2 ** 31 - 1, 1, -1, 2])));
  });
  expect([...outF32(view, 2), outI32(view, 3)[2]]).toEqual([10, -2, -(2 ** 31) + 1]);
});

/** sums (16 rows 128 bytes apart) = start + 2 · (a at args · b at args + 1024) */
function multiplied(name: 'tile_dot_i8' | 'tile_dot_bf16', depth: number, fill: Fill): DataView {
  return run(
    (k, { args, scratch }) => {
      k.tileDepth = depth;
      const a = k.op('tile_load_a', [], { address: at(args), imm: 64 });
      const b = k.op('tile_load_b', [], { address: at(args, 1024), imm: 80 });
      const acc = k.variable(k.op('tile_zero'));
      k.loop(0, 2, 1, () => k.set(acc, k.op(name, [acc, a, b])));
      k.op('tile_store', [acc], { address: at(scratch), imm: 128 });
      const again = k.op('tile_load', [], { address: at(scratch), imm: 128 });
      k.op('tile_store', [again], { address: at(scratch, 2048), imm: 128 });
    },
    { fill },
  );
}

type Fill = (view: DataView) => void;
const someCells = [
  [0, 0],
  [3, 7],
  [9, 8],
  [15, 15],
];

test('tiles of bytes multiply 16 × depth by depth × 16 in groups of four', () => {
  // a[m][k] = m - 8 in every element, b[k][n] = n + 120: beyond 127 it is negative.
  const fill = (v: DataView) => {
    for (let row = 0; row < 16; row++) {
      for (let byte = 0; byte < 64; byte++) {
        v.setInt8(row * 64 + byte, row - 8);
        v.setUint8(1024 + row * 80 + byte, (byte >> 2) + 120);
      }
    }
  };
  for (const depth of [64, 32, 16]) {
    const view = multiplied('tile_dot_i8', depth, fill);
    for (const [m, n] of someCells) {
      const weight = n + 120 > 127 ? n + 120 - 256 : n + 120;
      const place = out - base + m * 128 + n * 4;
      expect(view.getInt32(place, true)).toBe(2 * depth * (m - 8) * weight);
      expect(view.getInt32(place + 2048, true)).toBe(2 * depth * (m - 8) * weight);
    }
    expect(view.getInt32(out - base + 64, true)).toBe(0); // between rows
  }
});

test('tiles of bf16 multiply 16 × depth / 2 by depth / 2 × 16 in pairs', () => {
  // a[m][k] = m - 8, b[k][n] = n + 0.5 for even k, -1 for odd.
  const fill = (v: DataView) => {
    for (let row = 0; row < 16; row++) {
      for (let i = 0; i < 32; i++) {
        v.setUint16(row * 64 + 2 * i, f32ToBf16(row - 8), true);
        const weight = i % 2 === 0 ? (i >> 1) + 0.5 : -1;
        v.setUint16(1024 + row * 80 + 2 * i, f32ToBf16(weight), true);
      }
    }
  };
  for (const depth of [64, 32]) {
    const view = multiplied('tile_dot_bf16', depth, fill);
    for (const [m, n] of someCells) {
      const sum = 2 * (depth / 4) * (m - 8) * (n + 0.5 - 1);
      expect(view.getFloat32(out - base + m * 128 + n * 4, true)).toBeCloseTo(sum, 6);
    }
  }
});

afterAll(() => {
  const all = Object.keys({ ...vectorMeanings, ...tileMeanings });
  expect(all.filter((name) => !tried.has(name))).toEqual([]);
});
