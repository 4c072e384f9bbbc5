/** Which architecture a checkpoint's name stands for. An unknown one is an error that lists these. */
import { error } from '../base/errors.ts';
import type { TensorSource } from '../base/tensor-view.ts';
import type { ModelConfig } from '../formats/model-config.ts';
import { Weights } from '../nn/weights.ts';
import { loadDeepseek2 } from './deepseek2.ts';
import { loadLlama } from './llama.ts';
import type { Model } from './model.ts';

type Load = (config: ModelConfig, weights: Weights) => Model;

const architectures: Readonly<Record<string, Load>> = {
  llama: loadLlama,
  qwen2: loadLlama,
  qwen3: loadLlama,
  deepseek2: loadDeepseek2,
};

/** Takes the weights to the device. Throws architecture_unknown, tensor_missing, tensor_shape. */
export async function loadModel(
  config: ModelConfig,
  tensors: TensorSource,
  device: Weights['device'],
): Promise<Model> {
  const load = Object.hasOwn(architectures, config.architecture)
    ? architectures[config.architecture]
    : undefined;
  if (!load) {
    const expected = Object.keys(architectures).join(', ');
    const found = config.architecture;
    throw error('architecture_unknown', { file: tensors.file, found, expected });
  }
  const weights = new Weights(tensors, device);
  try {
    return load(config, weights);
  } catch (cause) {
    weights.close();
    throw cause;
  }
}
