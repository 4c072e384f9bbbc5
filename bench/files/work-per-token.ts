/**
 * What one token costs in a shape: bytes of weights read to decode it, and multiply-accumulates of
 * its matrix products in a prompt. Of experts only those chosen; the embedding is one row; the head
 * counts for decoding alone, since a prompt needs it once.
 */
import { rowBytes } from '../../src/base/dtypes.ts';
import { type FileType, recipeDtype } from './recipe.ts';
import { shapeTensors } from './shape-tensors.ts';
import { type ShapeName, shapes } from './shapes.ts';

export interface WorkPerToken {
  readonly decodeBytes: number;
  readonly prefillMacs: number;
}

export function workPerToken(shape: ShapeName, fileType: FileType): WorkPerToken {
  const config = shapes[shape];
  let decodeBytes = 0;
  let prefillMacs = 0;
  for (const tensor of shapeTensors(config)) {
    const { name, dims } = tensor;
    if (name === 'token_embd.weight') continue;
    const { moe } = config;
    const share = moe && name.includes('_exps') ? moe.numExpertsPerTok / moe.nRoutedExperts : 1;
    const elements = share * dims.reduce((a, b) => a * b, 1);
    decodeBytes += rowBytes(recipeDtype(tensor, fileType, config), elements);
    if (dims.length > 1 && name !== 'output.weight') prefillMacs += elements;
  }
  return { decodeBytes, prefillMacs };
}
