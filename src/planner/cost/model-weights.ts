/**
 * How many parameters a model has, by part, and how many bytes they take. A layer's two norms are
 * counted; biases, the norms within attention and the mixers of hyper-connections are not: together
 * they are under 0.1 % of any model.
 */
import type { Precision, WeightPart } from '../facts/precision.ts';
import { precisionOf } from '../facts/precision-of.ts';
import type { FeedForward, LayerGroup, ServedModel } from '../facts/served-model.ts';
import { attentionWork } from './attention-work.ts';

type Parameters = Record<WeightPart, number>;

/** Of one layer of the group. Routers are counted with routed experts. */
export function layerParameters(group: LayerGroup, hiddenSize: number): Parameters {
  return {
    attention: attentionWork(group.attention, hiddenSize).weights + hiddenSize,
    head: 0,
    ...feedForwardParameters(group.feedForward, hiddenSize),
  };
}

/** Without multi-token prediction and lookup tables. */
export function weightParameters(model: ServedModel): Parameters {
  const { hiddenSize, vocabSize, tiedEmbeddings } = model;
  const total = none();
  for (const group of model.layers) add(total, layerParameters(group, hiddenSize), group.count);
  // The last norm goes with the head.
  total.head = (tiedEmbeddings ? 1 : 2) * vocabSize * hiddenSize + hiddenSize;
  return total;
}

/** The modules of multi-token prediction; embedding and head are those of the model. */
export function mtpParameters({ mtp, hiddenSize }: ServedModel): Parameters {
  const total = none();
  if (mtp === undefined) return total;
  add(total, layerParameters(mtp.layer, hiddenSize), mtp.modules);
  // Joins the hidden state and the embedding of the next token.
  total.dense += mtp.modules * 2 * hiddenSize * hiddenSize;
  return total;
}

/** Lookup tables are not in it: they need not be on the chips. */
export function weightBytes(
  model: ServedModel,
  precision: Precision,
  { mtp = false }: { mtp?: boolean } = {},
): number {
  const bytesOf = precisionOf(model, precision).weightBytes;
  const parameters = weightParameters(model);
  if (mtp) add(parameters, mtpParameters(model), 1);
  return partsOf(parameters).reduce((sum, part) => sum + parameters[part] * bytesOf[part], 0);
}

/**
 * Parameters that one token is multiplied with. A prompt's token does not pass the head, which only
 * the last one does, nor layers that only the last ones pass.
 */
export function activeParameters(model: ServedModel, phase: 'prefill' | 'decode'): number {
  const { hiddenSize, vocabSize } = model;
  const layers = model.layers
    .filter(({ prefillTokens }) => phase === 'decode' || prefillTokens === undefined)
    .reduce((sum, group) => sum + group.count * activeLayerParameters(group, hiddenSize), 0);
  return layers + (phase === 'decode' ? vocabSize * hiddenSize : 0);
}

/** Of one layer of the group. */
export function activeLayerParameters(group: LayerGroup, hiddenSize: number): number {
  const { attention, dense, sharedExperts, routedExperts } = layerParameters(group, hiddenSize);
  const all = attention + dense + sharedExperts + routedExperts;
  const { feedForward } = group;
  if (feedForward.kind === 'dense') return all;
  const idle = feedForward.routed - feedForward.perToken;
  return all - idle * gatedParameters(feedForward.intermediateSize, hiddenSize);
}

function feedForwardParameters(
  feedForward: FeedForward,
  hiddenSize: number,
): Pick<Parameters, 'dense' | 'sharedExperts' | 'routedExperts'> {
  const matrices = feedForwardMatrices(feedForward, hiddenSize);
  if (feedForward.kind === 'dense') return { ...matrices, dense: matrices.dense + hiddenSize };
  const router = hiddenSize * feedForward.routed;
  return { ...matrices, routedExperts: matrices.routedExperts + router + hiddenSize };
}

/** The matrices alone, which are what a step's time goes to; without norm and router. */
export function feedForwardMatrices(
  feedForward: FeedForward,
  hiddenSize: number,
): Pick<Parameters, 'dense' | 'sharedExperts' | 'routedExperts'> {
  if (feedForward.kind === 'dense') {
    const dense = gatedParameters(feedForward.intermediateSize, hiddenSize);
    return { dense, sharedExperts: 0, routedExperts: 0 };
  }
  const { routed, shared, intermediateSize } = feedForward;
  const sharedSize = feedForward.sharedIntermediateSize ?? shared * intermediateSize;
  return {
    dense: 0,
    sharedExperts: gatedParameters(sharedSize, hiddenSize),
    routedExperts: routed * gatedParameters(intermediateSize, hiddenSize),
  };
}

/** Gate, up and down: one expert, or a dense feed-forward. */
export function gatedParameters(intermediateSize: number, hiddenSize: number): number {
  return 3 * hiddenSize * intermediateSize;
}

function none(): Parameters {
  return { attention: 0, dense: 0, sharedExperts: 0, routedExperts: 0, head: 0 };
}

function add(total: Parameters, more: Parameters, times: number): void {
  for (const part of partsOf(total)) total[part] += times * more[part];
}

function partsOf(parameters: Parameters): WeightPart[] {
  return Object.keys(parameters) as WeightPart[];
}
