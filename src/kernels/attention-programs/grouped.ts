/**
 * Grouped-query attention on compiled devices: some heads that share a key/value head, of one
 * query token or of several that follow each other. Sixteen keys at a time: a vector of scores per
 * row, no sums across lanes, since keys lie dimension by dimension (emit/cache.ts). Chunks of 256
 * keys with online softmax.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Traits, Value } from '../../compiler/ir/types.ts';
import type { CacheFormat } from '../../compiler/lowering.ts';
import { cacheParams, keyGroup } from '../emit/cache.ts';
import { defineProgram, f32, int, programFamily } from '../emit/define-program.ts';
import { divided } from '../emit/divide.ts';
import { rowOf } from '../emit/map.ts';
import { noScore, softmaxChunk } from '../emit/softmax.ts';
import { partialRow, partParams, scaleRow, storeTail } from './context-parts.ts';
import {
  addValues,
  chunkGroups,
  chunkTokens,
  headKeys,
  headValues,
  outStride,
  scoreChunk,
} from './grouped-chunk.ts';
import { type Context, listGroups, pagingParams } from './paging.ts';

/** More rows than this gain little; more tokens are more to do one by one where sequences meet. */
const mostRows = 24;
const mostTokens = 12;

const params = {
  ...{ ...pagingParams, ...partParams },
  ...{ q: int, qStride: int, ...cacheParams('keys'), keyWidth: int },
  ...{ ...cacheParams('values'), valueWidth: int },
  ...{ y: int, yStride: int, headDim: int, valueDim: int, scale: f32 },
  /** Items of a token or of a tile of them, and query heads of a key/value head; 1 over each. */
  ...{ tokens: int, heads: int, itemsPerToken: int, perItemsPerToken: f32, perGroup: f32 },
} as const;

type Params = { readonly [K in keyof typeof params]: Value };

interface Rows {
  /** Query heads of an item, all of one key/value head. */
  readonly heads: number;
  /** Query tokens of an item. */
  readonly tokens: number;
}

/** The thread's memory, enough for all rows of an item, and the item. */
interface Frame {
  readonly format: CacheFormat;
  readonly q: Value;
  readonly scores: Value;
  readonly outs: Value;
  readonly maxima: Value;
  readonly sums: Value;
  readonly kept: Value;
  readonly list: Value;
  /** First query head. */
  readonly head: Value;
  /** Undefined where an item sees the whole context. */
  readonly part: Value | undefined;
}

/**
 * Tokens of an item that do not all belong to one sequence go one by one. `isPart`: an item sees a
 * part of the context and leaves a partial result (context-parts.ts).
 */
export const groupedAttention = programFamily(
  (format: CacheFormat, heads: number, tokens: number, isPart: boolean) =>
    `attention ${format} h${heads} t${tokens}${isPart ? ' part' : ''}`,
  (key, format, heads, tokens, isPart) =>
    defineProgram(key, params, (k, p, { start, end, scratch }) => {
      const rows = heads * tokens;
      const area = (bytes: number) => k.add(scratch, k.reserve(bytes));
      const memory = {
        ...{ q: area(rows * outStride), scores: area(rows * chunkTokens * 4) },
        ...{ outs: area(rows * outStride), maxima: area(rows * 4) },
        ...{ sums: area(rows * 4), kept: area(rows * 4), list: k.add(scratch, k.reserveRest()) },
      };
      k.loop(start, end, 1, (item) => {
        const whole = isPart ? divided(k, item, p.perParts) : item;
        const part = isPart ? k.sub(item, k.mul(whole, p.parts)) : undefined;
        const index = divided(k, whole, p.perItemsPerToken);
        const head = k.mul(k.sub(whole, k.mul(index, p.itemsPerToken)), heads);
        const frame = { ...memory, format, head, part };
        const one = (token: Value) => attendTokens(k, p, frame, token, { heads, tokens: 1 });
        if (tokens === 1) return one(index);
        // The last item goes back to be whole: what two items do, both do alike.
        const first = k.min(k.mul(index, tokens), k.sub(p.tokens, tokens));
        const last = k.add(first, tokens - 1);
        const steps = (of: Value) => k.sub(k.loadI32(at(of, last, 4)), k.loadI32(at(of, first, 4)));
        // Same sequence and positions that go up by one: 0 and tokens - 1.
        const strangers = k.variable(steps(p.sequenceOf));
        k.set(strangers, k.or(strangers, k.xor(steps(p.positions), tokens - 1)));
        k.if(
          strangers,
          'eq',
          0,
          () => attendTokens(k, p, frame, first, { heads, tokens }),
          () => k.loop(first, k.add(last, 1), 1, one),
        );
      });
    }),
);

