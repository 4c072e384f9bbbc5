/**
 * Absorbed latent attention on compiled devices: one query token, as many heads as a vector has
 * lanes. Heads are lanes, so scores, softmax and sums of all heads come without sums across lanes.
 * Sixteen latents at a time, turned to f32 once and used for scores and for values.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import type { CacheFormat } from '../../compiler/lowering.ts';
import { blockValues, cacheParams, elementBytes, keyGroup, loadCached } from '../emit/cache.ts';
import { defineProgram, f32, int, programFamily } from '../emit/define-program.ts';
import { divided } from '../emit/divide.ts';
import { exp } from '../emit/exp.ts';
import { rowOf } from '../emit/map.ts';
import { noScore } from '../emit/softmax.ts';
import { partialRow, partParams, scaleRow, storeTail } from './context-parts.ts';
import { listGroups, pagingParams } from './paging.ts';

const params = {
  ...{ ...pagingParams, ...partParams },
  ...{ q: int, qStride: int, ...cacheParams('latents'), y: int, yStride: int, scale: f32 },
  ...{ heads: int, itemsPerToken: int, perItemsPerToken: f32 },
} as const;

type Params = { readonly [K in keyof typeof params]: Value };

/** Sizes in elements, and the thread's memory. */
interface Frame {
  readonly format: CacheFormat;
  readonly width: number;
  readonly rank: number;
  /** A row of `block`, whole vectors. */
  readonly stride: number;
  /** (width, lanes), (16, stride), (16, lanes), (lanes, stride), (lanes) */
  readonly q: Value;
  readonly block: Value;
  readonly weights: Value;
  readonly outs: Value;
  readonly kept: Value;
}

export const latentProgram = programFamily(
  (format: CacheFormat, width: number, rank: number, isPart: boolean) =>
    `latent attention ${format} ${width} ${rank}${isPart ? ' part' : ''}`,
  (key, format, width, rank, isPart) =>
    defineProgram(key, params, (k, p, { start, end, scratch }) => {
      const { lanes } = k;
      const stride = Math.ceil(width / lanes) * lanes;
      const area = (elements: number) => k.add(scratch, k.reserve(4 * elements));
      const frame: Frame = {
        ...{ format, width, rank, stride, q: area(width * lanes), block: area(keyGroup * stride) },
        ...{ weights: area(keyGroup * lanes), outs: area(lanes * stride), kept: area(lanes) },
      };
      const list = k.add(scratch, k.reserveRest());

      k.loop(start, end, 1, (item) => {
        const index = isPart ? divided(k, item, p.perParts) : item;
        const part = isPart ? k.sub(item, k.mul(index, p.parts)) : undefined;
        const token = divided(k, index, p.perItemsPerToken);
        const head = k.mul(k.sub(index, k.mul(token, p.itemsPerToken)), lanes);
        const numHeads = k.min(k.sub(p.heads, head), lanes);
        const context = contextOf(k, p, token, list, part);
        const qHead = k.add(rowOf(k, p.q, token, p.qStride), k.mul(head, 4 * width));
        transposeQueries(k, p, frame, qHead, numHeads);
        k.loop(0, lanes * stride, lanes, (i) => k.store(at(frame.outs, i, 4), k.f32x(0)));
        const max = k.variable(k.f32x(noScore));
        const sum = k.variable(k.f32x(0));

        k.loop(0, context.groups, 1, (group) => {
          const rest = k.sub(context.tokens, k.shl(group, Math.log2(keyGroup)));
          const count = k.min(rest, keyGroup);
          loadBlock(k, p, frame, k.loadI32(at(list, group, 4)), count);
          scoreBlock(k, frame, count);
          softmaxBlock(k, frame, max, sum);
          addValues(k, frame);
        });

        if (part) storePart(k, p, frame, { token, head, numHeads, part, max, sum });
        else storeHeads(k, p, frame, { token, head, numHeads, sum });
      });
    }),
);

