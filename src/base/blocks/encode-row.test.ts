import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { decodeRow } from './decode-row.ts';
import { type EncodableDType, encodeRow, encodeRows } from './encode-row.ts';

const golden = path.resolve(import.meta.dirname, '../../../test/golden/blocks/quantise.json');
const fixture = JSON.parse(readFileSync(golden, 'utf8')) as Record<string, string>;
const bytesOf = (name: string) => new Uint8Array(Buffer.from(fixture[name]!, 'base64'));

test.each(['f16', 'bf16', 'q8_0', 'q4_0'] as const)(
  '%s is encoded to the bytes the gguf package gives',
  (dtype) => {
    const values = new Float32Array(bytesOf('values').buffer);
    expect(Buffer.from(encodeRows(dtype, values, 64)).equals(bytesOf(dtype))).toBe(true);
  },
);

/** N(0, 1) by a fixed linear congruence and the central limit: no generator to depend on. */
function gaussian(count: number): Float32Array {
  let state = 12345;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length: count }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += uniform();
    return sum;
  });
}

function relativeError(dtype: EncodableDType, values: Float32Array): number {
  const decoded = new Float32Array(values.length);
  decodeRow(dtype, encodeRows(dtype, values, 256), 0, decoded, values.length);
  let [error, power] = [0, 0];
  for (const [i, value] of values.entries()) {
    error += (decoded[i]! - value) ** 2;
    power += value ** 2;
  }
  return Math.sqrt(error / power);
}

/**
 * ggml's own quantiser (ggml_quantize_chunk of the libggml-base that node-llama-cpp 3.22.1 carries)
 * measured 0.0713 for Q4_K and 0.0177 for Q6_K on a million Gaussian values; ours 0.0701 and 0.0166.
 */
test.each([
  ['q8_0', 0.0055],
  ['q4_0', 0.088],
  ['q4_k', 0.0708],
  ['q6_k', 0.0169],
] as const)('%s of Gaussian values has a relative RMSE below %f', (dtype, bound) => {
  const error = relativeError(dtype, gaussian(256 * 256));
  expect(error).toBeLessThan(bound);
  expect(error).toBeGreaterThan(bound / 2); // else the measure is broken
});

const rows: [string, (i: number) => number, number][] = [
  ['zeros', () => 0, 0],
  ['one positive value', () => 0.25, 1e-3],
  ['one negative value', () => -3, 1e-3],
  ['a single outlier', (i) => (i === 77 ? 100 : 0), 1e-2],
  ['a ramp above zero', (i) => 5 + i / 256, 2e-2],
  ['a ramp below zero', (i) => -5 - i / 256, 8e-2],
  ['groups of very different size', (i) => Math.sin(i) * 2 ** -(i >> 5), 0.1],
  ['values near the end of f16', (i) => Math.cos(i) * 3e4, 0.1],
];

test.each(rows)('Q4_K, Q6_K, Q4_0 and Q8_0 keep %s', (_, valueAt, bound) => {
  const values = Float32Array.from({ length: 256 }, (_, i) => valueAt(i));
  for (const dtype of ['q8_0', 'q6_k', 'q4_k'] as const) {
    if (bound > 0) expect(relativeError(dtype, values), dtype).toBeLessThan(bound);
  }
  if (bound > 0) expect(relativeError('q4_0', values)).toBeLessThan(Math.max(bound, 0.15));
  else
    for (const dtype of ['q8_0', 'q4_0', 'q6_k', 'q4_k'] as const) {
      const out = new Float32Array(256).fill(1);
      decodeRow(dtype, encodeRows(dtype, values, 256), 0, out, 256);
      expect(out.every((v) => v === 0)).toBe(true);
    }
});

test('values too small for any scale become zero, not NaN', () => {
  const values = new Float32Array(256).fill(1e-42);
  for (const dtype of ['q8_0', 'q4_0', 'q6_k', 'q4_k'] as const) {
    const out = new Float32Array(256).fill(1);
    decodeRow(dtype, encodeRows(dtype, values, 256), 0, out, 256);
    expect(out.every((v) => v === 0)).toBe(true);
  }
});

test('rows are written where they are asked to be, and nowhere else', () => {
  const values = gaussian(256);
  const bytes = new Uint8Array(144 + 10).fill(0xaa);
  encodeRow('q4_k', values, bytes, 5);
  expect(bytes.subarray(5, 149)).toEqual(encodeRows('q4_k', values, 256));
  expect([...bytes.subarray(0, 5), ...bytes.subarray(149)].every((b) => b === 0xaa)).toBe(true);
});

test('what cannot be encoded is refused', () => {
  expect(() => encodeRows('q4_k', new Float32Array(512), 128)).toThrow(/not whole q4_k blocks/);
  expect(() => encodeRows('f16', new Float32Array(10), 4)).toThrow(/not rows of 4/);
  expect(() => encodeRow('q8_0', new Float32Array(32), new Uint8Array(34), 1)).toThrow(/outside/);
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => encodeRows('q8_0', new Float32Array(32).fill(bad), 32)).toThrow(/finite/);
  }
});
