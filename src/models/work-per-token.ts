/**
 * What a token costs a model, counted from its checkpoint: bytes of weights that a step must read,
 * and multiply-adds of the matrix products.
 *
 * Counted is what the layers and the head are made of, in the checkpoint's own number formats,
 * whatever a device makes of them. Not counted: the embedding (one row is looked up), unless it is
 * the head too; the MTP module; of routed experts those that are not chosen. A prompt's products
 * leave the head out as well, which only a prompt's last token meets, and attention itself.
 */
import { dtypes, rowBytes } from '../base/dtypes.ts';
import type { TensorSource } from '../base/tensor-view.ts';
import type { ModelConfig } from '../formats/model-config.ts';
import * as deepseek2 from './deepseek2-names.ts';
import * as llama from './llama-names.ts';

export interface WorkPerToken {
  /** Of weights that every token meets. */
  readonly commonBytes: number;
  /** Of all routed experts; a token meets `expertShare` of them. */
  readonly expertBytes: number;
  readonly expertShare: number;
  /** Of a prompt's token: products with weights in blocks that share a scale, and with plain numbers. */
  readonly quantisedMacs: number;
  readonly floatMacs: number;
}

export function workPerToken(config: ModelConfig, tensors: TensorSource): WorkPerToken {
  const { common, experts, head } = tensorsOf(config, tensors);
  const { moe } = config;
  const work = { commonBytes: 0, expertBytes: 0, quantisedMacs: 0, floatMacs: 0 };
  const expertShare = moe ? moe.numExpertsPerTok / moe.nRoutedExperts : 1;
  const add = (name: string, bytes: 'commonBytes' | 'expertBytes', share: number) => {
    const { dtype, dims } = tensors.get(name);
    const elements = dims.reduce((a, b) => a * b, 1);
    work[bytes] += rowBytes(dtype, elements);
    if (dims.length === 1 || name === head) return;
    const macs = dtypes[dtype].blockElements > 1 ? 'quantisedMacs' : 'floatMacs';
    work[macs] += elements * share;
  };
  for (const name of common) add(name, 'commonBytes', 1);
  for (const name of experts) add(name, 'expertBytes', expertShare);
  return { ...work, expertShare };
}

/**
 * Bytes of weights that one step of `tokens` tokens reads. Of routed experts those that so many
 * tokens choose together, if every expert is as likely as any other.
 */
export function bytesPerStep(work: WorkPerToken, tokens: number): number {
  const { commonBytes, expertBytes, expertShare } = work;
  return commonBytes + expertBytes * (1 - (1 - expertShare) ** tokens);
}

interface TensorNames {
  readonly common: readonly string[];
  readonly experts: readonly string[];
  readonly head: string;
}

function tensorsOf(config: ModelConfig, tensors: TensorSource): TensorNames {
  const { ggufNames, huggingFaceNames } = config.mla ? deepseek2 : llama;
  const names = tensors.has(ggufNames.embedding) ? ggufNames : huggingFaceNames;
  const isTied = config.tieWordEmbeddings || !tensors.has(names.head);
  const head = isTied ? names.embedding : names.head;
  const common = [head, names.norm];
  const experts: string[] = [];
  for (let i = 0; i < config.numHiddenLayers; i++) {
    const layer: Record<string, unknown> = { ...names.layer(i) };
    // A file that has kv_b whole and split is read by its halves.
    if (tensors.has(String(layer.kB))) delete layer.kvB;
    const { experts: routed, ...others } = layer;
    common.push(...(Object.values(others) as string[]));
    if (routed) experts.push(...expertNames(config, routed as ExpertNames));
  }
  const has = (name: string) => tensors.has(name);
  return { common: common.filter(has), experts: experts.filter(has), head };
}

type ExpertNames = deepseek2.Deepseek2LayerNames['experts'];

function expertNames({ moe }: ModelConfig, routed: ExpertNames): string[] {
  const count = moe?.nRoutedExperts ?? 0;
  return Object.values(routed).flatMap((name) =>
    typeof name === 'string' ? [name] : Array.from({ length: count }, (_, expert) => name(expert)),
  );
}
