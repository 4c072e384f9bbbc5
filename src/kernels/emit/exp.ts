/**
 * eˣ for vectors: 2ⁿ · eʳ with r within ±ln 2 / 2, eʳ by Cephes' polynomial of degree 7
 * (expf.c, public domain), 2ⁿ made of bits. Within 2e-7 of the truth; below -87 it is e⁻⁸⁷.
 */
import type { Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';

const coefficients = [
  ...[1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3],
  ...[4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
];
/** ln 2 in two parts, the first exact in few bits. */
const ln2High = 0.693359375;
const ln2Low = -2.1219444e-4;

export function exp(k: Builder, x: Value): Value {
  const clamped = k.min(k.max(x, k.f32x(-87)), k.f32x(88));
  const n = k.op('to_i32x', [k.mul(clamped, k.f32x(Math.LOG2E))]);
  const whole = k.op('to_f32x', [n]);
  const r = k.fnma(whole, k.f32x(ln2Low), k.fnma(whole, k.f32x(ln2High), clamped));
  let polynomial = k.f32x(coefficients[0]);
  for (const c of coefficients.slice(1)) polynomial = k.fma(polynomial, r, k.f32x(c));
  const power = k.add(k.fma(polynomial, k.mul(r, r), r), k.f32x(1));
  const bits = k.shl(k.add(n, k.i32x(127)), 23);
  return k.mul(power, k.as('f32x', bits));
}

/** x / (1 + e⁻ˣ) */
export function silu(k: Builder, x: Value): Value {
  const negative = k.sub(k.f32x(0), x);
  return k.div(x, k.add(exp(k, negative), k.f32x(1)));
}
