/**
 * The tensors a GGUF file of a shape has: names and dims as llama.cpp's converter writes them, in
 * its order. Dense Qwen and DeepSeek-V2 shapes; nothing else is needed here.
 */
import type { MlaConfig, ModelConfig, MoeConfig } from '../../src/formats/model-config.ts';
import { ggufNames as latentNames } from '../../src/models/deepseek2-names.ts';
import { ggufNames as names } from '../../src/models/llama-names.ts';

export interface ShapeTensor {
  readonly name: string;
  /** Outermost first. */
  readonly dims: readonly number[];
  /** -1: of no layer. */
  readonly layer: number;
}

export function shapeTensors(config: ModelConfig): ShapeTensor[] {
  const { vocabSize, hiddenSize, mla, moe } = config;
  const whole: ShapeTensor[] = [
    { name: names.embedding, dims: [vocabSize, hiddenSize], layer: -1 },
    { name: names.norm, dims: [hiddenSize], layer: -1 },
    { name: names.head, dims: [vocabSize, hiddenSize], layer: -1 },
  ];
  const layers = Array.from({ length: config.numHiddenLayers }, (_, layer) => {
    const isSparse = moe && layer >= moe.firstKDenseReplace;
    const parts = [
      ...(mla ? latentAttention(config, mla, layer) : groupedAttention(config, layer)),
      ...(isSparse ? experts(config, moe, layer) : dense(config, layer)),
    ];
    return parts.map(([name, dims]) => ({ name, dims, layer }));
  });
  return [...whole, ...layers.flat()];
}

type Part = readonly [name: string, dims: number[]];

function groupedAttention(config: ModelConfig, layer: number): Part[] {
  const { hiddenSize: hidden, headDim, architecture } = config;
  const n = names.layer(layer);
  const [q, kv] = [config.numAttentionHeads * headDim, config.numKeyValueHeads * headDim];
  const biases: Part[] = [
    [n.qBias, [q]],
    [n.kBias, [kv]],
    [n.vBias, [kv]],
  ];
  const headNorms: Part[] = [
    [n.qNorm, [headDim]],
    [n.kNorm, [headDim]],
  ];
  return [
    [n.attentionNorm, [hidden]],
    [n.q, [q, hidden]],
    [n.k, [kv, hidden]],
    [n.v, [kv, hidden]],
    ...(architecture === 'qwen2' ? biases : headNorms),
    [n.o, [hidden, q]],
  ];
}

function latentAttention(config: ModelConfig, mla: MlaConfig, layer: number): Part[] {
  const { hiddenSize: hidden, numAttentionHeads: heads, headDim } = config;
  const { kvLoraRank: latent, qkNopeHeadDim: nope, qkRopeHeadDim: rope, vHeadDim: v } = mla;
  const n = latentNames.layer(layer);
  return [
    [n.attentionNorm, [hidden]],
    [n.q, [heads * headDim, hidden]],
    [n.kvA, [latent + rope, hidden]],
    [n.kvANorm, [latent]],
    [n.kB, [heads, latent, nope]],
    [n.vB, [heads, v, latent]],
    [n.o, [hidden, heads * v]],
  ];
}

function dense({ hiddenSize, intermediateSize }: ModelConfig, layer: number): Part[] {
  const n = names.layer(layer);
  return [
    [n.ffnNorm, [hiddenSize]],
    [n.gate, [intermediateSize, hiddenSize]],
    [n.up, [intermediateSize, hiddenSize]],
    [n.down, [hiddenSize, intermediateSize]],
  ];
}

function experts({ hiddenSize: hidden }: ModelConfig, moe: MoeConfig, layer: number): Part[] {
  const n = latentNames.layer(layer);
  const { nRoutedExperts: count, moeIntermediateSize: inter } = moe;
  const shared = moe.nSharedExperts * inter;
  return [
    [n.ffnNorm, [hidden]],
    [n.router, [count, hidden]],
    [n.experts.gate as string, [count, inter, hidden]],
    [n.experts.up as string, [count, inter, hidden]],
    [n.experts.down as string, [count, hidden, inter]],
    [n.sharedGate, [shared, hidden]],
    [n.sharedUp, [shared, hidden]],
    [n.sharedDown, [hidden, shared]],
  ];
}