function contextOf(k: Builder, p: Params, token: Value, list: Value, part: Value | undefined) {
  return listGroups(k, p, token, list, part && { index: part, blocks: p.partBlocks });
}

interface Result {
  readonly token: Value;
  readonly head: Value;
  readonly numHeads: Value;
  /** A head in every lane. */
  readonly sum: Value;
}

/** y = outs / sum. */
function storeHeads(k: Builder, p: Params, f: Frame, { token, head, numHeads, sum }: Result): void {
  k.store(at(f.kept), k.div(k.f32x(1), sum));
  const y = k.add(rowOf(k, p.y, token, p.yStride), k.mul(head, 4 * f.rank));
  k.loop(0, numHeads, 1, (h) => {
    const from = k.add(f.outs, k.mul(h, 4 * f.stride));
    const to = k.add(y, k.mul(h, 4 * f.rank));
    scaleRow(k, from, to, k.int(f.rank), k.loadF32(at(f.kept, h, 4)));
  });
}

/** What the part leaves for each head; see context-parts.ts. */
function storePart(
  k: Builder,
  p: Params,
  f: Frame,
  { token, head, numHeads, part, max, sum }: Result & { part: Value; max: Value },
): void {
  k.store(at(f.kept), max);
  k.store(at(f.weights), sum);
  k.loop(0, numHeads, 1, (h) => {
    const tokenHead = k.add(k.add(k.mul(token, p.heads), head), h);
    const to = partialRow(k, p, tokenHead, part);
    scaleRow(k, k.add(f.outs, k.mul(h, 4 * f.stride)), to, k.int(f.rank), k.f32(1));
    storeTail(k, p, to, k.loadF32(at(f.kept, h, 4)), k.loadF32(at(f.weights, h, 4)));
  });
}

/** (heads, width) → (width, lanes), times the scale; zeros for heads that do not exist. */
function transposeQueries(k: Builder, p: Params, f: Frame, from: Value, numHeads: Value): void {
  k.loop(0, f.width * k.lanes, k.lanes, (i) => k.store(at(f.q, i, 4), k.f32x(0)));
  k.loop(0, numHeads, 1, (h) => {
    const row = k.add(from, k.mul(h, 4 * f.width));
    const to = k.variable(k.add(f.q, k.shl(h, 2)));
    k.loop(0, f.width, 1, (d) => {
      k.store(at(to), k.mul(k.loadF32(at(row, d, 4)), p.scale));
      k.set(to, k.add(to, 4 * k.lanes));
    });
  });
}

/** Sixteen rows as f32; those beyond `count` are zeros. */
function loadBlock(k: Builder, p: Params, f: Frame, group: Value, count: Value): void {
  const bytes = elementBytes(f.format);
  const slot = k.mul(group, keyGroup);
  k.loop(0, keyGroup, 1, (i) => {
    const row = rowOf(k, p.latents, k.add(slot, i), k.int(f.width * bytes));
    const scales = rowOf(k, p.latentsScales, k.add(slot, i), p.latentsScaleBytes);
    const to = k.add(f.block, k.mul(i, 4 * f.stride));
    k.if(
      i,
      'lt',
      count,
      () =>
        k.loop(0, f.stride, k.lanes, (d) => {
          const x = loadCached(k, f.format, 'f32x', at(row, d, bytes));
          const scale = at(scales, k.shr(d, Math.log2(blockValues)), 4);
          const value = f.format === 'int8' ? k.mul(x, k.loadSplat('f32x', scale)) : x;
          k.store(at(to, d, 4), value);
        }),
      () => k.loop(0, f.stride, k.lanes, (d) => k.store(at(to, d, 4), k.f32x(0))),
    );
  });
}

