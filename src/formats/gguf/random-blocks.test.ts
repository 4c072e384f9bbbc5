import { expect, test } from 'vitest';
import { decodeRow } from '../../base/blocks/decode-row.ts';
import { type DType, dtypes, rowBytes } from '../../base/dtypes.ts';
import { randomBlocks } from './random-blocks.ts';

const floats = (Object.keys(dtypes) as DType[]).filter((d) => !/^[ui]\d+$/.test(d));

test.each(floats)('random %s values have the deviation asked for', (dtype) => {
  const elements = 256 * 64;
  const bytes = randomBlocks(dtype, elements, 0.02, 7);
  expect(bytes.length).toBe(rowBytes(dtype, elements));
  const values = new Float32Array(elements);
  decodeRow(dtype, bytes, 0, values, elements);
  const mean = values.reduce((a, v) => a + v, 0) / elements;
  const deviation = Math.sqrt(values.reduce((a, v) => a + v * v, 0) / elements);
  const worst = values.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
  // mxfp4's scales are powers of two: up to a factor √2 off.
  expect(deviation).toBeGreaterThan(0.02 * (dtype === 'mxfp4' ? 0.65 : 0.85));
  expect(deviation).toBeLessThan(0.02 * (dtype === 'mxfp4' ? 1.5 : 1.2));
  expect(Math.abs(mean)).toBeLessThan(0.003);
  expect(worst).toBeLessThan(0.2);
});

test('the same seed gives the same bytes, another seed others', () => {
  expect(randomBlocks('q4_k', 512, 1, 3)).toEqual(randomBlocks('q4_k', 512, 1, 3));
  expect(randomBlocks('q4_k', 512, 1, 3)).not.toEqual(randomBlocks('q4_k', 512, 1, 4));
});
