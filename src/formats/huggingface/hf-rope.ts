/**
 * Rotary embeddings in config.json → RopeConfig. Two spellings: `rope_theta` with `rope_scaling`
 * {type or rope_type, …}, and, from transformers 5 on, one object `rope_parameters`. Where both are
 * there `rope_scaling` counts, as in transformers. Kinds: default, linear, yarn, llama3; others
 * (dynamic, longrope) are refused by name.
 */

import type { RopeConfig } from '../model-config.ts';
import { HfFields } from './hf-fields.ts';

const maxPositions = 2 ** 28;
const maxTheta = 1e12;
const maxFactor = 1e6;

export interface RopeSituation {
  readonly dims: number;
  readonly interleaved: boolean;
  readonly maxPositionEmbeddings: number;
  /** Latent attention: `mscale_all_dim` also scales the softmax. */
  readonly isDeepseek: boolean;
}

export function parseHfRope(config: HfFields, situation: RopeSituation): RopeConfig {
  const scaling = config.object('rope_scaling');
  const isScaled = scaling !== undefined && !scaling.isEmpty();
  const rope =
    (isScaled ? scaling : config.object('rope_parameters')) ?? new HfFields(config.file, {});
  for (const fields of [rope, config]) fields.only('partial_rotary_factor', 1);
  const theta =
    rope.optionalNumber('rope_theta', maxTheta, 1) ??
    config.optionalNumber('rope_theta', maxTheta, 1) ??
    10_000;
  const { dims, interleaved } = situation;
  return { theta, dims, interleaved, scaling: parseScaling(config, rope, situation) };
}

function parseScaling(
  config: HfFields,
  rope: HfFields,
  situation: RopeSituation,
): RopeConfig['scaling'] {
  const kindField = rope.get('rope_type') === undefined ? 'type' : 'rope_type';
  const kind = rope.text(kindField) ?? 'default';
  switch (kind) {
    case 'default':
      return { type: 'none' };
    case 'linear':
      return { type: 'linear', factor: rope.number('factor', maxFactor, 1) };
    case 'yarn':
      return parseYarn(config, rope, situation);
    case 'llama3':
      return parseLlama3(config, rope, situation);
    default:
      throw rope.unsupported(kindField, 'default, linear, yarn and llama3');
  }
}

function parseYarn(
  config: HfFields,
  rope: HfFields,
  { maxPositionEmbeddings, isDeepseek }: RopeSituation,
): RopeConfig['scaling'] {
  rope.only('truncate', true);
  const originalMaxPositionEmbeddings = originalMax(config, rope) ?? maxPositionEmbeddings;
  const factor =
    rope.optionalNumber('factor', maxFactor, 1) ??
    Math.max(1, maxPositionEmbeddings / originalMaxPositionEmbeddings);
  const mscale = rope.optionalNumber('mscale', 100, 0) ?? 0;
  const mscaleAllDim = rope.optionalNumber('mscale_all_dim', 100, 0) ?? 0;

  // 0.1·m·ln(factor) + 1, after the paper (arXiv:2309.00071) and DeepSeek-V2's two weights of it.
  const term = (weight: number) => 0.1 * weight * Math.log(factor) + 1;
  const implied = mscale && mscaleAllDim ? term(mscale) / term(mscaleAllDim) : term(1);
  const betaFast = rope.optionalNumber('beta_fast', 1e6, 0) || 32;
  const betaSlow = rope.optionalNumber('beta_slow', 1e6, 0) || 1;
  if (betaFast < betaSlow) throw rope.damaged('beta_fast', `at least beta_slow, ${betaSlow}`);
  return {
    type: 'yarn',
    factor,
    originalMaxPositionEmbeddings,
    betaFast,
    betaSlow,
    // R1-0528-Qwen3-8B's attn_factor multiplies the usual factor (as vLLM reads it: to 1.0 there).
    attentionFactor:
      rope.optionalNumber('attention_factor', 100, 0) ??
      implied * (rope.optionalNumber('attn_factor', 100, 0) ?? 1),
    mscaleAllDim: isDeepseek ? mscaleAllDim : 0,
  };
}

function parseLlama3(
  config: HfFields,
  rope: HfFields,
  { maxPositionEmbeddings }: RopeSituation,
): RopeConfig['scaling'] {
  const lowFreqFactor = rope.number('low_freq_factor', maxFactor);
  const highFreqFactor = rope.number('high_freq_factor', maxFactor);
  if (highFreqFactor <= lowFreqFactor) {
    throw rope.damaged('high_freq_factor', `more than low_freq_factor, ${lowFreqFactor}`);
  }
  return {
    type: 'llama3',
    factor: rope.number('factor', maxFactor, 1),
    lowFreqFactor,
    highFreqFactor,
    originalMaxPositionEmbeddings: originalMax(config, rope) ?? maxPositionEmbeddings,
  };
}

/** Some checkpoints keep it outside the rope's object; that one counts, as in transformers. */
function originalMax(config: HfFields, rope: HfFields): number | undefined {
  const name = 'original_max_position_embeddings';
  return config.optionalCount(name, maxPositions) ?? rope.optionalCount(name, maxPositions);
}