/** weights[i] = latent i · q, for all heads. */
function scoreBlock(k: Builder, f: Frame, count: Value): void {
  const atOnce = k.traits.vectorRegisters >= 32 ? keyGroup : keyGroup / 2;
  for (let first = 0; first < keyGroup; first += atOnce) {
    const sums = Array.from({ length: atOnce }, () => k.variable(k.f32x(0)));
    const [q, block] = [k.variable(f.q), k.variable(f.block)];
    k.loop(0, f.width, 1, () => {
      const queries = k.load('f32x', at(q));
      sums.forEach((sum, i) => {
        const x = k.loadSplat('f32x', at(block, (first + i) * 4 * f.stride));
        k.set(sum, k.fma(queries, x, sum));
      });
      k.set(q, k.add(q, 4 * k.lanes));
      k.set(block, k.add(block, 4));
    });
    sums.forEach((sum, i) => {
      k.store(at(f.weights, (first + i) * 4 * k.lanes), sum);
    });
  }
  k.loop(count, keyGroup, 1, (i) => {
    k.store(at(k.add(f.weights, k.mul(i, 4 * k.lanes))), k.f32x(noScore));
  });
}

/** weights → e^(weight − max); max, sum and kept follow. */
function softmaxBlock(k: Builder, f: Frame, max: Value, sum: Value): void {
  const place = (i: Value) => at(k.add(f.weights, k.mul(i, 4 * k.lanes)));
  const before = k.op('copy', [max]);
  k.loop(0, keyGroup, 1, (i) => k.set(max, k.max(max, k.load('f32x', place(i)))));
  const kept = exp(k, k.sub(before, max));
  k.store(at(f.kept), kept);
  k.set(sum, k.mul(sum, kept));
  k.loop(0, keyGroup, 1, (i) => {
    const weight = exp(k, k.sub(k.load('f32x', place(i)), max));
    k.store(place(i), weight);
    k.set(sum, k.add(sum, weight));
  });
}

/** outs[h] = outs[h] · kept[h] + Σ weights[i][h] · latent i, in tiles of heads by vectors. */
function addValues(k: Builder, f: Frame): void {
  const heads = Math.min(4, k.lanes);
  const wide = k.traits.vectorRegisters >= 32 ? 4 : 2;
  const vectors = Math.ceil(f.rank / k.lanes);
  const tile = (width: number, first: Value, h0: Value) => {
    const out = k.add(k.add(f.outs, k.mul(h0, 4 * f.stride)), k.shl(first, 2));
    const place = (h: number, v: number) => at(out, h * 4 * f.stride + v * k.traits.vectorBytes);
    const kept = k.add(f.kept, k.shl(h0, 2));
    const sums = Array.from({ length: heads * width }, (_, i) => {
      const [h, v] = [Math.floor(i / width), i % width];
      return k.variable(k.mul(k.load('f32x', place(h, v)), k.loadSplat('f32x', at(kept, 4 * h))));
    });
    const value = k.variable(k.add(f.block, k.shl(first, 2)));
    const weight = k.variable(k.add(f.weights, k.shl(h0, 2)));
    k.loop(0, keyGroup, 1, () => {
      const loaded = Array.from({ length: width }, (_, v) =>
        k.load('f32x', at(value, v * k.traits.vectorBytes)),
      );
      for (let h = 0; h < heads; h++) {
        const w = k.loadSplat('f32x', at(weight, 4 * h));
        for (let v = 0; v < width; v++) {
          k.set(sums[h * width + v], k.fma(loaded[v], w, sums[h * width + v]));
        }
      }
      k.set(value, k.add(value, 4 * f.stride));
      k.set(weight, k.add(weight, 4 * k.lanes));
    });
    sums.forEach((sum, i) => {
      k.store(place(Math.floor(i / width), i % width), sum);
    });
  };
  const wholeTiles = Math.floor(vectors / wide) * wide * k.lanes;
  k.loop(0, k.lanes, heads, (h0) => {
    k.loop(0, wholeTiles, wide * k.lanes, (first) => tile(wide, first, h0));
    k.loop(wholeTiles, vectors * k.lanes, k.lanes, (first) => tile(1, first, h0));
  });
}
