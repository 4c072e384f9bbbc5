import { expect, test } from 'vitest';
import { type FileType, recipeDtype } from './recipe.ts';
import { shapeTensors } from './shape-tensors.ts';
import { type ShapeName, shapes } from './shapes.ts';
import { workPerToken } from './work-per-token.ts';

function counts(shape: ShapeName, fileType: FileType): Record<string, number> {
  const found: Record<string, number> = {};
  for (const tensor of shapeTensors(shapes[shape])) {
    const dtype = recipeDtype(tensor, fileType, shapes[shape]);
    found[dtype] = (found[dtype] ?? 0) + 1;
  }
  return found;
}

test('the 1.5B in Q4_K_M has the types of the published file', () => {
  expect(counts('1.5b', 'Q4_K_M')).toEqual({ f32: 141, q4_k: 169, q6_k: 29 });
});

test('rows that are no whole blocks of 256 fall back', () => {
  const found = counts('v2-lite', 'Q4_K_M');
  // attn_k_b everywhere; ffn_down of the dense layer and of the experts, in half of the layers.
  expect(found.q5_0).toBeGreaterThan(27);
  expect(found.q8_0).toBeGreaterThan(10);
  expect(Object.keys(counts('v2-lite', 'IQ4_XS'))).toContain('iq4_nl');
});

test('a token of the 1.5B in Q4_K_M costs 980 MB and 1.31 G products', () => {
  const { decodeBytes, prefillMacs } = workPerToken('1.5b', 'Q4_K_M');
  expect(decodeBytes / 1e6).toBeCloseTo(980, -1);
  expect(prefillMacs / 1e9).toBeCloseTo(1.31, 2);
});
