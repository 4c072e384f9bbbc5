/**
 * A checkpoint's shape as the planner has models: so that what is predicted of it can be held
 * against what it is measured to do, whether the planner's table has it or not.
 */

import type { ModelConfig } from '../../formats/model-config.ts';
import type { Figure } from '../../planner/facts/figure.ts';
import type { PrecisionId } from '../../planner/facts/precision.ts';
import type { Attention, LayerGroup, ServedModel } from '../../planner/facts/served-model.ts';

export interface CheckpointFacts {
  readonly config: ModelConfig;
  readonly parameterCount: number;
  readonly precision: PrecisionId;
  /** Of the measurement, 2026-03-25. */
  readonly date: string;
}

export function servedModelOf({ config, parameterCount, ...facts }: CheckpointFacts): ServedModel {
  const { hiddenSize, vocabSize, numNextnPredictLayers } = config;
  const layers = layerGroups(config);
  const figure = (value: number): Figure => ({
    ...{ value, grade: 'A', source: 'checkpoint', date: facts.date },
  });
  return {
    ...{ id: config.name, name: config.name, aliases: [], repository: '', source: 'checkpoint' },
    ...{ released: facts.date, contextTokens: config.maxPositionEmbeddings, hiddenSize, vocabSize },
    ...{ tiedEmbeddings: config.tieWordEmbeddings, layers, nativePrecision: facts.precision },
    ...(numNextnPredictLayers > 0 && {
      mtp: { modules: numNextnPredictLayers, layer: { ...layers.at(-1)!, count: 1 } },
    }),
    published: {
      parameters: figure(parameterCount),
      activeParameters: figure(parameterCount - idleExpertParameters(config)),
    },
    notes: [],
  };
}

/** Dense layers first, then those with routed experts. */
function layerGroups(config: ModelConfig): readonly LayerGroup[] {
  const { moe, numHiddenLayers, intermediateSize } = config;
  const attention = attentionOf(config);
  const dense = moe ? Math.min(moe.firstKDenseReplace, numHiddenLayers) : numHiddenLayers;
  const groups: LayerGroup[] = [
    { count: dense, attention, feedForward: { kind: 'dense', intermediateSize } },
  ];
  if (moe) {
    groups.push({
      count: numHiddenLayers - dense,
      attention,
      feedForward: {
        ...{ kind: 'experts', routed: moe.nRoutedExperts, perToken: moe.numExpertsPerTok },
        ...{ shared: moe.nSharedExperts, intermediateSize: moe.moeIntermediateSize },
      },
    });
  }
  return groups.filter(({ count }) => count > 0);
}

function attentionOf({ mla, ...config }: ModelConfig): Attention {
  const { numAttentionHeads: heads, numKeyValueHeads: kvHeads, headDim } = config;
  if (!mla) return { kind: 'grouped', heads, kvHeads, headDim };
  const { qLoraRank, ...ranks } = mla;
  return { kind: 'latent', heads, ...(qLoraRank !== undefined && { qLoraRank }), ...ranks };
}

/** Of the experts that a token does not choose: three maps each. */
function idleExpertParameters({ moe, hiddenSize, numHiddenLayers }: ModelConfig): number {
  if (!moe) return 0;
  const layers = Math.max(0, numHiddenLayers - moe.firstKDenseReplace);
  const idle = moe.nRoutedExperts - moe.numExpertsPerTok;
  return layers * idle * 3 * hiddenSize * moe.moeIntermediateSize;
}

/** Elements of keys and values that a token adds to the cache. */
export function kvElementsPerToken({ mla, ...config }: ModelConfig): number {
  const width = mla
    ? mla.kvLoraRank + mla.qkRopeHeadDim
    : 2 * config.numKeyValueHeads * config.headDim;
  return width * config.numHiddenLayers;
}
