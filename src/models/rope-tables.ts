/** How a model rotates queries and keys. */
import type { RopeConfig } from '../formats/model-config.ts';
import { ropeFactor, ropeFrequencies } from '../nn/rope-frequencies.ts';
import type { Rotation } from '../nn/step-inputs.ts';
import type { Weights } from '../nn/weights.ts';

/** `factorsName`: the tensor that `factors-in-tensor` speaks of. */
export function ropeTables(rope: RopeConfig, weights: Weights, factorsName: string): Rotation {
  const isInTensor = rope.scaling.type === 'factors-in-tensor';
  const factors = isInTensor ? weights.values(factorsName, rope.dims / 2) : undefined;
  return {
    frequencies: ropeFrequencies(rope, factors),
    interleaved: rope.interleaved,
    factor: ropeFactor(rope),
  };
}
