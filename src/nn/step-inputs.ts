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
  /** cos and sin of every token's angles; made once for all layers. */
  angles(rotation: Rotation): Angles;
  /** Of a sequence whose context is laid out as one block; made once for all layers. */
  contiguous(sequence: StepSequence): ContiguousContext;
}

/** How a model rotates queries and keys by position. */
export interface Rotation {
  /** (pairs) radians per position. */
  readonly frequencies: Float32Array;
  readonly interleaved: boolean;
  /** YaRN's attention factor: multiplies cos and sin. */
  readonly factor: number;
}

export interface Angles {
  /** (tokens, pairs) */
  readonly cos: Tensor;
  readonly sin: Tensor;
}

export interface ContiguousContext {
  /** (contextTokens) slots of the KV cache, in order. */
  readonly slots: Tensor;
  /** (contextTokens) 0, 1, 2… */
  readonly order: Tensor;
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
  const anglesOf = new Map<Rotation, Angles>();

  return {
    step,
    numTokens,
    ids: recorder.input(step.tokens, numTokens),
    positions: recorder.input(step.positions, numTokens),
    slots: recorder.input(step.slotMapping, numTokens),
    sequenceOf: recorder.input(sequenceOf, numTokens),
    blockTables: recorder.input(tables, step.sequences.length, maxBlocks),
    kvCache,
    angles(rotation) {
      const known = anglesOf.get(rotation);
      if (known) return known;
      const made = angles(recorder, rotation, step.positions);
      anglesOf.set(rotation, made);
      return made;
    },
    contiguous(sequence) {
      const { contextTokens, queryTokens } = sequence;
      const known = contexts.get(sequence);
      if (known) return known;
      const made = {
        slots: recorder.input(slotsOf(sequence, kvCache.blockTokens), contextTokens),
        order: recorder.input(
          Int32Array.from({ length: contextTokens }, (_, i) => i),
          contextTokens,
        ),
        blockTables: recorder.input(new Int32Array(1), 1, 1),
        sequenceOf: recorder.input(new Int32Array(queryTokens), queryTokens),
      };
      contexts.set(sequence, made);
      return made;
    },
  };
}

function angles(recorder: Recorder, rotation: Rotation, positions: Int32Array): Angles {
  const { frequencies, factor } = rotation;
  const pairs = frequencies.length;
  const cos = new Float32Array(positions.length * pairs);
  const sin = new Float32Array(positions.length * pairs);
  for (let token = 0; token < positions.length; token++) {
    for (let i = 0; i < pairs; i++) {
      const angle = positions[token] * frequencies[i];
      cos[token * pairs + i] = Math.cos(angle) * factor;
      sin[token * pairs + i] = Math.sin(angle) * factor;
    }
  }
  return {
    cos: recorder.inputF32(cos, positions.length, pairs),
    sin: recorder.inputF32(sin, positions.length, pairs),
  };
}

/** (context) where the sequence's rows lie in the cache. */
function slotsOf({ blockTable, contextTokens }: StepSequence, blockTokens: number): Int32Array {
  return Int32Array.from(
    { length: contextTokens },
    (_, p) => blockTable[Math.floor(p / blockTokens)] * blockTokens + (p % blockTokens),
  );
}
