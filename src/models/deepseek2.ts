/**
 * DeepSeek V2-Lite, V2 (arXiv:2405.04434), V3, R1 and V3.1 (arXiv:2412.19437): latent attention,
 * leading dense layers, then routed experts with shared ones, and a multi-token-prediction module
 * where the checkpoint has it.
 */
import type { MlaConfig, ModelConfig, MoeConfig } from '../formats/model-config.ts';
import { experts } from '../nn/experts.ts';
import { feedForward } from '../nn/feed-forward.ts';
import {
  expandFromTokens,
  type LatentAttentionWeights,
  latentAttention,
} from '../nn/latent-attention.ts';
import { yarnSoftmaxScale } from '../nn/rope-frequencies.ts';
import type { Rotation } from '../nn/step-inputs.ts';
import type { Matrix } from '../nn/tensor.ts';
import type { Weights } from '../nn/weights.ts';
import { Decoder, type DecoderLayer, type MtpParts } from './decoder.ts';
import {
  type Deepseek2LayerNames,
  type Deepseek2Names,
  type ExpertNames,
  ggufNames,
  huggingFaceNames,
} from './deepseek2-names.ts';
import type { Model } from './model.ts';
import { ropeTables } from './rope-tables.ts';

type DeepseekConfig = ModelConfig & { readonly mla: MlaConfig };

export function loadDeepseek2(config: ModelConfig, weights: Weights): Model {
  if (!config.mla) throw new Error('a deepseek2 config always has mla');
  const deepseek = config as DeepseekConfig;
  const { vocabSize, hiddenSize, mla } = deepseek;
  const names = weights.has(ggufNames.embedding) ? ggufNames : huggingFaceNames;
  const rope = ropeTables(config.rope, weights, 'rope_freqs.weight');
  const embedding = weights.rows(names.embedding, [vocabSize, hiddenSize]);
  const isTied = config.tieWordEmbeddings || !weights.has(names.head);
  const head = weights.matrix(isTied ? names.embedding : names.head, [vocabSize, hiddenSize]);
  const layers = Array.from({ length: config.numHiddenLayers }, (_, i) =>
    loadLayer(deepseek, weights, names.layer(i), rope, i),
  );
  return new Decoder({
    ...{ config, weights, embedding, layers, head },
    norm: { weight: weights.vector(names.norm, hiddenSize), eps: config.rmsNormEps },
    cacheWidths: [mla.kvLoraRank + mla.qkRopeHeadDim],
    mtp: loadMtp(deepseek, weights, names, rope, embedding, head),
  });
}

function loadLayer(
  config: DeepseekConfig,
  weights: Weights,
  names: Deepseek2LayerNames,
  rope: Rotation,
  index: number,
): DecoderLayer {
  const { hiddenSize, moe } = config;
  const normOf = (name: string) => ({
    weight: weights.vector(name, hiddenSize),
    eps: config.rmsNormEps,
  });
  const attention = loadAttention(config, weights, names, rope);
  return {
    attentionNorm: normOf(names.attentionNorm),
    attention: (r, x, ...of) => latentAttention(r, x, attention, ...of),
    ffnNorm: normOf(names.ffnNorm),
    ffn:
      moe && index >= moe.firstKDenseReplace
        ? loadExperts(config, moe, weights, names)
        : loadDense(config, weights, names),
  };
}

function loadAttention(
  config: DeepseekConfig,
  weights: Weights,
  names: Deepseek2LayerNames,
  rope: Rotation,
): LatentAttentionWeights {
  const { hiddenSize, mla, numAttentionHeads: heads, rmsNormEps: eps } = config;
  const { qLoraRank, kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, vHeadDim } = mla;
  const qRows = heads * (qkNopeHeadDim + qkRopeHeadDim);
  const hasQLora = qLoraRank !== undefined;
  return {
    ...{ config: mla, heads, rope, expandFrom: expandFromTokens(mla) },
    softmaxScale: yarnSoftmaxScale(config.rope) / Math.sqrt(qkNopeHeadDim + qkRopeHeadDim),
    qA: hasQLora ? weights.matrix(names.qA, [qLoraRank, hiddenSize]) : undefined,
    qANorm: hasQLora ? { weight: weights.vector(names.qANorm, qLoraRank), eps } : undefined,
    q: hasQLora
      ? weights.matrix(names.qB, [qRows, qLoraRank])
      : weights.matrix(names.q, [qRows, hiddenSize]),
    kvA: weights.matrix(names.kvA, [kvLoraRank + qkRopeHeadDim, hiddenSize]),
    kvANorm: { weight: weights.vector(names.kvANorm, kvLoraRank), eps },
    ...loadUpProjections(mla, heads, weights, names),
    o: weights.matrix(names.o, [hiddenSize, heads * vHeadDim]),
  };
}

/**
 * The up-projections, each the way round that a product reads it: the key part is needed both ways
 * and a file has it in one, as part of kv_b (per head: keys, then values) or as k_b (transposed).
 */