/** `tokens` queries from `first` on: of one sequence, at positions that follow each other. */
function attendTokens(
  k: Builder,
  p: Params,
  frame: Frame,
  first: Value,
  { heads, tokens }: Rows,
): void {
  const { format, q, scores, outs, maxima, sums, kept, list, head } = frame;
  const rows = heads * tokens;
  const kvHead = divided(k, head, p.perGroup);
  const context = contextOf(k, p, frame, tokens === 1 ? first : k.add(first, tokens - 1));
  const tile = {
    ...{ format, rows, headDim: p.headDim, valueDim: p.valueDim, q, scores, outs, kept },
    ...headKeys(k, format, p, kvHead),
    ...headValues(k, format, p, kvHead),
  };
  transposeQueries(k, p, frame, first, { heads, tokens });
  k.loop(0, rows, 1, (row) => {
    k.store(at(maxima, row, 4), k.f32(noScore));
    k.store(at(sums, row, 4), k.f32(0));
    const out = k.add(outs, k.mul(row, outStride));
    k.loop(0, p.valueDim, k.lanes, (i) => k.store(at(out, i, 4), k.f32x(0)));
  });

  k.loop(0, context.groups, chunkGroups, (firstGroup) => {
    const numGroups = k.min(k.sub(context.groups, firstGroup), chunkGroups);
    const chunkList = k.add(list, k.shl(firstGroup, 2));
    const rest = k.sub(context.tokens, k.shl(firstGroup, Math.log2(keyGroup)));
    const numKeys = k.shl(numGroups, Math.log2(keyGroup));
    scoreChunk(k, tile, chunkList, numGroups);
    k.loop(0, tokens, 1, (t) => {
      // The tile's last token sees all of `rest`, each before it one key less.
      const seen = tokens === 1 ? rest : k.max(k.add(rest, k.sub(t, tokens - 1)), 0);
      const tokenScores = k.add(scores, k.mul(t, heads * chunkTokens * 4));
      k.loop(seen, numKeys, 1, (i) => {
        for (let h = 0; h < heads; h++) {
          k.store(at(tokenScores, i, 4, h * chunkTokens * 4), k.f32(noScore));
        }
      });
    });
    k.loop(0, rows, 1, (row) => {
      const rowScores = k.add(scores, k.mul(row, chunkTokens * 4));
      const factor = softmaxChunk(k, rowScores, numKeys, at(maxima, row, 4), at(sums, row, 4));
      k.store(at(kept, row, 4), k.mul(k.reduceAdd(factor), k.f32(1 / k.lanes)));
    });
    addValues(k, tile, chunkList, k.min(numKeys, rest));
  });
  storeRows(k, p, frame, first, { heads, tokens });
}

function contextOf(k: Builder, p: Params, { list, part }: Frame, token: Value): Context {
  return listGroups(k, p, token, list, part && { index: part, blocks: p.partBlocks });
}

/** (tokens, heads, headDim) → (headDim, tokens · heads), times the scale. */
function transposeQueries(k: Builder, p: Params, f: Frame, first: Value, { heads, tokens }: Rows) {
  const rows = heads * tokens;
  k.loop(0, tokens, 1, (t) => {
    const token = rowOf(k, p.q, k.add(first, t), p.qStride);
    const from = k.add(token, k.shl(k.mul(f.head, p.headDim), 2));
    const to = k.add(f.q, k.mul(t, 4 * heads));
    for (let h = 0; h < heads; h++) {
      const row = k.add(from, k.shl(k.mul(p.headDim, h), 2));
      const place = k.variable(k.add(to, 4 * h));
      k.loop(0, p.headDim, 1, (d) => {
        k.store(at(place), k.mul(k.loadF32(at(row, d, 4)), p.scale));
        k.set(place, k.add(place, 4 * rows));
      });
    }
  });
}

/** Results, divided by their sums, or partial ones with what it takes to put them together. */
function storeRows(k: Builder, p: Params, f: Frame, first: Value, { heads, tokens }: Rows): void {
  k.loop(0, tokens, 1, (t) => {
    const token = k.add(first, t);
    const y = k.add(rowOf(k, p.y, token, p.yStride), k.shl(k.mul(f.head, p.valueDim), 2));
    k.loop(0, heads, 1, (h) => {
      const row = k.add(k.mul(t, heads), h);
      const out = k.add(f.outs, k.mul(row, outStride));
      const sum = k.loadF32(at(f.sums, row, 4));
      if (f.part === undefined) {
        const to = k.add(y, k.shl(k.mul(p.valueDim, h), 2));
        return scaleRow(k, out, to, p.valueDim, k.div(k.f32(1), sum));
      }
      const tokenHead = k.add(k.add(k.mul(token, p.heads), f.head), h);
      const to = partialRow(k, p, tokenHead, f.part);
      scaleRow(k, out, to, p.valueDim, k.f32(1));
      storeTail(k, p, to, k.loadF32(at(f.maxima, row, 4)), sum);
    });
  });
}

/** Query heads of an item: as many of a group as fit, evenly. */
export function headsOfItem(group: number): number {
  for (let heads = Math.min(8, group); heads > 1; heads--) {
    if (group % heads === 0) return heads;
  }
  return 1;
}

/**
 * Query tokens of an item: as many as leave a vector of sums of every row in registers, beside the
 * keys that they share.
 */
export function tokensOfItem(traits: Traits, heads: number): number {
  const vectorsOfGroup = Math.max(1, (4 * keyGroup) / traits.vectorBytes);
  const rows = Math.min(mostRows, Math.floor((traits.vectorRegisters - 4) / vectorsOfGroup));
  return Math.max(1, Math.min(mostTokens, Math.floor(rows / heads)));
}
