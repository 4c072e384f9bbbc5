/**
 * DeepSeek's mixture of experts (arXiv:2405.04434, 2.2): every token goes through the shared
 * experts and through the few routed ones that the gate chooses; all outputs are added to the
 * residual stream.
 */

import type { MoeConfig } from '../formats/model-config.ts';
import { combineExperts } from '../kernels/combine-experts.ts';
import { expertGatedLinear } from '../kernels/expert-gated-linear.ts';
import { expertLinear } from '../kernels/expert-linear.ts';
import { routeExperts } from '../kernels/route-experts.ts';
import { swiglu } from '../kernels/swiglu.ts';
import { type FeedForwardWeights, feedForward } from './feed-forward.ts';
import { linear } from './linear.ts';
import type { Recorder } from './recorder.ts';
import type { Matrix, Tensor } from './tensor.ts';

export interface ExpertsWeights {
  readonly config: MoeConfig;
  /** (nRoutedExperts, hidden) */
  readonly gate: Matrix;
  /** (nRoutedExperts), added to the scores for the choice only; zeros where there is none. */
  readonly scoreBias: Tensor;
  /** (nRoutedExperts · moeIntermediateSize, hidden), same for up. */
  readonly expertGate: Matrix;
  readonly expertUp: Matrix;
  /** (nRoutedExperts · hidden, moeIntermediateSize) */
  readonly expertDown: Matrix;
  /** The shared experts side by side, as one feed-forward layer. */
  readonly shared: FeedForwardWeights | undefined;
}

/** residual (tokens, hidden) += experts(x) */
export function experts(r: Recorder, x: Tensor, w: ExpertsWeights, residual: Tensor) {
  const { config } = w;
  const [tokens, hidden] = x.dims;
  const topk = config.numExpertsPerTok;
  const slots = tokens * topk;

  const logits = linear(r, x, { w: w.gate });
  const chosen = r.tempI32(tokens, topk);
  const weights = r.temp(tokens, topk);
  r.launch(routeExperts, {
    logits,
    bias: w.scoreBias,
    sigmoid: config.scoringFunc === 'sigmoid' ? 1 : 0,
    nGroup: config.nGroup,
    topkGroup: config.topkGroup,
    groupTop2: config.groupScore === 'top2-sum' ? 1 : 0,
    norm: config.normTopkProb ? 1 : 0,
    scale: config.routedScalingFactor,
    experts: chosen,
    weights,
  });

  const gated = gatedExperts(r, x, w, chosen);
  const down = r.temp(slots, hidden);
  r.launch(expertLinear, { x: gated, w: w.expertDown, experts: chosen, y: down });
  r.launch(combineExperts, { x: down, weights, y: residual });
  if (w.shared) feedForward(r, x, w.shared, residual);
}

/** silu(gate(x)) · up(x) of the expert of each slot; see feed-forward.ts. */
function gatedExperts(r: Recorder, x: Tensor, w: ExpertsWeights, chosen: Tensor): Tensor {
  const { expertGate, expertUp } = w;
  const slots = chosen.dims[0] * chosen.dims[1];
  const y = r.temp(slots, w.config.moeIntermediateSize);
  if (expertGate.dtype === expertUp.dtype) {
    r.launch(expertGatedLinear, { x, gate: expertGate, up: expertUp, experts: chosen, y });
    return y;
  }
  const up = r.temp(slots, w.config.moeIntermediateSize);
  r.launch(expertLinear, { x, w: expertGate, experts: chosen, y });
  r.launch(expertLinear, { x, w: expertUp, experts: chosen, y: up });
  r.launch(swiglu, { gate: y, up, y });
  return y;
}
