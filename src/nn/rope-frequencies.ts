/**
 * Radians per position for each rotated pair, with the checkpoint's context scaling applied:
 * linear, YaRN (arXiv:2309.00071), Llama 3's three bands, or factors the file itself holds.
 */
import type { RopeConfig } from '../formats/model-config.ts';

/** (dims / 2). `factors`: GGUF's rope_freqs.weight, for `factors-in-tensor`. */
export function ropeFrequencies(rope: RopeConfig, factors?: Float32Array): Float32Array {
  const { theta, dims, scaling } = rope;
  return Float32Array.from({ length: dims / 2 }, (_, i) => {
    const frequency = theta ** ((-2 * i) / dims);
    switch (scaling.type) {
      case 'none':
        return frequency;
      case 'linear':
        return frequency / scaling.factor;
      case 'yarn':
        return yarn(frequency, i, rope, scaling);
      case 'llama3':
        return llama3(frequency, scaling);
      case 'factors-in-tensor':
        return frequency / (factors?.[i] ?? 1);
    }
  });
}

/** What cos and sin are multiplied by. */
export function ropeFactor({ scaling }: RopeConfig): number {
  return scaling.type === 'yarn' ? scaling.attentionFactor : 1;
}

/**
 * DeepSeek's correction of the softmax scale under YaRN: (0.1 · mscaleAllDim · ln factor + 1)².
 * Source: DeepSeek-V3, inference/model.py; 1 without YaRN.
 */
export function yarnSoftmaxScale({ scaling }: RopeConfig): number {
  if (scaling.type !== 'yarn' || scaling.mscaleAllDim === 0 || scaling.factor <= 1) return 1;
  return (0.1 * scaling.mscaleAllDim * Math.log(scaling.factor) + 1) ** 2;
}

type Scaling<T extends RopeConfig['scaling']['type']> = Extract<RopeConfig['scaling'], { type: T }>;

/** Fast pairs keep their frequency, slow ones are interpolated, those between are blended. */
function yarn(frequency: number, pair: number, rope: RopeConfig, s: Scaling<'yarn'>): number {
  /** The pair (fractional) that turns `rotations` times within the original context. */
  const pairOf = (rotations: number) =>
    (rope.dims * Math.log(s.originalMaxPositionEmbeddings / (rotations * 2 * Math.PI))) /
    (2 * Math.log(rope.theta));
  const low = Math.max(0, Math.floor(pairOf(s.betaFast)));
  const high = Math.min(rope.dims - 1, Math.ceil(pairOf(s.betaSlow)));
  const slowness = clamp((pair - low) / Math.max(0.001, high - low));
  return frequency * (1 - slowness) + (frequency / s.factor) * slowness;
}

/** Llama 3.1: wavelengths beyond the original context are stretched, short ones kept, a blend between. */
function llama3(frequency: number, s: Scaling<'llama3'>): number {
  const turns = (s.originalMaxPositionEmbeddings * frequency) / (2 * Math.PI);
  if (turns < s.lowFreqFactor) return frequency / s.factor;
  if (turns > s.highFreqFactor) return frequency;
  const keep = (turns - s.lowFreqFactor) / (s.highFreqFactor - s.lowFreqFactor);
  return (1 - keep) * (frequency / s.factor) + keep * frequency;
}

const clamp = (v: number) => Math.min(1, Math.max(0, v));
