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
    const total = batch.reduce((sum, { numTokens, drafts }) => sum + numTokens + drafts.length, 0);
    this.#reserve(total);
    const sequences: StepSequence[] = [];
    let row = 0;
    let numLogitRows = 0;
    for (const { sequence, numTokens, isComplete, drafts } of batch) {
      const { tokens, numComputedTokens } = sequence;
      const queryTokens = numTokens + drafts.length;
      sequences.push({
        queryStart: row,
        queryTokens,
        contextTokens: numComputedTokens + queryTokens,
        blockTable: sequence.blocks.view(),
      });
      for (let i = 0; i < queryTokens; i++, row++) {
        const position = numComputedTokens + i;
        this.#tokens[row] = i < numTokens ? tokens[position] : drafts[i - numTokens];
        this.#positions[row] = position;
        this.#slots[row] = this.#blocks.slot(sequence, position);
      }
      if (!isComplete) continue;
      for (let i = drafts.length; i >= 0; i--) this.#logitRows[numLogitRows++] = row - 1 - i;
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
