/**
 * Grouped-query attention over the paged cache: project, (norm each head), rotate, store, attend,
 * project back. Llama, Qwen2 (biases) and Qwen3 (head norms) differ only in which weights are there.
 */

import { attention as attentionKernel } from '../kernels/attention.ts';
import { rope } from '../kernels/rope.ts';
import { storeKeys } from '../kernels/store-keys.ts';
import { storeRows } from '../kernels/store-rows.ts';
import { addLinear, type LinearWeights, linear } from './linear.ts';
import { type NormWeights, normInPlace } from './norm.ts';
import type { Recorder } from './recorder.ts';
import type { Rotation, StepInputs } from './step-inputs.ts';
import type { Matrix, Tensor } from './tensor.ts';

export interface AttentionWeights {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly rope: Rotation;
  readonly q: LinearWeights;
  readonly k: LinearWeights;
  readonly v: LinearWeights;
  readonly o: Matrix;
  readonly qNorm?: NormWeights | undefined;
  readonly kNorm?: NormWeights | undefined;
}

/** residual (tokens, hidden) += attention(x); the layer's keys and values go to the cache. */
export function attention(
  r: Recorder,
  x: Tensor,
  w: AttentionWeights,
  inputs: StepInputs,
  layer: number,
  residual: Tensor,
): void {
  const { device } = r;
  const { heads, kvHeads, headDim } = w;
  const tokens = inputs.numTokens;
  const q = linear(r, x, w.q);
  const k = linear(r, x, w.k);
  const v = linear(r, x, w.v);
  if (w.qNorm) normInPlace(r, device.view(q, [tokens * heads, headDim]), w.qNorm);
  if (w.kNorm) normInPlace(r, device.view(k, [tokens * kvHeads, headDim]), w.kNorm);

  const qHeads = device.view(q, [tokens, heads, headDim]);
  rotate(r, qHeads, w.rope, inputs, 0);
  rotate(r, device.view(k, [tokens, kvHeads, headDim]), w.rope, inputs, 0);
  const [keys, values] = inputs.kvCache.layers[layer];
  r.launch(storeKeys, { rows: k, slots: inputs.slots, cache: keys });
  r.launch(storeRows, { rows: v, slots: inputs.slots, cache: values });

  const y = r.temp(tokens, heads, headDim);
  r.launch(attentionKernel, {
    ...{ q: qHeads, keys, values, y, kvHeads, scale: 1 / Math.sqrt(headDim) },
    ...{ blockTables: inputs.blockTables, sequenceOf: inputs.sequenceOf },
    ...{ positions: inputs.positions, blockTokens: inputs.kvCache.blockTokens },
  });
  addLinear(r, device.view(y, [tokens, heads * headDim]), w.o, residual);
}

/** Rotates dimensions [offset, offset + 2 · pairs) of x (tokens, heads, headDim) in place. */
export function rotate(
  r: Recorder,
  x: Tensor,
  rotation: Rotation,
  inputs: StepInputs,
  offset: number,
): void {
  const interleaved = rotation.interleaved ? 1 : 0;
  r.launch(rope, { x, ...inputs.angles(rotation), offset, interleaved });
}
