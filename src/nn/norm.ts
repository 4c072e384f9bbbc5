/** RMSNorm of each row, into a tensor of its own or in place. */

import { rmsNorm } from '../kernels/rms-norm.ts';
import type { Recorder } from './recorder.ts';
import type { Tensor } from './tensor.ts';

export interface NormWeights {
  readonly weight: Tensor;
  readonly eps: number;
}

export function norm(recorder: Recorder, x: Tensor, weights: NormWeights) {
  const y = recorder.temp(...x.dims);
  normInto(recorder, x, weights, y);
  return y;
}

export function normInPlace(recorder: Recorder, x: Tensor, weights: NormWeights): void {
  normInto(recorder, x, weights, x);
}

/** y may be x. */
export function normInto(
  recorder: Recorder,
  x: Tensor,
  { weight, eps }: NormWeights,
  y: Tensor,
): void {
  recorder.launch(rmsNorm, { x, weight, eps, y });
}