function loadUpProjections(
  { kvLoraRank, qkNopeHeadDim, vHeadDim }: MlaConfig,
  heads: number,
  weights: Weights,
  names: Deepseek2LayerNames,
): Pick<LatentAttentionWeights, 'keyUp' | 'keyBack' | 'valueUp'> {
  const whole = (w: Matrix, rows: number) => ({ w, headRows: rows, rowOffset: 0, rows });
  if (weights.has(names.kB)) {
    const dims = [heads, kvLoraRank, qkNopeHeadDim];
    const part = { heads, headRows: kvLoraRank, rowOffset: 0, rows: kvLoraRank };
    return {
      keyUp: whole(weights.transposedHeads(names.kB, dims, part), qkNopeHeadDim),
      keyBack: whole(weights.matrix(names.kB, dims), kvLoraRank),
      valueUp: whole(weights.matrix(names.vB, [heads, vHeadDim, kvLoraRank]), vHeadDim),
    };
  }
  const headRows = qkNopeHeadDim + vHeadDim;
  const dims = [heads * headRows, kvLoraRank];
  const w = weights.matrix(names.kvB, dims);
  const keyUp = { w, headRows, rowOffset: 0, rows: qkNopeHeadDim };
  const keyBack = weights.transposedHeads(names.kvB, dims, { heads, ...keyUp });
  return {
    keyUp,
    keyBack: whole(keyBack, kvLoraRank),
    valueUp: { w, headRows, rowOffset: qkNopeHeadDim, rows: vHeadDim },
  };
}

function loadDense(
  { hiddenSize, intermediateSize }: ModelConfig,
  weights: Weights,
  names: Deepseek2LayerNames,
): DecoderLayer['ffn'] {
  const dense = {
    gate: weights.matrix(names.gate, [intermediateSize, hiddenSize]),
    up: weights.matrix(names.up, [intermediateSize, hiddenSize]),
    down: weights.matrix(names.down, [hiddenSize, intermediateSize]),
  };
  return (r, x, residual) => feedForward(r, x, dense, residual);
}

function loadExperts(
  { hiddenSize }: ModelConfig,
  config: MoeConfig,
  weights: Weights,
  names: Deepseek2LayerNames,
): DecoderLayer['ffn'] {
  const { nRoutedExperts, nSharedExperts, moeIntermediateSize: inner } = config;
  const sharedInner = nSharedExperts * inner;
  const all = (name: ExpertNames, rows: number, columns: number): Matrix =>
    typeof name === 'string'
      ? weights.matrix(name, [nRoutedExperts, rows, columns])
      : weights.stacked(
          Array.from({ length: nRoutedExperts }, (_, e) => name(e)),
          [rows, columns],
        );
  const routed = {
    config,
    gate: weights.matrix(names.router, [nRoutedExperts, hiddenSize]),
    scoreBias:
      weights.optionalVector(names.scoreBias, nRoutedExperts) ??
      weights.constant(new Float32Array(nRoutedExperts), 'no score bias'),
    expertGate: all(names.experts.gate, inner, hiddenSize),
    expertUp: all(names.experts.up, inner, hiddenSize),
    expertDown: all(names.experts.down, hiddenSize, inner),
    shared:
      nSharedExperts === 0
        ? undefined
        : {
            gate: weights.matrix(names.sharedGate, [sharedInner, hiddenSize]),
            up: weights.matrix(names.sharedUp, [sharedInner, hiddenSize]),
            down: weights.matrix(names.sharedDown, [hiddenSize, sharedInner]),
          },
  };
  return (r, x, residual) => experts(r, x, routed, residual);
}

/** The module's embedding and head are the main model's unless the file holds copies. */
function loadMtp(
  config: DeepseekConfig,
  weights: Weights,
  names: Deepseek2Names,
  rope: Rotation,
  embedding: Matrix,
  head: Matrix,
): MtpParts | undefined {
  const index = config.numHiddenLayers;
  const mtp = names.mtp(index);
  // Many files declare the module and leave it out: it is an extra, so its absence is no error.
  if (config.numNextnPredictLayers === 0 || !weights.has(mtp.join)) return undefined;
  const { vocabSize, hiddenSize, rmsNormEps: eps } = config;
  const normOf = (name: string) => ({ weight: weights.vector(name, hiddenSize), eps });
  return {
    embedding: weights.has(mtp.embedding)
      ? weights.rows(mtp.embedding, [vocabSize, hiddenSize])
      : embedding,
    embeddingNorm: normOf(mtp.embeddingNorm),
    hiddenNorm: normOf(mtp.hiddenNorm),
    join: weights.matrix(mtp.join, [hiddenSize, 2 * hiddenSize]),
    layer: loadLayer(config, weights, names.layer(index), rope, index),
    norm: normOf(mtp.norm),
    head: weights.has(mtp.head) ? weights.matrix(mtp.head, [vocabSize, hiddenSize]) : head,
  };
}
