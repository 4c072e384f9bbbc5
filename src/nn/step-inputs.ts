/**
 * A step as the kernels read it: ids, positions and slots as device tensors, and the sequences'
 * block tables as one padded matrix. Layers see the step's form only, never its numbers, so that
 * what they recorded is good for every step of that form: `fill` brings the next one's numbers.
 */

import type { KvCache } from './kv-cache.ts';
import type { Recorder } from './recorder.ts';
import type { Step } from './step.ts';
import type { Tensor } from './tensor.ts';

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

/** A sequence's tokens in the step. */
export interface QueryRange {
  readonly queryStart: number;
  readonly queryTokens: number;
}

export interface ContiguousContext {
  readonly contextTokens: number;
  /** (contextTokens) slots of the KV cache, in order. */
  readonly slots: Tensor;
  /** (contextTokens) 0, 1, 2… */
  readonly order: Tensor;
  /** (1, 1): block 0 */
  readonly blockTables: Tensor;
  /** (queryTokens): all sequence 0 */
  readonly sequenceOf: Tensor;
}

/** Steps of the same form have tensors of the same shapes. */
export function formOf(step: Step): string {
  const queries = step.sequences.map(({ queryTokens }) => queryTokens);
  const next = step.nextTokens ? ' next' : '';
  return `${queries} ${maxBlocksOf(step)} ${step.logitRows.length}${next}`;
}

export class StepInputs {
  readonly kvCache: KvCache;
  readonly numTokens: number;
  readonly sequences: readonly QueryRange[];
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
  /** (rows), where logits are wanted. */
  readonly logitRows: Tensor | undefined;
  /** (tokens), where the step has them. */
  readonly nextTokens: Tensor | undefined;
  readonly #recorder: Recorder;
  readonly #step: Step;
  readonly #fills: ((step: Step) => void)[] = [];
  readonly #anglesOf = new Map<Rotation, Angles>();
  readonly #contexts = new Map<number, ContiguousContext>();

  constructor(recorder: Recorder, step: Step, kvCache: KvCache) {
    this.#recorder = recorder;
    this.#step = step;
    this.kvCache = kvCache;
    this.numTokens = step.tokens.length;
    this.sequences = step.sequences;
    const tokens = this.numTokens;
    this.ids = this.#input(({ tokens }) => tokens, tokens);
    this.positions = this.#input(({ positions }) => positions, tokens);
    this.slots = this.#input(({ slotMapping }) => slotMapping, tokens);
    this.sequenceOf = this.#input(sequencesOfTokens, tokens);
    this.blockTables = this.#input(paddedTables, step.sequences.length, maxBlocksOf(step));
    const rows = step.logitRows.length;
    this.logitRows = rows > 0 ? this.#input(({ logitRows }) => logitRows, rows) : undefined;
    const next = ({ nextTokens = noTokens }: Step) => nextTokens;
    this.nextTokens = step.nextTokens && this.#input(next, tokens);
  }

  /** cos and sin of every token's angles; made once for all layers. */
  angles(rotation: Rotation): Angles {
    const known = this.#anglesOf.get(rotation);
    if (known) return known;
    const { positions } = this.#step;
    const { cos, sin } = anglesAt(rotation, positions);
    const dims = [positions.length, rotation.frequencies.length];
    const { device } = this.#recorder;
    const made = {
      cos: this.#recorder.inputF32(cos, ...dims),
      sin: this.#recorder.inputF32(sin, ...dims),
    };
    this.#anglesOf.set(rotation, made);
    this.#fills.push((step) => {
      const next = anglesAt(rotation, step.positions);
      device.write(made.cos, next.cos);
      device.write(made.sin, next.sin);
    });
    return made;
  }

  /**
   * Of the sequence `index`, whose context is laid out as one block; made once for all layers. How
   * long a context is belongs to no form: what was recorded is for this step alone.
   */
  contiguous(index: number): ContiguousContext {
    const known = this.#contexts.get(index);
    if (known) return known;
    const { contextTokens, queryTokens, blockTable } = this.#step.sequences[index];
    const r = this.#recorder;
    const order = Int32Array.from({ length: contextTokens }, (_, i) => i);
    const { blockTokens } = this.kvCache;
    const slotOf = (p: number) =>
      blockTable[Math.floor(p / blockTokens)] * blockTokens + (p % blockTokens);
    const made = {
      contextTokens,
      slots: r.input(order.map(slotOf), contextTokens),
      order: r.input(order, contextTokens),
      blockTables: r.input(new Int32Array(1), 1, 1),
      sequenceOf: r.input(new Int32Array(queryTokens), queryTokens),
    };
    this.#contexts.set(index, made);
    return made;
  }

  /** Whether what was recorded with these is good for other steps of the same form. */
  get isForForm(): boolean {
    return this.#contexts.size === 0;
  }

  /** The numbers of another step of the same form. */
  fill(step: Step): void {
    for (const fill of this.#fills) fill(step);
  }

  #input(numbers: (step: Step) => Int32Array, ...dims: number[]): Tensor {
    const tensor = this.#recorder.input(numbers(this.#step), ...dims);
    const { device } = this.#recorder;
    this.#fills.push((step) => device.write(tensor, numbers(step)));
    return tensor;
  }
}

const noTokens = new Int32Array(0);

function maxBlocksOf({ sequences }: Step): number {
  return Math.max(...sequences.map(({ blockTable }) => blockTable.length));
}

function sequencesOfTokens({ tokens, sequences }: Step): Int32Array {
  const sequenceOf = new Int32Array(tokens.length);
  sequences.forEach(({ queryStart, queryTokens }, i) => {
    sequenceOf.fill(i, queryStart, queryStart + queryTokens);
  });
  return sequenceOf;
}

function paddedTables(step: Step): Int32Array {
  const maxBlocks = maxBlocksOf(step);
  const tables = new Int32Array(step.sequences.length * maxBlocks);
  step.sequences.forEach(({ blockTable }, i) => {
    tables.set(blockTable, i * maxBlocks);
  });
  return tables;
}

function anglesAt({ frequencies, factor }: Rotation, positions: Int32Array) {
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
  return { cos, sin };
}
