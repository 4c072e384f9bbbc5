/**
 * Attention's inner parts, a chunk of keys at a time with a running maximum (online softmax,
 * arXiv:1805.02867): scores of a head become weights, the sums before are scaled to the new
 * maximum. Scores beyond the context are very negative when they come here.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Address, Value } from '../../compiler/ir/types.ts';
import { exp } from './exp.ts';

/** Less than any score, and far from where f32 overflows. */
export const noScore = -1e30;

/**
 * scores[0…count) (a whole number of vectors) → e^(score − max). Updates the head's running
 * maximum and sum in memory and returns what its earlier values must be multiplied by, as f32x.
 */
export function softmaxChunk(
  k: Builder,
  scores: Value,
  count: Value,
  max: Address,
  sum: Address,
): Value {
  const largest = k.variable(k.f32x(noScore));
  k.loop(0, count, k.lanes, (i) => {
    k.set(largest, k.max(largest, k.load('f32x', at(scores, i, 4))));
  });
  const before = k.loadF32(max);
  const now = k.max(before, k.reduceMax(largest));
  k.store(max, now);
  const maxNow = k.splat(now);
  const kept = exp(k, k.sub(k.splat(before), maxNow));

  const total = k.variable(k.f32x(0));
  k.loop(0, count, k.lanes, (i) => {
    const weight = exp(k, k.sub(k.load('f32x', at(scores, i, 4)), maxNow));
    // e⁻⁸⁷ is not nothing to a sum that has only such: what is no score weighs nothing.
    const score = k.load('f32x', at(scores, i, 4));
    const exact = k.op('select_lt', [score, k.f32x(noScore / 2), k.f32x(0), weight]);
    k.store(at(scores, i, 4), exact);
    k.set(total, k.add(total, exact));
  });
  // Every lane of `kept` is the same.
  const sumBefore = k.mul(k.splat(k.loadF32(sum)), kept);
  const lanes = k.f32x(1 / k.lanes);
  k.store(sum, k.reduceAdd(k.fma(sumBefore, lanes, total)));
  return kept;
}
