/**
 * Llama (arXiv:2407.21783), Qwen2 (arXiv:2407.10671: biases on q, k and v) and Qwen3
 * (arXiv:2505.09388: a norm on each head of q and k): what DeepSeek-R1 was distilled into.
 */
import type { ModelConfig } from '../formats/model-config.ts';
import { attention } from '../nn/attention.ts';
import { feedForward } from '../nn/feed-forward.ts';
import type { Rotation } from '../nn/step-inputs.ts';
import type { Weights } from '../nn/weights.ts';
import { Decoder, type DecoderLayer } from './decoder.ts';
import { ggufNames, huggingFaceNames, type LlamaLayerNames } from './llama-names.ts';
import type { Model } from './model.ts';
import { ropeTables } from './rope-tables.ts';

/** What sets the three apart: tensors that must be there. */
const traits: Readonly<Record<string, { qkvBias: boolean; headNorms: boolean }>> = {
  llama: { qkvBias: false, headNorms: false },
  qwen2: { qkvBias: true, headNorms: false },
  qwen3: { qkvBias: false, headNorms: true },
};

export function loadLlama(config: ModelConfig, weights: Weights): Model {
  const { vocabSize, hiddenSize, numKeyValueHeads, headDim } = config;
  const names = weights.has(ggufNames.embedding) ? ggufNames : huggingFaceNames;
  const rope = ropeTables(config.rope, weights, names.ropeFactors);
  const embedding = weights.rows(names.embedding, [vocabSize, hiddenSize]);
  const hasHead = !config.tieWordEmbeddings && weights.has(names.head);
  const isTied = config.tieWordEmbeddings || names === ggufNames;
  const layers = Array.from({ length: config.numHiddenLayers }, (_, i) =>
    loadLayer(config, weights, names.layer(i), rope),
  );
  return new Decoder({
    config,
    weights,
    embedding,
    layers,
    norm: { weight: weights.vector(names.norm, hiddenSize), eps: config.rmsNormEps },
    // GGUF says "tied" by leaving the head out.
    head: weights.matrix(isTied && !hasHead ? names.embedding : names.head, [
      vocabSize,
      hiddenSize,
    ]),
    cacheWidths: [numKeyValueHeads * headDim, numKeyValueHeads * headDim],
  });
}

function loadLayer(
  config: ModelConfig,
  weights: Weights,
  names: LlamaLayerNames,
  rope: Rotation,
): DecoderLayer {
  const { hiddenSize, intermediateSize, headDim, rmsNormEps: eps } = config;
  const { numAttentionHeads: heads, numKeyValueHeads: kvHeads } = config;
  const { qkvBias, headNorms } = traits[config.architecture];
  const projection = (w: string, bias: string, rows: number) => ({
    w: weights.matrix(w, [rows, hiddenSize]),
    bias: qkvBias ? weights.vector(bias, rows) : undefined,
  });
  const normOf = (name: string, size: number) => ({ weight: weights.vector(name, size), eps });

  const self = {
    ...{ heads, kvHeads, headDim, rope },
    q: projection(names.q, names.qBias, heads * headDim),
    k: projection(names.k, names.kBias, kvHeads * headDim),
    v: projection(names.v, names.vBias, kvHeads * headDim),
    o: weights.matrix(names.o, [hiddenSize, heads * headDim]),
    qNorm: headNorms ? normOf(names.qNorm, headDim) : undefined,
    kNorm: headNorms ? normOf(names.kNorm, headDim) : undefined,
  };
  const dense = {
    gate: weights.matrix(names.gate, [intermediateSize, hiddenSize]),
    up: weights.matrix(names.up, [intermediateSize, hiddenSize]),
    down: weights.matrix(names.down, [hiddenSize, intermediateSize]),
  };
  return {
    attentionNorm: normOf(names.attentionNorm, hiddenSize),
    attention: (r, x, ...of) => attention(r, x, self, ...of),
    ffnNorm: normOf(names.ffnNorm, hiddenSize),
    ffn: (r, x, residual) => feedForward(r, x, dense, residual),
  };
}
