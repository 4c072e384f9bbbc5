/** How many weights a checkpoint has, and the number format that holds most of them. */
import type { DType } from '../base/dtypes.ts';
import type { TensorSource } from '../base/tensor-view.ts';

export interface WeightTotals {
  readonly parameterCount: number;
  readonly dominantDtype: DType;
}

export function countWeights(tensors: TensorSource): WeightTotals {
  const perDtype = new Map<DType, number>();
  let parameterCount = 0;
  for (const name of tensors.names()) {
    const { dtype, dims } = tensors.get(name);
    const elements = dims.reduce((product, dim) => product * dim, 1);
    perDtype.set(dtype, (perDtype.get(dtype) ?? 0) + elements);
    parameterCount += elements;
  }
  const [most] = [...perDtype].sort(([, a], [, b]) => b - a);
  return { parameterCount, dominantDtype: most?.[0] ?? 'f32' };
}
