/**
 * A copy of a model on the chips of one layout, as numbers: what each of its chips keeps, reads and
 * multiplies for a layer of each kind. Made once; the costs of steps are computed from it.
 */
import type { Factors } from '../factors/factors.ts';
import type { Chip, RateType } from '../facts/chip.ts';
import type { Precision, WeightPart } from '../facts/precision.ts';
import type { ServedModel } from '../facts/served-model.ts';
import { chipsOf, type Parallelism } from '../layout.ts';
import { type AttentionWork, attentionWork } from './attention-work.ts';
import { feedForwardMatrices } from './model-weights.ts';

/** What is deployed. `machine`: the chip's figures that the arithmetic needs, all there. */
export interface Deployed {
  readonly model: ServedModel;
  readonly chip: Chip;
  readonly precision: Precision;
  readonly parallelism: Parallelism;
  readonly factors: Factors;
  /** Bytes per element of the KV cache. */
  readonly kvBytes: number;
  /** Probability that each further drafted token is accepted; empty: no drafting. */
  readonly mtpAcceptance: readonly number[];
}

/** A matrix product with weights, for one token on one chip. */
export interface Product {
  /** Parameters that one of the chips holds of it. */
  readonly parameters: number;
  readonly bytes: number;
  /** Operations per second that the chip reaches at most, by number format. */
  readonly opsPerSecond: number;
}

export interface LayerWork {
  readonly count: number;
  readonly prefillTokens: number | undefined;
  readonly attention: AttentionWork;
  /** Linear maps of attention, the dense feed-forward or the shared experts. */
  readonly common: readonly Product[];
  /** All routed experts that a chip holds. */
  readonly experts: (Product & { readonly routed: number; readonly perToken: number }) | undefined;
}

export interface Instance extends Deployed {
  readonly chips: number;
  readonly layers: readonly LayerWork[];
  readonly layerCount: number;
  readonly head: Product;
  readonly bytesPerSecond: number;
  /** Of attention's own products, which engines do in 16 bits. */
  readonly attentionOpsPerSecond: number;
  /** Of the fullest chip. */
  readonly weightBytes: number;
}

/** Makes the instance. The chip's memory, bandwidth and needed rates are there: `predict` checks. */
export function instanceOf(deployed: Deployed): Instance {
  const { model, chip, precision, parallelism, factors } = deployed;
  const { tp, dp, pp } = parallelism;
  const balance = computeShare(chip);
  const rate = (type: RateType) =>
    opsPerSecond(chip, type) * Math.min(mostCompute, factors.compute[type] * balance);
  const product = (part: WeightPart, parameters: number, share: number): Product => ({
    parameters: parameters / share,
    bytes: (parameters / share) * precision.weightBytes[part],
    opsPerSecond: rate(precision.products[part]),
  });
  const layers = model.layers.map((group): LayerWork => {
    const attention = attentionWork(group.attention, model.hiddenSize);
    const matrices = feedForwardMatrices(group.feedForward, model.hiddenSize);
    const common = [product('attention', attention.weights, tp)];
    for (const part of ['dense', 'sharedExperts'] as const) {
      if (matrices[part] > 0) common.push(product(part, matrices[part], tp));
    }
    const { feedForward, count, prefillTokens } = group;
    const experts = feedForward.kind === 'experts' && {
      ...product('routedExperts', matrices.routedExperts, tp * dp),
      routed: feedForward.routed,
      perToken: feedForward.perToken,
    };
    return { count, prefillTokens, attention, common, experts: experts || undefined };
  });
  const head = product('head', model.hiddenSize * model.vocabSize, tp);
  const embeddingBytes = model.tiedEmbeddings ? 0 : head.bytes;
  const layerBytes = layers.reduce((sum, layer) => sum + layer.count * bytesOfLayer(layer), 0);
  const mtpBytes = deployed.mtpAcceptance.length > 0 ? mtpBytesOf(layers) : 0;
  return {
    ...deployed,
    chips: chipsOf(parallelism),
    layers,
    layerCount: model.layers.reduce((sum, { count }) => sum + count, 0),
    head,
    bytesPerSecond: (chip.bandwidthGbs?.value ?? Number.NaN) * 1e9 * factors.memory,
    attentionOpsPerSecond:
      opsPerSecond(chip, 'bf16') * Math.min(mostCompute, factors.attention * balance),
    weightBytes: layerBytes / pp + head.bytes + embeddingBytes + mtpBytes,
  };
}

/** No kernel gets more of the peak than this. */
const mostCompute = 0.9;
/** Operations per byte of the chips that most results are from: H100, H200, B200 in BF16. */
const usualBalance = 250;

/**
 * Chips with little compute for their bandwidth get more out of it: what limits kernels besides the
 * peak does not shrink with it. An H20, with a seventh of the operations per byte, reaches 52 % in
 * prefill where larger chips reach 27 to 33 % [ANT], [LMSYS-EP]: the cube root.
 */
function computeShare(chip: Chip): number {
  // Of a processor the peak is what a program measured, not a data sheet.
  if (chip.family === 'cpu') return 1;
  const balance = opsPerSecond(chip, 'bf16') / ((chip.bandwidthGbs?.value ?? Number.NaN) * 1e9);
  return Math.cbrt(usualBalance / balance);
}

/** Peak, one chip. NaN where the chip has no such rate: refused before. */
function opsPerSecond(chip: Chip, type: RateType): number {
  const rate = chip.rates[type];
  return rate === undefined || rate === 'none' ? Number.NaN : rate.value * 1e12;
}

const bytesOfLayer = ({ common, experts }: LayerWork) =>
  common.reduce((sum, { bytes }) => sum + bytes, 0) + (experts?.bytes ?? 0);

/** A module of multi-token prediction is one more layer like the last. */
const mtpBytesOf = (layers: readonly LayerWork[]) => bytesOfLayer(layers.at(-1) as LayerWork);
