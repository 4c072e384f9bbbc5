/**
 * Which tensors a GGUF file of a checkpoint has, and how each is made from the Hugging Face ones.
 * Names are llama.cpp's (src/llama-arch.cpp), as its loader demands them. Besides renaming:
 *   - llama: q and k rows change from (0, n/2), (1, n/2+1)… pairs to neighbours, per head;
 *     llama3 frequency scaling becomes the tensor rope_freqs.weight
 *   - deepseek2: kv_b is split per head into k_b, transposed, and v_b; experts are merged
 *   - the MTP module's copies of embedding and head are left out: the model's own serve
 */
import { error } from '../../../base/errors.ts';
import type { TensorSource } from '../../../base/tensor-view.ts';
import type { MlaConfig, ModelConfig } from '../../model-config.ts';
import {
  type RowSource,
  reordered,
  reorderedVector,
  rowsOfValues,
  rowsOfView,
  stacked,
  transposedBlocks,
} from './row-source.ts';

export interface GgufTensor {
  readonly name: string;
  readonly rows: RowSource;
}

export function ggufTensors(config: ModelConfig, source: TensorSource): GgufTensor[] {
  const tensors = new TensorList(config, source);
  tensors.add('token_embd.weight', 'model.embed_tokens.weight');
  tensors.add('output_norm.weight', 'model.norm.weight');
  if (!config.tieWordEmbeddings) tensors.add('output.weight', 'lm_head.weight');
  const factors = llama3Factors(config);
  if (factors) tensors.put('rope_freqs.weight', rowsOfValues(factors));

  for (let i = 0; i < config.numHiddenLayers + config.numNextnPredictLayers; i++) {
    tensors.add(`blk.${i}.attn_norm.weight`, `model.layers.${i}.input_layernorm.weight`);
    if (config.mla) addLatentAttention(tensors, i, config.mla);
    else addAttention(tensors, i);
    tensors.add(`blk.${i}.ffn_norm.weight`, `model.layers.${i}.post_attention_layernorm.weight`);
    addFeedForward(tensors, i);
    if (i >= config.numHiddenLayers) addNextn(tensors, i);
  }
  return tensors.list;
}

class TensorList {
  readonly list: GgufTensor[] = [];
  readonly config: ModelConfig;
  readonly #source: TensorSource;

  constructor(config: ModelConfig, source: TensorSource) {
    this.config = config;
    this.#source = source;
  }

  put(name: string, rows: RowSource): void {
    this.list.push({ name, rows });
  }

  has(sourceName: string): boolean {
    return this.#source.has(sourceName);
  }

