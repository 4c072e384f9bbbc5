/** Gated feed-forward layer: down(silu(gate(x)) · up(x)). */

import { gatedLinear } from '../kernels/gated-linear.ts';
import { swiglu } from '../kernels/swiglu.ts';
import { addLinear, linear } from './linear.ts';
import type { Recorder } from './recorder.ts';
import type { Matrix, Tensor } from './tensor.ts';

export interface FeedForwardWeights {
  /** (intermediate, hidden) */
  readonly gate: Matrix;
  /** (intermediate, hidden) */
  readonly up: Matrix;
  /** (hidden, intermediate) */
  readonly down: Matrix;
}

/** residual (tokens, hidden) += feedForward(x) */
export function feedForward(
  r: Recorder,
  x: Tensor,
  { gate, up, down }: FeedForwardWeights,
  residual: Tensor,
): void {
  addLinear(r, gated(r, x, gate, up), down, residual);
}

/** A checkpoint may have the two matrices in different formats: then one after the other. */
function gated(r: Recorder, x: Tensor, gate: Matrix, up: Matrix): Tensor {
  if (gate.dtype !== up.dtype) {
    const y = linear(r, x, { w: gate });
    r.launch(swiglu, { gate: y, up: linear(r, x, { w: up }), y });
    return y;
  }
  const y = r.temp(x.dims[0], gate.dims[0]);
  r.launch(gatedLinear, { x, gate, up, y });
  return y;
}
