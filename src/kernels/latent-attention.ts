/**
 * Multi-head latent attention, absorbed (arXiv:2405.04434, 2.1): all heads attend to the same
 * cached rows. A row is key whole, and value in its first `rank` dimensions.
 * y = softmax(scale · q·latentᵀ) · latent[0…rank) per head; the context is the latents' mean, still
 * in their space. Paged as in attention.ts.
 */
import { lanesOf } from '../compiler/ir/types.ts';
import { cache, defineKernel, f32, i32, scalar } from '../compiler/kernel.ts';
import { attend, pagedIndices } from './attend.ts';
import {
  combineParts,
  contextParts,
  partialBytes,
  resultArgs,
} from './attention-programs/context-parts.ts';
import { latentProgram } from './attention-programs/latent.ts';
import { groupListBytes, pagingArgs } from './attention-programs/paging.ts';
import { cacheArgs, formatOf } from './emit/cache.ts';
import { reads, strideOf } from './emit/define-program.ts';

export const latentAttention = defineKernel({
  name: 'latent_attention',
  params: {
    q: f32.in('tokens', 'heads', 'width'),
    latents: cache.rowsIn('slots', 'width'),
    blockTables: i32.in('sequences', 'maxBlocks'),
    sequenceOf: i32.in('tokens'),
    positions: i32.in('tokens'),
    blockTokens: scalar,
    scale: scalar,
    y: f32.out('tokens', 'heads', 'rank'),
  },
  parallelOver: 'tokens',

  reference({ latents, ...args }, token, { heads, width, rank }) {
    const shape = { kvHeads: 1, heads, headDim: width, valueDim: rank };
    attend(token, { ...args, ...shape, keys: latents, values: latents });
  },

  lower(args, dims, context) {
    const { q, latents, y, blockTokens, scale } = args;
    const { tokens, heads, width, rank } = dims;
    const itemsPerToken = Math.ceil(heads / lanesOf(context.traits));
    const parts = contextParts(dims, blockTokens, tokens * itemsPerToken, context.threads);
    const isPart = parts.count > 1;
    const partials = isPart
      ? context.temp(tokens * heads * parts.count * partialBytes(rank))
      : undefined;
    const launch = latentProgram(formatOf(latents), width, rank, isPart).launch(
      {
        ...{ ...pagingArgs(args), q: reads(q), qStride: strideOf(q), scale, heads },
        ...{ ...resultArgs(y, parts, partials), ...cacheArgs('latents', latents, 'in') },
        ...{ itemsPerToken, perItemsPerToken: 1 / itemsPerToken },
      },
      tokens * itemsPerToken * parts.count,
      { scratchBytes: groupListBytes(dims, blockTokens) },
    );
    context.launch(launch);
    if (partials) combineParts(context, parts, partials, y);
  },

  indices: pagedIndices,

  shapes: [
    {
      ...{ tokens: 3, heads: 3, width: 28, rank: 24 },
      ...{ sequences: 1, maxBlocks: 1, slots: 16, blockTokens: 16, scale: 0.5 },
    },
    {
      ...{ tokens: 2, heads: 16, width: 576, rank: 512 },
      ...{ sequences: 2, maxBlocks: 2, slots: 64, blockTokens: 16, scale: 0.07 },
    },
    // The context in parts.
    {
      ...{ tokens: 1, heads: 5, width: 28, rank: 20 },
      ...{ sequences: 1, maxBlocks: 33, slots: 528, blockTokens: 16, scale: 0.5 },
    },
    {
      ...{ tokens: 3, heads: 3, width: 40, rank: 32 },
      ...{ sequences: 3, maxBlocks: 17, slots: 1632, blockTokens: 32, scale: 0.5 },
    },
  ],
});
