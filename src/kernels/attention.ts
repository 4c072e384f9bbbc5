/**
 * Causal attention of each query token over its own sequence in a paged cache. Query heads share
 * key/value heads in groups (grouped-query attention). y = softmax(scale · q·kᵀ) · v per head.
 * Position p of sequence s lies in slot blockTables[s][p / blockTokens] · blockTokens + p % blockTokens.
 */
import { cache, defineKernel, f32, i32, scalar } from '../compiler/kernel.ts';
import { attend, pagedIndices } from './attend.ts';
import {
  combineParts,
  contextParts,
  partialBytes,
  resultArgs,
} from './attention-programs/context-parts.ts';
import { groupedAttention, headsOfItem, tokensOfItem } from './attention-programs/grouped.ts';
import { largestHeadDim } from './attention-programs/grouped-chunk.ts';
import { groupListBytes, pagingArgs } from './attention-programs/paging.ts';
import { blockValues, cacheArgs, formatOf } from './emit/cache.ts';
import { reads, strideOf } from './emit/define-program.ts';

export const attention = defineKernel({
  name: 'attention',
  params: {
    q: f32.in('tokens', 'heads', 'headDim'),
    /** A key row is kvHeads heads of headDim, side by side. */
    keys: cache.keysIn('slots', 'keyWidth'),
    values: cache.rowsIn('slots', 'valueWidth'),
    blockTables: i32.in('sequences', 'maxBlocks'),
    sequenceOf: i32.in('tokens'),
    positions: i32.in('tokens'),
    kvHeads: scalar,
    blockTokens: scalar,
    scale: scalar,
    y: f32.out('tokens', 'heads', 'valueDim'),
  },
  parallelOver: 'tokens',

  reference(args, token, { heads, headDim, valueDim }) {
    attend(token, { ...args, heads, headDim, valueDim });
  },

  lower(args, dims, context) {
    const { q, keys, values, y, kvHeads, blockTokens, scale } = args;
    const { tokens, sequences, heads, headDim, valueDim, keyWidth, valueWidth } = dims;
    if (Math.max(headDim, valueDim) > largestHeadDim) throw new Error('a head is too wide');
    const format = formatOf(keys);
    if (format === 'int8' && [headDim, valueDim].some((width) => width % blockValues > 0)) {
      throw new Error('int8 keys and values come in heads of a multiple of 32');
    }
    const { threads, traits } = context;
    const group = heads / kvHeads;
    const itemHeads = headsOfItem(group);
    const itemsPerToken = heads / itemHeads;
    const parts = contextParts(dims, blockTokens, tokens * itemsPerToken, threads);
    const isPart = parts.count > 1;
    // Sequences of one or two tokens would have their tokens one by one all the same.
    const most = Math.min(tokens / sequences, (tokens * itemsPerToken) / (2 * threads));
    const itemTokens = Math.max(1, Math.min(tokensOfItem(traits, itemHeads), Math.floor(most)));
    const partials = isPart
      ? context.temp(tokens * heads * parts.count * partialBytes(valueDim))
      : undefined;
    const launch = groupedAttention(format, itemHeads, itemTokens, isPart).launch(
      {
        ...{ ...pagingArgs(args), q: reads(q), qStride: strideOf(q), keyWidth, valueWidth },
        ...{ ...cacheArgs('keys', keys, 'in'), ...cacheArgs('values', values, 'in') },
        ...resultArgs(y, parts, partials),
        ...{ headDim, valueDim, scale, tokens, heads, perGroup: 1 / group },
        ...{ itemsPerToken, perItemsPerToken: 1 / itemsPerToken },
      },
      Math.ceil(tokens / itemTokens) * itemsPerToken * parts.count,
      { scratchBytes: groupListBytes(dims, blockTokens) },
    );
    context.launch(launch);
    if (partials) combineParts(context, parts, partials, y);
  },

  indices: pagedIndices,

  shapes: [
    {
      ...{ tokens: 1, heads: 1, headDim: 32, keyWidth: 32, valueWidth: 32, valueDim: 32 },
      ...{ kvHeads: 1, sequences: 1, maxBlocks: 1, slots: 16, blockTokens: 16, scale: 0.5 },
    },
    {
      ...{ tokens: 1, heads: 1, headDim: 4, keyWidth: 4, valueWidth: 4, valueDim: 4, kvHeads: 1 },
      ...{ sequences: 1, maxBlocks: 1, slots: 16, blockTokens: 16, scale: 0.5 },
    },
    {
      ...{ tokens: 5, heads: 6, headDim: 64, keyWidth: 128, valueWidth: 128, valueDim: 64 },
      ...{ kvHeads: 2, sequences: 2, maxBlocks: 3, slots: 96, blockTokens: 16, scale: 0.125 },
    },
    {
      ...{ tokens: 2, heads: 2, headDim: 192, keyWidth: 384, valueWidth: 256, valueDim: 128 },
      ...{ kvHeads: 2, sequences: 2, maxBlocks: 2, slots: 64, blockTokens: 16, scale: 0.07 },
    },
    // Queries that go together, at last with some of another sequence.
    {
      ...{ tokens: 37, heads: 2, headDim: 24, keyWidth: 48, valueWidth: 40, valueDim: 20 },
      ...{ kvHeads: 2, sequences: 2, maxBlocks: 3, slots: 96, blockTokens: 16, scale: 0.2 },
    },
    {
      ...{ tokens: 26, heads: 8, headDim: 32, keyWidth: 64, valueWidth: 128, valueDim: 64 },
      ...{ kvHeads: 2, sequences: 1, maxBlocks: 3, slots: 96, blockTokens: 32, scale: 0.2 },
    },
    // Contexts in parts, of which a short sequence has not all.
    {
      ...{ tokens: 1, heads: 3, headDim: 24, keyWidth: 24, valueWidth: 20, valueDim: 20 },
      ...{ kvHeads: 1, sequences: 1, maxBlocks: 33, slots: 528, blockTokens: 16, scale: 0.2 },
    },
    {
      ...{ tokens: 3, heads: 6, headDim: 32, keyWidth: 32, valueWidth: 32, valueDim: 32 },
      ...{ kvHeads: 1, sequences: 3, maxBlocks: 17, slots: 1632, blockTokens: 32, scale: 0.2 },
    },
  ],
});
