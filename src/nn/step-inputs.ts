/**
 * A step as the kernels read it: ids, positions and slots as device tensors, and the sequences'
 * block tables as one padded matrix.
 */

import type { KvCache } from './kv-cache.ts';
import type { Recorder } from './recorder.ts';
import type { Step, StepSequence } from './step.ts';
import type { Tensor } from './tensor.ts';

export interface StepInputs {
  readonly step: Step;
  readonly numTokens: number;
  /** (tokens) */
  readonly ids: Tensor;
  /** (tokens) */
  readonly positions: Tensor;
  /** (tokens) */
  readonly slots: Tensor;
  /** (tokens) index of the token's sequence. */
  readonly sequenceOf: Tensor;
  /** (sequences, maxBlocks), padded with 0. */
  readonly blockTables: Tensor;
  readonly kvCache: KvCache;
  /** Of a sequence whose context is laid out as one block; made once for all layers. */
  contiguous(sequence: StepSequence): ContiguousContext;
}

export interface ContiguousContext {
  /** (contextTokens) slots of the KV cache, in order. */
  readonly slots: Tensor;
  /** (1, 1): block 0 */
  readonly blockTables: Tensor;
  /** (queryTokens): all sequence 0 */
  readonly sequenceOf: Tensor;
}

export function stepInputs(recorder: Recorder, step: Step, kvCache: KvCache): StepInputs {
  const numTokens = step.tokens.length;
  const sequenceOf = new Int32Array(numTokens);
  step.sequences.forEach(({ queryStart, queryTokens }, i) => {
    sequenceOf.fill(i, queryStart, queryStart + queryTokens);
  });
  const maxBlocks = Math.max(...step.sequences.map(({ blockTable }) => blockTable.length));
  const tables = new Int32Array(step.sequences.length * maxBlocks);
  step.sequences.forEach(({ blockTable }, i) => {
    tables.set(blockTable, i * maxBlocks);
  });
  const contexts = new Map<StepSequence, ContiguousContext>();

  return {
    step,
    numTokens,
    ids: recorder.input(step.tokens, numTokens),
    positions: recorder.input(step.positions, numTokens),
    slots: recorder.input(step.slotMapping, numTokens),
    sequenceOf: recorder.input(sequenceOf, numTokens),
    blockTables: recorder.input(tables, step.sequences.length, maxBlocks),
    kvCache,
    contiguous(sequence) {
      const { contextTokens, queryTokens } = sequence;
      const known = contexts.get(sequence);
      if (known) return known;
      const made = {
        slots: recorder.input(slotsOf(sequence, kvCache.blockTokens), contextTokens),
        blockTables: recorder.input(new Int32Array(1), 1, 1),
        sequenceOf: recorder.input(new Int32Array(queryTokens), queryTokens),
      };
      contexts.set(sequence, made);
      return made;
    },
  };
}

/** (context) where the sequence's rows lie in the cache. */
function slotsOf({ blockTable, contextTokens }: StepSequence, blockTokens: number): Int32Array {
  return Int32Array.from(
    { length: contextTokens },
    (_, p) => blockTable[Math.floor(p / blockTokens)] * blockTokens + (p % blockTokens),
  );
}
