/**
 * A Hugging Face folder (config.json, *.safetensors, tokenizer.json…) as a Checkpoint. Weights are
 * mapped, the small files read with limits; nothing outside the folder is looked at.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { TensorSource } from '../../base/tensor-view.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { type JsonObject, readJsonFile } from '../json-file.ts';
import type { ModelConfig } from '../model-config.ts';
import { openSafetensors } from '../safetensors/open-safetensors.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { tokenizerFromJson } from '../tokenizer/tokenizer-json.ts';
import { countWeights } from '../weight-totals.ts';
import { readHfChatTemplate } from './hf-chat-template.ts';
import { parseHfConfig } from './hf-config.ts';
import { parseHfEos, parseHfSampling } from './hf-generation.ts';

const maxSmallBytes = 4 * 2 ** 20; // config.json and its like
const maxTokenizerBytes = 64 * 2 ** 20;

export function openHfFolder(folder: string): Checkpoint {
  const configFile = path.join(folder, 'config.json');
  const configJson = readJsonFile(configFile, maxSmallBytes);
  const stated = parseHfConfig(configFile, nameOf(folder), configJson);
  const tokenizerConfig = readOptional(path.join(folder, 'tokenizer_config.json')) ?? {};
  const generationFile = path.join(folder, 'generation_config.json');
  const generation = readOptional(generationFile);
  const sampling = parseHfSampling(generationFile, generation ?? {});
  const endOfReplyIds = generation
    ? parseHfEos(generationFile, generation)
    : parseHfEos(configFile, configJson);
  const chatTemplate = readHfChatTemplate(folder, tokenizerConfig);
  const weights = openSafetensors(folder);
  const { parameterCount, dominantDtype } = countWeights(weights);
  let tokenizer: Tokenizer | undefined;
  return {
    format: 'safetensors',
    file: folder,
    config: withPresentModules(stated, weights),
    tensors: weights,
    tokenizer() {
      tokenizer ??= tokenizerFromJson(
        readJsonFile(path.join(folder, 'tokenizer.json'), maxTokenizerBytes),
        tokenizerConfig,
        endOfReplyIds,
      );
      return tokenizer;
    },
    chatTemplate,
    sampling,
    sizeBytes: weights.sizeBytes,
    parameterCount,
    quantisation: dominantDtype === 'f8_e4m3' ? 'FP8' : dominantDtype.toUpperCase(),
    close: () => weights.close(),
  };
}

function readOptional(file: string): JsonObject | undefined {
  return existsSync(file) ? readJsonFile(file, maxSmallBytes) : undefined;
}

/** Conversions often drop the multi-token-prediction module and leave its number in config.json. */
function withPresentModules(config: ModelConfig, weights: TensorSource): ModelConfig {
  const { numHiddenLayers, numNextnPredictLayers } = config;
  let present = 0;
  while (
    present < numNextnPredictLayers &&
    weights.has(`model.layers.${numHiddenLayers + present}.eh_proj.weight`)
  ) {
    present += 1;
  }
  return { ...config, numNextnPredictLayers: present };
}

/** The folder's name; in the Hugging Face cache, where that is a commit, `owner/name`. */
function nameOf(folder: string): string {
  const absolute = path.resolve(folder);
  const cached = /models--([^/\\]+)--([^/\\]+)[/\\]snapshots[/\\][^/\\]+$/.exec(absolute);
  return cached ? `${cached[1]}/${cached[2]}` : path.basename(absolute);
}
