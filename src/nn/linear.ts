/** Linear layer with an optional bias: (tokens, in) → (tokens, out). */

import { addBias } from '../kernels/add-bias.ts';
import { linear as linearKernel } from '../kernels/linear.ts';
import type { Recorder } from './recorder.ts';
import type { Matrix, Tensor } from './tensor.ts';

export interface LinearWeights {
  readonly w: Matrix;
  readonly bias?: Tensor | undefined;
}

export function linear(recorder: Recorder, x: Tensor, { w, bias }: LinearWeights) {
  const y = recorder.temp(x.dims[0], w.dims[0]);
  recorder.launch(linearKernel, { x, w, y });
  if (bias) recorder.launch(addBias, { bias, y });
  return y;
}
