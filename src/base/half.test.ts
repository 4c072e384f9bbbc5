import { expect, test } from 'vitest';
import {
  bf16ToF32,
  e8m0ToF32,
  f8e4m3ToF32,
  f16ToF32,
  f32ToBf16,
  f32ToE8m0,
  f32ToF8e4m3,
  f32ToF16,
} from './half.ts';

const scratch = new DataView(new ArrayBuffer(4));
const f32 = (bits: number) => {
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
};
/** V8's own f16, the second implementation here (Node 24; its types come with a later lib). */
const f16round = (Math as unknown as { f16round(x: number): number }).f16round;

test('every f16 and every bf16 survives decoding and encoding', () => {
  const wrong: number[] = [];
  for (let bits = 0; bits < 0x10000; bits++) {
    const half = f16ToF32(bits);
    if (Number.isNaN(half) ? (f32ToF16(half) & 0x7fff) !== 0x7e00 : f32ToF16(half) !== bits) {
      wrong.push(bits);
    }
    if (!Object.is(f16round(half), half)) wrong.push(bits);
    const brain = bf16ToF32(bits);
    if (!Object.is(brain, f32(bits * 0x10000))) wrong.push(bits);
    if (!Number.isNaN(brain) && f32ToBf16(brain) !== bits) wrong.push(bits);
  }
  expect(wrong).toEqual([]);
});

test('f16 encoding rounds as V8 does, between and at every pair of neighbours', () => {
  const wrong: number[] = [];
  for (let bits = 0; bits < 0x7c00; bits++) {
    const low = f16ToF32(bits);
    const high = bits === 0x7bff ? 65536 : f16ToF32(bits + 1);
    const middle = (low + high) / 2; // exact in f32
    for (const x of [middle, middle * (1 - 2 ** -20), middle * (1 + 2 ** -20)]) {
      const rounded = Math.fround(x);
      if (!Object.is(f16ToF32(f32ToF16(rounded)), f16round(rounded))) wrong.push(x);
      if (!Object.is(f16ToF32(f32ToF16(-rounded)), f16round(-rounded))) wrong.push(-x);
    }
  }
  expect(wrong).toEqual([]);
});

test('f16 encoding of the extremes', () => {
  expect(f32ToF16(Number.POSITIVE_INFINITY)).toBe(0x7c00);
  expect(f32ToF16(Number.NEGATIVE_INFINITY)).toBe(0xfc00);
  expect(f32ToF16(3e38)).toBe(0x7c00);
  expect(f32ToF16(-0)).toBe(0x8000);
  expect(f32ToF16(1e-40)).toBe(0);
  expect(f32ToF16(Number.NaN) & 0x7fff).toBe(0x7e00);
});

test('bf16 encoding rounds to nearest, ties to even', () => {
  expect(f32ToBf16(f32(0x3f808000))).toBe(0x3f80);
  expect(f32ToBf16(f32(0x3f818000))).toBe(0x3f82);
  expect(f32ToBf16(f32(0x3f808001))).toBe(0x3f81);
  expect(f32ToBf16(f32(0x7f7fffff))).toBe(0x7f80);
  expect(f32ToBf16(f32(0x00008001))).toBe(1);
  expect(Number.isNaN(bf16ToF32(f32ToBf16(Number.NaN)))).toBe(true);
  expect(Number.isNaN(bf16ToF32(f32ToBf16(f32(0x7f800001))))).toBe(true);
});

test('every f8 e4m3fn survives, and encoding picks the nearest, ties to even', () => {
  const finite = Array.from({ length: 127 }, (_, bits) => f8e4m3ToF32(bits));
  expect([finite[0], finite[1], finite[8], finite[126]]).toEqual([0, 2 ** -9, 2 ** -6, 448]);
  expect([f8e4m3ToF32(0x7f), f8e4m3ToF32(0xff)]).toEqual([Number.NaN, Number.NaN]);
  for (let bits = 0; bits < 127; bits++) {
    expect(f32ToF8e4m3(finite[bits]!)).toBe(bits);
    expect(f32ToF8e4m3(-finite[bits]!)).toBe(bits | 0x80);
    if (bits === 126) break;
    const middle = (finite[bits]! + finite[bits + 1]!) / 2;
    expect(f32ToF8e4m3(middle)).toBe(bits & 1 ? bits + 1 : bits);
    expect(f32ToF8e4m3(middle * (1 + 2 ** -20))).toBe(bits + 1);
    expect(f32ToF8e4m3(middle * (1 - 2 ** -20))).toBe(bits);
  }
  expect(f32ToF8e4m3(464)).toBe(126);
  expect(f32ToF8e4m3(464.01) & 0x7f).toBe(0x7f);
  expect(f32ToF8e4m3(Number.NEGATIVE_INFINITY)).toBe(0xff);
  expect(f32ToF8e4m3(1e-30)).toBe(0);
});

test('e8m0 is a power of two, encoded to the nearest', () => {
  expect([0, 1, 127, 254].map(e8m0ToF32)).toEqual([2 ** -127, 2 ** -126, 1, 2 ** 127]);
  expect(e8m0ToF32(255)).toBe(Number.NaN);
  for (let bits = 0; bits < 255; bits++) {
    expect(f32ToE8m0(e8m0ToF32(bits))).toBe(bits);
    if (bits < 254) {
      expect(f32ToE8m0(e8m0ToF32(bits) * 1.5)).toBe(bits & 1 ? bits + 1 : bits);
      expect(f32ToE8m0(e8m0ToF32(bits) * 1.4)).toBe(bits);
      expect(f32ToE8m0(e8m0ToF32(bits) * 1.6)).toBe(bits + 1);
    }
  }
  expect([f32ToE8m0(-1), f32ToE8m0(Number.NaN), f32ToE8m0(Number.POSITIVE_INFINITY)]).toEqual([
    255, 255, 255,
  ]);
  expect([f32ToE8m0(0), f32ToE8m0(1e-45)]).toEqual([0, 0]);
});
