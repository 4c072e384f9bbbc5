import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type DType, dtypes, rowBytes } from '../dtypes.ts';
import { decodeRow } from './decode-row.ts';

const golden = path.resolve(import.meta.dirname, '../../../test/golden/blocks');

function fixture(name: string) {
  const { elements, blocks, values } = JSON.parse(
    readFileSync(path.join(golden, `${name}.json`), 'utf8'),
  ) as { elements: number; blocks: string; values: string };
  return {
    elements,
    blocks: new Uint8Array(Buffer.from(blocks, 'base64')),
    values: new Float32Array(new Uint8Array(Buffer.from(values, 'base64')).buffer),
  };
}

/** Bits of each value; every NaN is the same NaN. */
const bitsOf = (values: Float32Array) =>
  Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length), (bits, i) =>
    Number.isNaN(values[i]) ? 0x7fc00000 : bits,
  );

const integers: readonly DType[] = ['u8', 'i8', 'i32', 'i64'];
const withFixture = (Object.keys(dtypes) as DType[]).filter((d) => !integers.includes(d));

test.each(withFixture)('%s decodes to the bits the gguf package gives', (dtype) => {
  const { elements, blocks, values } = fixture(dtype);
  expect(blocks.length).toBe(rowBytes(dtype, elements));
  const out = new Float32Array(elements);
  decodeRow(dtype, blocks, 0, out, elements);
  expect(bitsOf(out)).toEqual(bitsOf(values));
});

test.each(withFixture)('%s decodes at odd byte offsets, into part of an array', (dtype) => {
  const { elements, blocks, values } = fixture(dtype);
  const shifted = new Uint8Array(blocks.length + 3);
  shifted.set(blocks, 3);
  const out = new Float32Array(elements + 2).fill(7);
  decodeRow(dtype, shifted, 3, out.subarray(1, elements + 1), elements);
  expect(bitsOf(out.subarray(1, elements + 1))).toEqual(bitsOf(values));
  expect([out[0], out[elements + 1]]).toEqual([7, 7]);
});

test('integers decode to their values', () => {
  const out = new Float32Array(3);
  decodeRow('u8', Uint8Array.of(0, 127, 128), 0, out, 3);
  expect([...out]).toEqual([0, 127, 128]);
  const wide = new Uint8Array(new BigInt64Array([-2n, 2n ** 33n]).buffer);
  decodeRow('i64', wide, 0, out, 2);
  expect([...out.subarray(0, 2)]).toEqual([-2, 2 ** 33]);
  decodeRow('i8', Uint8Array.of(0, 127, 128), 0, out, 3);
  expect([...out]).toEqual([0, 127, -128]);
  decodeRow('i32', Uint8Array.of(9, 1, 2, 0, 0, 255, 255, 255, 255), 1, out, 2);
  expect([...out.subarray(0, 2)]).toEqual([513, -1]);
});

test('a row outside its bytes, or of part of a block, is refused', () => {
  const out = new Float32Array(512);
  expect(() => decodeRow('q4_k', new Uint8Array(144), 1, out, 256)).toThrow(/outside its bytes/);
  expect(() => decodeRow('q4_k', new Uint8Array(144), 0, out, 512)).toThrow(/outside its bytes/);
  expect(() => decodeRow('q8_0', new Uint8Array(144), 0, out, 40)).toThrow(/whole q8_0 blocks/);
  expect(() => decodeRow('f32', new Uint8Array(99), -4, out, 4)).toThrow(/outside its bytes/);
  expect(() => decodeRow('i8', new Uint8Array(600), 0, out, 600)).toThrow(/longer than its output/);
});
