/**
 * Rotary embeddings in GGUF metadata → RopeConfig, with llama.cpp's meanings. Refuses kinds other
 * than none, linear and yarn, and partly rotated heads.
 */
import type { TensorSource } from '../../base/tensor-view.ts';
import type { RopeConfig } from '../model-config.ts';
import type { ArchitectureFields } from './architecture-fields.ts';

const maxPositions = 2 ** 28;
const maxTheta = 1e12;
const maxFactor = 1e6;

/** `dims`: what has to be rotated. */
export function parseGgufRope(
  fields: ArchitectureFields,
  tensors: TensorSource,
  dims: number,
  maxPositionEmbeddings: number,
): RopeConfig {
  const { architecture } = fields;
  const isDeepseek = architecture === 'deepseek2';
  return {
    theta: fields.optionalNumber('rope.freq_base', maxTheta, 1) ?? 10_000,
    dims,
    // The converter permutes the q and k rows of llama so that pairs lie side by side.
    interleaved: architecture === 'llama' || isDeepseek,
    scaling: parseScaling(fields, tensors, maxPositionEmbeddings, isDeepseek),
  };
}

function parseScaling(
  fields: ArchitectureFields,
  tensors: TensorSource,
  maxPositionEmbeddings: number,
  isDeepseek: boolean,
): RopeConfig['scaling'] {
  const name = 'rope.scaling.type';
  const kind = fields.text(name) ?? 'linear'; // as llama.cpp takes it
  const factor =
    fields.optionalNumber('rope.scaling.factor', maxFactor, 0) ||
    fields.optionalNumber('rope.scale_linear', maxFactor, 0) || // older files
    1;
  if (!['none', 'linear', 'yarn'].includes(kind)) {
    throw fields.unsupported(name, 'none, linear and yarn');
  }
  const isScaled = kind !== 'none' && factor !== 1;
  if (tensors.has('rope_freqs.weight')) {
    if (isScaled) throw fields.unsupported(name, 'none beside the tensor rope_freqs.weight');
    return { type: 'factors-in-tensor' };
  }
  if (!isScaled) return { type: 'none' };
  if (factor < 1) throw fields.damaged('rope.scaling.factor', '1 or more');
  if (kind === 'linear') return { type: 'linear', factor };
  return parseYarn(fields, factor, maxPositionEmbeddings, isDeepseek);
}

function parseYarn(
  fields: ArchitectureFields,
  factor: number,
  maxPositionEmbeddings: number,
  isDeepseek: boolean,
): RopeConfig['scaling'] {
  const betaFast = fields.optionalNumber('rope.scaling.yarn_beta_fast', 1e6) ?? 32;
  const betaSlow = fields.optionalNumber('rope.scaling.yarn_beta_slow', 1e6) ?? 1;
  if (betaFast < betaSlow) {
    throw fields.damaged('rope.scaling.yarn_beta_fast', `at least yarn_beta_slow, ${betaSlow}`);
  }
  // The file keeps a tenth of mscale_all_dim; DeepSeek's mscale is equal to it, and then cos and
  // sin are not scaled. Without it the paper's factor is.
  const logMultiplier = fields.optionalNumber('rope.scaling.yarn_log_multiplier', 10, 0) ?? 0;
  const mscaleAllDim = isDeepseek ? Number((10 * logMultiplier).toPrecision(7)) : 0;
  const implied = mscaleAllDim > 0 ? 1 : 0.1 * Math.log(factor) + 1;
  return {
    type: 'yarn',
    factor,
    originalMaxPositionEmbeddings:
      fields.optionalCount('rope.scaling.original_context_length', maxPositions) ??
      maxPositionEmbeddings,
    betaFast,
    betaSlow,
    // `yarn_attn_factor`, which converters write too, is overwritten by llama.cpp and not read here.
    attentionFactor: implied * (fields.optionalNumber('rope.scaling.attn_factor', 100) ?? 1),
    mscaleAllDim,
  };
}
