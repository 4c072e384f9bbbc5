/** From block tables to where keys lie: the groups of 16 slots of a token's context, in order. */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import type { Dims } from '../../compiler/kernel.ts';
import type { LowerTensor } from '../../compiler/lowering.ts';
import { keyGroup } from '../emit/cache.ts';
import { reads, strideOf } from '../emit/define-program.ts';
import { rowOf } from '../emit/map.ts';

export const pagingParams = {
  blockTables: 'int',
  tableStride: 'int',
  groupsOfBlock: 'int',
  sequenceOf: 'int',
  positions: 'int',
} as const;

type Params = { readonly [K in keyof typeof pagingParams]: Value };

interface PagedArgs {
  readonly blockTables: LowerTensor;
  readonly sequenceOf: LowerTensor;
  readonly positions: LowerTensor;
  readonly blockTokens: number;
}

export function pagingArgs({ blockTables, sequenceOf, positions, blockTokens }: PagedArgs) {
  if (blockTokens % keyGroup !== 0) {
    throw new Error(`blocks of ${blockTokens} tokens: compiled devices want a multiple of 16`);
  }
  return {
    ...{ blockTables: reads(blockTables), tableStride: strideOf(blockTables) },
    ...{ groupsOfBlock: blockTokens / keyGroup, sequenceOf: reads(sequenceOf) },
    positions: reads(positions),
  };
}

/** Bytes of the list that `listGroups` writes, at most. */
export function groupListBytes({ maxBlocks }: Dims, blockTokens: number): number {
  return Math.ceil((4 * maxBlocks * blockTokens) / keyGroup);
}

export interface Context {
  /** Tokens that the query sees of it, its own included; 0 where it sees none. */
  readonly tokens: Value;
  readonly groups: Value;
}

/** A part of the context: the `index`-th `blocks` of it. */
export interface Part {
  readonly index: Value;
  readonly blocks: Value;
}

/** Writes the numbers of the groups that the token sees, of the context or of a part, to `list`. */
export function listGroups(k: Builder, p: Params, token: Value, list: Value, part?: Part): Context {
  const seen = k.add(k.loadI32(at(p.positions, token, 4)), 1);
  const table = rowOf(k, p.blockTables, k.loadI32(at(p.sequenceOf, token, 4)), p.tableStride);
  const { tokens, first } = part ? ofPart(k, p, seen, part) : { tokens: seen, first: k.int(0) };
  const groups = k.shr(k.add(tokens, keyGroup - 1), Math.log2(keyGroup));
  const [block, written] = [k.variable(k.add(table, k.shl(first, 2))), k.variable(0)];
  // A loop over blocks whose number is not known without a division: it ends by its count.
  k.loop(0, groups, 1, () => {
    k.if(written, 'lt', groups, () => {
      const first = k.mul(k.loadI32(at(block)), p.groupsOfBlock);
      const end = k.min(k.sub(groups, written), p.groupsOfBlock);
      k.loop(0, end, 1, (i) => k.store(at(k.add(list, k.shl(written, 2)), i, 4), k.add(first, i)));
      k.set(written, k.add(written, end));
      k.set(block, k.add(block, 4));
    });
  });
  return { tokens, groups };
}

/** Its first block, and how many of the `seen` tokens it has. */
function ofPart(k: Builder, p: Params, seen: Value, { index, blocks }: Part) {
  const blockTokens = k.shl(p.groupsOfBlock, Math.log2(keyGroup));
  const first = k.mul(index, blocks);
  const rest = k.sub(seen, k.mul(first, blockTokens));
  return { first, tokens: k.max(k.min(rest, k.mul(blocks, blockTokens)), 0) };
}