  rows(sourceName: string): RowSource {
    return rowsOfView(this.#source.get(sourceName));
  }

  add(name: string, sourceName: string): void {
    this.put(name, this.rows(sourceName));
  }

  addIfThere(name: string, sourceName: string): void {
    if (this.has(sourceName)) this.add(name, sourceName);
  }

  /** A clear message where the configuration and the weights disagree. */
  shaped(sourceName: string, dims: readonly number[]): RowSource {
    const rows = this.rows(sourceName);
    if (rows.dims.join() === dims.join()) return rows;
    throw error('tensor_shape', {
      file: this.#source.file,
      tensor: sourceName,
      found: rows.dims.join('x'),
      expected: dims.join('x'),
    });
  }
}

function addAttention(tensors: TensorList, layer: number): void {
  const { config } = tensors;
  const from = `model.layers.${layer}.self_attn`;
  const to = `blk.${layer}.attn`;
  const heads = { q: config.numAttentionHeads, k: config.numKeyValueHeads };
  for (const part of ['q', 'k'] as const) {
    const rows = heads[part] * config.headDim;
    const weight = tensors.shaped(`${from}.${part}_proj.weight`, [rows, config.hiddenSize]);
    const bias = `${from}.${part}_proj.bias`;
    // GGUF's llama rotates neighbours; its qwen keeps Hugging Face's halves.
    if (config.architecture === 'llama' && !config.rope.interleaved) {
      const order = (row: number) => halvesToNeighbours(row, config.headDim);
      tensors.put(`${to}_${part}.weight`, reordered(weight, weight.dims, order));
      if (tensors.has(bias)) {
        tensors.put(`${to}_${part}.bias`, reorderedVector(tensors.rows(bias), order));
      }
    } else {
      tensors.put(`${to}_${part}.weight`, weight);
      tensors.addIfThere(`${to}_${part}.bias`, bias);
    }
    tensors.addIfThere(`${to}_${part}_norm.weight`, `${from}.${part}_norm.weight`);
  }
  tensors.add(`${to}_v.weight`, `${from}.v_proj.weight`);
  tensors.addIfThere(`${to}_v.bias`, `${from}.v_proj.bias`);
  tensors.add(`${to}_output.weight`, `${from}.o_proj.weight`);
}

/** Where row `row` comes from: 0, n/2, 1, n/2+1, … within its head. */
function halvesToNeighbours(row: number, headDim: number): number {
  const inHead = row % headDim;
  return row - inHead + (inHead % 2) * (headDim / 2) + Math.floor(inHead / 2);
}

function addLatentAttention(tensors: TensorList, layer: number, mla: MlaConfig): void {
  const from = `model.layers.${layer}.self_attn`;
  const to = `blk.${layer}.attn`;
  if (mla.qLoraRank === undefined) {
    tensors.add(`${to}_q.weight`, `${from}.q_proj.weight`);
  } else {
    tensors.add(`${to}_q_a.weight`, `${from}.q_a_proj.weight`);
    tensors.add(`${to}_q_a_norm.weight`, `${from}.q_a_layernorm.weight`);
    tensors.add(`${to}_q_b.weight`, `${from}.q_b_proj.weight`);
  }
  tensors.add(`${to}_kv_a_mqa.weight`, `${from}.kv_a_proj_with_mqa.weight`);
  tensors.add(`${to}_kv_a_norm.weight`, `${from}.kv_a_layernorm.weight`);

  // (heads · (nope + v), latent): each head's keys, then its values.
  const { qkNopeHeadDim: nope, vHeadDim: v, kvLoraRank: latent } = mla;
  const heads = tensors.config.numAttentionHeads;
  const kvB = tensors.shaped(`${from}.kv_b_proj.weight`, [heads * (nope + v), latent]);
  const perHead = (width: number, offset: number) =>
    reordered(kvB, [heads, width, latent], (row) => {
      return Math.floor(row / width) * (nope + v) + offset + (row % width);
    });
  tensors.put(`${to}_k_b.weight`, transposedBlocks(perHead(nope, 0)));
  tensors.put(`${to}_v_b.weight`, perHead(v, nope));
  tensors.add(`${to}_output.weight`, `${from}.o_proj.weight`);
}

function addFeedForward(tensors: TensorList, layer: number): void {
  const { moe } = tensors.config;
  const from = `model.layers.${layer}.mlp`;
  const to = `blk.${layer}.ffn`;
  const parts = ['gate', 'up', 'down'] as const;
  if (!moe || layer < moe.firstKDenseReplace) {
    for (const part of parts) tensors.add(`${to}_${part}.weight`, `${from}.${part}_proj.weight`);
    return;
  }
  tensors.add(`${to}_gate_inp.weight`, `${from}.gate.weight`);
  tensors.addIfThere(`blk.${layer}.exp_probs_b.bias`, `${from}.gate.e_score_correction_bias`);
  for (const part of parts) {
    const experts = Array.from({ length: moe.nRoutedExperts }, (_, e) =>
      tensors.rows(`${from}.experts.${e}.${part}_proj.weight`),
    );
    tensors.put(`${to}_${part}_exps.weight`, stacked(experts));
    if (moe.nSharedExperts > 0) {
      tensors.add(`${to}_${part}_shexp.weight`, `${from}.shared_experts.${part}_proj.weight`);
    }
  }
}

function addNextn(tensors: TensorList, layer: number): void {
  const from = `model.layers.${layer}`;
  const to = `blk.${layer}.nextn`;
  tensors.add(`${to}.eh_proj.weight`, `${from}.eh_proj.weight`);
  tensors.add(`${to}.enorm.weight`, `${from}.enorm.weight`);
  tensors.add(`${to}.hnorm.weight`, `${from}.hnorm.weight`);
  tensors.add(`${to}.shared_head_norm.weight`, `${from}.shared_head.norm.weight`);
}

/** Llama 3.1: frequencies are divided by 1 (fast ones), `factor` (slow ones), or between. */
function llama3Factors({ rope }: ModelConfig): Float32Array | undefined {
  if (rope.scaling.type !== 'llama3') return undefined;
  const { factor, lowFreqFactor, highFreqFactor, originalMaxPositionEmbeddings } = rope.scaling;
  return Float32Array.from({ length: rope.dims / 2 }, (_, i) => {
    const wavelength = 2 * Math.PI * rope.theta ** ((2 * i) / rope.dims);
    if (wavelength < originalMaxPositionEmbeddings / highFreqFactor) return 1;
    if (wavelength > originalMaxPositionEmbeddings / lowFreqFactor) return factor;
    const turns = originalMaxPositionEmbeddings / wavelength;
    const smooth = (turns - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}
