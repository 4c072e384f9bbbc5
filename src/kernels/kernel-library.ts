/** What compiled devices are told of kernels when they are opened. */
import type { DType } from '../base/dtypes.ts';
import type { KernelLibrary, WeightLayout } from '../compiler/lowering.ts';
import { cacheRowBytes } from './emit/cache.ts';
import { codecOf, floatTypeOf } from './weights/codecs.ts';
import { floatLayout } from './weights/float-layout.ts';
import { packedLayout } from './weights/pack-layout.ts';

const layouts = new Map<DType, WeightLayout>();

function weightLayout(dtype: DType): WeightLayout {
  let layout = layouts.get(dtype);
  if (!layout) {
    const codec = codecOf(dtype);
    layout = codec ? packedLayout(codec) : floatLayout(floatTypeOf(dtype));
    layouts.set(dtype, layout);
  }
  return layout;
}

export const kernelLibrary: KernelLibrary = { weightLayout, cacheRowBytes };
