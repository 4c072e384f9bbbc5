import { expect, test } from 'vitest';
import { ByteWriter } from './byte-writer.ts';

const written = (write: (out: ByteWriter) => void) => {
  const out = new ByteWriter();
  write(out);
  return Buffer.from(out.bytes).toString('hex');
};

test.each([
  ['00', 0],
  ['7f', 127],
  ['8001', 128],
  ['e58e26', 624_485], // the example of Wikipedia's page on LEB128
  ['ffffffff0f', 2 ** 32 - 1],
])('%s is the unsigned %d', (hex, value) => {
  expect(written((out) => out.u32(value))).toBe(hex);
});

test.each([
  ['3f', 63],
  ['c000', 64],
  ['40', -64],
  ['bf7f', -65],
  ['c0bb78', -123_456],
  ['ffffffff07', 2 ** 31 - 1],
  ['8080808078', -(2 ** 31)],
  ['7f', 2 ** 32 - 1], // the same 32 bits as -1
])('%s is the signed %d', (hex, value) => {
  expect(written((out) => out.i32(value))).toBe(hex);
});

test.each([
  ['ffffffffffffffffff00', 2n ** 63n - 1n],
  ['8080808080808080807f', -(2n ** 63n)],
  ['7f', 2n ** 64n - 1n],
])('%s is the signed %d of 64 bits', (hex, value) => {
  expect(written((out) => out.i64(value))).toBe(hex);
});

test('a number that does not fit is refused', () => {
  expect(() => written((out) => out.u32(-1))).toThrow('expected a whole number from 0 to 2^32 - 1');
  expect(() => written((out) => out.u32(2 ** 32))).toThrow('found 4294967296');
  expect(() => written((out) => out.i32(1.5))).toThrow('32 bits, found 1.5');
  expect(() => written((out) => out.i32(2 ** 32))).toThrow('32 bits');
  expect(() => written((out) => out.i64(2n ** 64n))).toThrow('64 bits');
});

test('parts, names and lists are preceded by their size', () => {
  expect(written((out) => out.name('µ'))).toBe('02c2b5');
  expect(written((out) => out.list([1, 2], (n) => out.u32(n)))).toBe('020102');
  const long = written((out) => out.sized((part) => part.raw(new Uint8Array(1000))));
  expect(long).toBe(`e807${'00'.repeat(1000)}`);
});
