/** Gated feed-forward layer: down(silu(gate(x)) · up(x)). */

import { swiglu } from '../kernels/swiglu.ts';
import { linear } from './linear.ts';
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

/** (tokens, hidden) → (tokens, hidden) */
export function feedForward(recorder: Recorder, x: Tensor, weights: FeedForwardWeights) {
  const gate = linear(recorder, x, { w: weights.gate });
  const up = linear(recorder, x, { w: weights.up });
  recorder.launch(swiglu, { gate, up, y: gate });
  return linear(recorder, gate, { w: weights.down });
}
