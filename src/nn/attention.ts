/**
 * Grouped-query attention over the paged cache: project, (norm each head), rotate, store, attend,
 * project back. Llama, Qwen2 (biases) and Qwen3 (head norms) differ only in which weights are there.
 */

import { attention as attentionKernel } from '../kernels/attention.ts';
import { rope } from '../kernels/rope.ts';
import { storeRows } from '../kernels/store-rows.ts';
import { type LinearWeights, linear } from './linear.ts';
import { type NormWeights, normInPlace } from './norm.ts';
import type { Recorder } from './recorder.ts';
import type { StepInputs } from './step-inputs.ts';
import type { Tensor } from './tensor.ts';

export interface RopeTables {
  /** (pairs) radians per position. */
  readonly frequencies: Tensor;
  readonly interleaved: boolean;
  readonly factor: number;
}

export interface AttentionWeights {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly rope: RopeTables;
  readonly q: LinearWeights;
  readonly k: LinearWeights;
  readonly v: LinearWeights;
  readonly o: LinearWeights;
  readonly qNorm?: NormWeights | undefined;
  readonly kNorm?: NormWeights | undefined;
}

/** x (tokens, hidden) → (tokens, hidden); the layer's keys and values go to the cache. */
export function attention(
  r: Recorder,
  x: Tensor,
  w: AttentionWeights,
  inputs: StepInputs,
  layer: number,
): Tensor {
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
  r.launch(storeRows, { rows: k, slots: inputs.slots, cache: keys });
  r.launch(storeRows, { rows: v, slots: inputs.slots, cache: values });

  const y = r.temp(tokens, heads, headDim);
  r.launch(attentionKernel, {
    ...{ q: qHeads, keys, values, y, kvHeads, scale: 1 / Math.sqrt(headDim) },
    ...{ blockTables: inputs.blockTables, sequenceOf: inputs.sequenceOf },
    ...{ positions: inputs.positions, blockTokens: inputs.kvCache.blockTokens },
  });
  return linear(r, device.view(y, [tokens, heads * headDim]), w.o);
}

/** Rotates dimensions [offset, offset + 2 · pairs) of x (tokens, heads, headDim) in place. */
export function rotate(
  r: Recorder,
  x: Tensor,
  { frequencies, interleaved, factor }: RopeTables,
  { positions }: StepInputs,
  offset: number,
): void {
  r.launch(rope, { x, positions, frequencies, offset, interleaved: interleaved ? 1 : 0, factor });
}
