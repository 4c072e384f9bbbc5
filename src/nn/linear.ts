/** Linear layer with an optional bias: (tokens, in) → (tokens, out), or into what is there. */

import { linear as linearKernel } from '../kernels/linear.ts';
import { linearAdd } from '../kernels/linear-add.ts';
import { linearBias } from '../kernels/linear-bias.ts';
import type { Recorder } from './recorder.ts';
import type { Matrix, Tensor } from './tensor.ts';

export interface LinearWeights {
  readonly w: Matrix;
  readonly bias?: Tensor | undefined;
}

export function linear(recorder: Recorder, x: Tensor, { w, bias }: LinearWeights) {
  const y = recorder.temp(x.dims[0], w.dims[0]);
  if (bias) recorder.launch(linearBias, { x, w, bias, y });
  else recorder.launch(linearKernel, { x, w, y });
  return y;
}

/** residual (tokens, out) += x · wᵀ */
export function addLinear(recorder: Recorder, x: Tensor, w: Matrix, residual: Tensor): void {
  recorder.launch(linearAdd, { x, w, y: residual });
}
