/** The rotary tables of a model, on its device. */
import type { RopeConfig } from '../formats/model-config.ts';
import type { RopeTables } from '../nn/attention.ts';
import { ropeFactor, ropeFrequencies } from '../nn/rope-frequencies.ts';
import type { Weights } from '../nn/weights.ts';

/** `factorsName`: the tensor that `factors-in-tensor` speaks of. */
export function ropeTables(rope: RopeConfig, weights: Weights, factorsName: string): RopeTables {
  const isInTensor = rope.scaling.type === 'factors-in-tensor';
  const factors = isInTensor ? weights.values(factorsName, rope.dims / 2) : undefined;
  return {
    frequencies: weights.constant(ropeFrequencies(rope, factors), 'rope.frequencies'),
    interleaved: rope.interleaved,
    factor: ropeFactor(rope),
  };
}
