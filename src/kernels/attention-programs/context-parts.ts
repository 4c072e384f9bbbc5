/**
 * Attention over a long context with few queries: the context is cut into parts so that every
 * thread has one, each part leaves its sums not yet divided with its maximum, and a second launch
 * puts them together (arXiv:2311.01282, 3). Parts are whole blocks of the cache.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import type { Dims } from '../../compiler/kernel.ts';
import type { LowerContext, LowerTensor, Memory } from '../../compiler/lowering.ts';
import { defineProgram, f32, int, reads, strideOf, writes } from '../emit/define-program.ts';
import { divided } from '../emit/divide.ts';
import { exp } from '../emit/exp.ts';
import { rowOf } from '../emit/map.ts';
import { noScore } from '../emit/softmax.ts';

/** Below this a part costs more than it saves. */
const leastTokens = 256;
/** Of the maximum and the sum, which stand behind a partial result's row. */
const tailBytes = 64;

export interface ContextParts {
  readonly count: number;
  /** Of a part. */
  readonly blocks: number;
}

/** `items`: of the launch if the context stays whole. One part is the context whole. */
export function contextParts(
  { maxBlocks, sequences }: Dims,
  blockTokens: number,
  items: number,
  threads: number,
): ContextParts {
  const most = Math.floor((maxBlocks * blockTokens) / leastTokens);
  const wanted = Math.min(most, Math.ceil((2 * threads) / items));
  // Several sequences have contexts of several lengths: then equal numbers are not equal work.
  const isBalanced = sequences === 1 && items % threads === 0;
  if (wanted < 2 || isBalanced) return { count: 1, blocks: maxBlocks };
  const blocks = Math.ceil(maxBlocks / wanted);
  return { count: Math.ceil(maxBlocks / blocks), blocks };
}

/** Bytes of the partial results of a head of a token. */
export function partialBytes(valueDim: number): number {
  return 4 * Math.ceil(valueDim / 16) * 16 + tailBytes;
}

export const partParams = {
  /** (tokens, heads, parts) rows of partialBytes; maximum and sum in the last 64 of them. */
  ...{ partials: int, partialBytes: int },
  ...{ parts: int, perParts: f32, partBlocks: int },
} as const;

type PartParams = { readonly [K in keyof typeof partParams]: Value };

function partArgs({ count, blocks }: ContextParts, valueDim: number) {
  const bytes = partialBytes(valueDim);
  return { partialBytes: bytes, parts: count, perParts: 1 / count, partBlocks: blocks };
}

/** Arguments that say where results go: to y, or to `partials` if there is more than one part. */
export function resultArgs(y: LowerTensor, parts: ContextParts, partials: Memory | undefined) {
  const [, , valueDim] = y.dims;
  return {
    ...partArgs(parts, valueDim),
    ...{ partials: partials ? writes(partials) : 0, y: partials ? 0 : writes(y) },
    yStride: strideOf(y),
  };
}

/** Where head `head` of the item's token puts its part; `tokenHead`: token · heads + head. */
export function partialRow(k: Builder, p: PartParams, tokenHead: Value, part: Value): Value {
  return rowOf(k, p.partials, k.add(k.mul(tokenHead, p.parts), part), p.partialBytes);
}

/** Puts maximum and sum behind a partial result. */
export function storeTail(k: Builder, p: PartParams, row: Value, max: Value, sum: Value): void {
  const tail = k.add(row, k.sub(p.partialBytes, tailBytes));
  k.store(at(tail), max);
  k.store(at(tail, 4), sum);
}

/** to[i] = from[i] · factor, `count` f32s; `from` may be read to a whole vector. */
export function scaleRow(k: Builder, from: Value, to: Value, count: Value, factor: Value): void {
  const whole = k.and(count, -k.lanes);
  const all = k.splat(factor);
  k.loop(0, whole, k.lanes, (i) => {
    k.store(at(to, i, 4), k.mul(k.load('f32x', at(from, i, 4)), all));
  });
  k.loop(whole, count, 1, (i) => k.store(at(to, i, 4), k.mul(k.loadF32(at(from, i, 4)), factor)));
}

/** An item is a head of a token. */
const combine = defineProgram(
  'combine attention',
  { ...partParams, heads: int, perHeads: f32, valueDim: int, y: int, yStride: int },
  (k, p, { start, end, scratch }) => {
    const out = k.add(scratch, k.reserveRest());
    k.loop(start, end, 1, (index) => {
      const first = rowOf(k, p.partials, k.mul(index, p.parts), p.partialBytes);
      const tails = k.add(first, k.sub(p.partialBytes, tailBytes));
      const largest = k.variable(k.f32(noScore));
      const tail = k.variable(tails);
      k.loop(0, p.parts, 1, () => {
        k.set(largest, k.max(largest, k.loadF32(at(tail))));
        k.set(tail, k.add(tail, p.partialBytes));
      });
      k.loop(0, p.valueDim, k.lanes, (i) => k.store(at(out, i, 4), k.f32x(0)));
      const sum = k.variable(k.f32x(0));
      k.loop(0, p.parts, 1, (part) => {
        const row = rowOf(k, first, part, p.partialBytes);
        const [max, its] = [0, 4].map((disp) =>
          k.loadSplat('f32x', at(k.add(row, k.sub(p.partialBytes, tailBytes)), disp)),
        );
        const factor = exp(k, k.sub(max, k.splat(largest)));
        k.set(sum, k.fma(its, factor, sum));
        k.loop(0, p.valueDim, k.lanes, (i) => {
          const before = k.load('f32x', at(out, i, 4));
          k.store(at(out, i, 4), k.fma(k.load('f32x', at(row, i, 4)), factor, before));
        });
      });
      const token = divided(k, index, p.perHeads);
      const head = k.sub(index, k.mul(token, p.heads));
      const y = k.add(rowOf(k, p.y, token, p.yStride), k.shl(k.mul(head, p.valueDim), 2));
      // Every lane of `sum` is the same.
      const total = k.mul(k.reduceAdd(sum), k.f32(1 / k.lanes));
      scaleRow(k, out, y, p.valueDim, k.div(k.f32(1), total));
    });
  },
);

/** y (tokens, heads, valueDim) from what the parts left. */
export function combineParts(
  context: LowerContext,
  parts: ContextParts,
  partials: Memory,
  y: LowerTensor,
): void {
  const [tokens, heads, valueDim] = y.dims;
  const launch = combine.launch(
    {
      ...{ ...partArgs(parts, valueDim), partials: reads(partials), heads, perHeads: 1 / heads },
      ...{ valueDim, y: writes(y), yStride: strideOf(y) },
    },
    tokens * heads,
    { grain: Math.ceil(heads / 8), scratchBytes: partialBytes(valueDim) },
  );
  context.launch(launch);
}
