/** Batch → Step: the arrays a forward pass reads, in buffers that the next step uses again. */
import type { Step, StepSequence } from '../nn/step.ts';
import type { BlockManager } from './block-manager.ts';
import type { Batch } from './scheduler.ts';

export class StepBuilder {
  readonly #blocks: BlockManager;
  #tokens = new Int32Array(64);
  #positions = new Int32Array(64);
  #slots = new Int32Array(64);
  #logitRows = new Int32Array(64);

  constructor(blocks: BlockManager) {
    this.#blocks = blocks;
  }

  /** Valid until the next call. */
  build(batch: Batch): Step {
    const total = batch.reduce((sum, { numTokens }) => sum + numTokens, 0);
    this.#reserve(total);
    const sequences: StepSequence[] = [];
    let row = 0;
    let numLogitRows = 0;
    for (const { sequence, numTokens, isComplete } of batch) {
      const { tokens, numComputedTokens } = sequence;
      sequences.push({
        queryStart: row,
        queryTokens: numTokens,
        contextTokens: numComputedTokens + numTokens,
        blockTable: sequence.blocks.view(),
      });
      for (let i = 0; i < numTokens; i++, row++) {
        const position = numComputedTokens + i;
        this.#tokens[row] = tokens[position];
        this.#positions[row] = position;
        this.#slots[row] = this.#blocks.slot(sequence, position);
      }
      if (isComplete) this.#logitRows[numLogitRows++] = row - 1;
    }
    return {
      tokens: this.#tokens.subarray(0, total),
      positions: this.#positions.subarray(0, total),
      slotMapping: this.#slots.subarray(0, total),
      sequences,
      logitRows: this.#logitRows.subarray(0, numLogitRows),
    };
  }

  #reserve(tokens: number): void {
    if (tokens <= this.#tokens.length) return;
    const size = 2 ** Math.ceil(Math.log2(tokens));
    this.#tokens = new Int32Array(size);
    this.#positions = new Int32Array(size);
    this.#slots = new Int32Array(size);
    this.#logitRows = new Int32Array(size);
  }
}
