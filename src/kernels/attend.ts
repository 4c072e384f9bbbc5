/**
 * What attention means, for the kernels that differ in what they attend to: one query token over
 * the cached rows of its own sequence, f64 sums, exact softmax. Slow on purpose.
 */
import type { Dims, TensorArg } from '../compiler/kernel.ts';
import { dot } from './dot.ts';

export interface AttendArgs {
  /** (tokens, heads, headDim) */
  readonly q: TensorArg<Float32Array>;
  /** (slots, kvHeads · headDim) */
  readonly keys: TensorArg<Float32Array>;
  /** (slots, kvHeads · valueDim) */
  readonly values: TensorArg<Float32Array>;
  readonly blockTables: TensorArg<Int32Array>;
  readonly sequenceOf: TensorArg<Int32Array>;
  readonly positions: TensorArg<Int32Array>;
  readonly kvHeads: number;
  readonly blockTokens: number;
  readonly scale: number;
  /** (tokens, heads, valueDim) */
  readonly y: TensorArg<Float32Array>;
  readonly heads: number;
  readonly headDim: number;
  readonly valueDim: number;
}

let scores = new Float64Array(0);

/** y[token] = softmax(scale · q·kᵀ) · v per head, over positions 0 to the token's own. */
export function attend(token: number, args: AttendArgs): void {
  const { q, keys, values, kvHeads, blockTokens, scale, heads, headDim, valueDim } = args;
  const table = args.blockTables.row(args.sequenceOf.data[token]);
  const context = args.positions.data[token] + 1;
  const slotOf = (p: number) =>
    table[Math.floor(p / blockTokens)] * blockTokens + (p % blockTokens);
  if (scores.length < context) scores = new Float64Array(context * 2);
  const out = args.y.row(token).fill(0);
  const group = heads / kvHeads;

  for (let head = 0; head < heads; head++) {
    const kvHead = Math.floor(head / group);
    const qStart = token * q.rowStride + head * headDim;
    let max = Number.NEGATIVE_INFINITY;
    for (let p = 0; p < context; p++) {
      const kStart = slotOf(p) * keys.rowStride + kvHead * headDim;
      const score = scale * dot(q.data, qStart, keys.data, kStart, headDim);
      scores[p] = score;
      if (score > max) max = score;
    }
    let sum = 0;
    for (let p = 0; p < context; p++) {
      scores[p] = Math.exp(scores[p] - max);
      sum += scores[p];
    }
    const yStart = head * valueDim;
    for (let p = 0; p < context; p++) {
      const probability = scores[p] / sum;
      const vStart = slotOf(p) * values.rowStride + kvHead * valueDim;
      for (let i = 0; i < valueDim; i++) {
        const v = values.data[vStart + i];
        out[yStart + i] = out[yStart + i] + probability * v;
      }
    }
  }
}

/**
 * Blocks lie backwards in the cache. Few tokens: sequences take turns, each sees more of its blocks
 * than the one before and the last all. Many: each sequence has a run of them.
 */
export function pagedIndices({ tokens, sequences, maxBlocks, blockTokens }: Dims) {
  const isRun = tokens >= 8 * sequences;
  const sequenceOf = (t: number) => (isRun ? Math.floor((t * sequences) / tokens) : t % sequences);
  const seen = (t: number) => {
    const share = isRun ? 1 : (sequenceOf(t) + 1) / sequences;
    return Math.ceil(maxBlocks * blockTokens * share) - (tokens - t);
  };
  return {
    blockTables: Int32Array.from(
      { length: sequences * maxBlocks },
      (_, i) => sequences * maxBlocks - 1 - i,
    ),
    sequenceOf: Int32Array.from({ length: tokens }, (_, t) => sequenceOf(t)),
    positions: Int32Array.from({ length: tokens }, (_, t) => Math.max(0, seen(t))),
  };
}
