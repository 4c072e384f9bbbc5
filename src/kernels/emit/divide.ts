/** Whole-number division by something known before the launch, without a division. */
import type { Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';

/** floor(a / b) for 0 ≤ a < 2²², `inverse` = 1 / b: (a + ½) / b − ½, to the nearest. */
export function divided(k: Builder, a: Value, inverse: Value): Value {
  const half = k.f32(0.5);
  const middle = k.add(k.op('int_to_f32', [a]), half);
  return k.op('f32_to_int', [k.sub(k.mul(middle, inverse), half)]);
}
