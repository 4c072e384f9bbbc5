/**
 * Speculative decoding: guesses at a sequence's next tokens ride along in the step that computes
 * its last one, and those that are what would have been drawn anyway are kept. Replies are those
 * of plain decoding, token for token and draw for draw (up to rounding on a device that adds in
 * another order when a step has more rows, as in batches). Guesses come from the text itself
 * (ngram-lookup.ts) and from the checkpoint's MTP module (mtp-drafter.ts), each gated by how often
 * it was right and by what verifying costs here. Only steps that do nothing but decode a few
 * sequences are extended, and only into blocks that nobody needs.
 */
import type { Model } from '../models/model.ts';
import type { KvCache } from '../nn/kv-cache.ts';
import type { Step } from '../nn/step.ts';
import type { BlockManager } from './block-manager.ts';
import { type DraftWish, expectedTokens, maxDecodeRows, shareDrafts } from './draft-budget.ts';
import { MtpDrafter } from './mtp-drafter.ts';
import { NgramLookup } from './ngram-lookup.ts';
import { type Batch, isDecoding, type Scheduled } from './scheduler.ts';
import type { Sequence } from './sequence.ts';
import type { StepCost } from './step-cost.ts';

/** auto: whatever the checkpoint has and pays. */
export const speculationKinds = ['auto', 'ngram', 'mtp', 'off'] as const;
export type SpeculationKind = (typeof speculationKinds)[number];

/** What the MTP module's cache adds to each token. */
export function draftKvBytesPerToken(model: Model, kind: SpeculationKind): number {
  return mtpOf(model, kind)?.kvBytesPerToken ?? 0;
}

/** The module that drafts, where there is one and it is wanted. */
export function mtpOf(model: Model, kind: SpeculationKind) {
  return kind === 'auto' || kind === 'mtp' ? model.mtp : undefined;
}

export interface SpeculationParts {
  readonly kind: SpeculationKind;
  readonly model: Model;
  readonly blocks: BlockManager;
  readonly limits: { readonly contextTokens: number; readonly vocabSize: number };
  readonly cost: StepCost;
}

interface Guess extends DraftWish {
  tokens(count: number): readonly number[];
}
const nothing: Guess = { chance: 0, maxDrafts: 0, tokens: () => [] };

export class Speculation {
  readonly #blocks: BlockManager;
  readonly #contextTokens: number;
  readonly #cost: StepCost;
  /** Undefined where the kind of speculation leaves them out. */
  readonly #lookups: WeakMap<Sequence, NgramLookup> | undefined;
  readonly #mtp: MtpDrafter | undefined;

  constructor({ kind, model, blocks, limits, cost }: SpeculationParts) {
    this.#blocks = blocks;
    this.#contextTokens = limits.contextTokens;
    this.#cost = cost;
    this.#lookups = kind === 'auto' || kind === 'ngram' ? new WeakMap() : undefined;
    const mtp = mtpOf(model, kind);
    if (mtp === undefined) return;
    const kvCache = mtp.createKvCache(blocks.numBlocks, blocks.blockTokens);
    this.#mtp = new MtpDrafter(mtp, kvCache, limits.vocabSize, cost);
  }

  /** Of the MTP module, where there is one. */
  get kvCache(): KvCache | undefined {
    return this.#mtp?.kvCache;
  }

  /** A new sequence, before it is scheduled. */
  begin(sequence: Sequence): void {
    this.#mtp?.begin(sequence);
  }

  /** The batch with drafts where they are worth their rows and there is room for them. */
  extend(batch: Batch): Batch {
    if (batch.length >= maxDecodeRows || !batch.every(isDecoding)) return batch;
    const guesses = batch.map(({ sequence }) => this.#guess(sequence));
    if (guesses.every(({ maxDrafts }) => maxDrafts === 0)) return batch;
    if (this.#cost.isPlainDue(batch.length)) return batch;
    const counts = shareDrafts(guesses, batch.length, (rows) =>
      this.#cost.relative(rows, batch.length, false),
    );
    if (counts.every((count) => count === 0)) {
      this.#cost.noteRefusal();
      return batch;
    }
    return batch.map((scheduled, i) => ({
      ...scheduled,
      drafts: this.#fit(scheduled, guesses[i].tokens(counts[i])),
    }));
  }

  /** After a step's new tokens: learns from them, gives unused blocks back, prepares the next guesses. */
  async follow(step: Step, batch: Batch, stepMs: number): Promise<void> {
    if (batch.every(isDecoding)) this.#cost.note(step.tokens.length, stepMs);
    for (const { sequence, drafts } of batch) {
      if (sequence.status === 'finished') continue;
      if (drafts.length > 0) this.#blocks.shrink(sequence);
      if (sequence.numPendingTokens === 1) this.#lookup(sequence);
    }
    await this.#mtp?.follow(step, batch, (sequence) => this.#wantsMtp(sequence));
  }

  close(): void {
    this.#mtp?.close();
  }

  /** The one of both that promises more. */
  #guess(sequence: Sequence): Guess {
    const ngram = this.#ngramGuess(sequence);
    const draft = this.#mtp?.draftOf(sequence);
    if (draft === undefined) return ngram;
    const { token, chance } = draft;
    const maxDrafts = this.#maxDrafts(sequence, 1);
    const mtp = { chance, maxDrafts, tokens: (count: number) => [token].slice(0, count) };
    return expectedTokens(mtp) > expectedTokens(ngram) ? mtp : ngram;
  }

  /** Also where a guess would not be used for now: it shows whether the next ones should be. */
  #wantsMtp(sequence: Sequence): boolean {
    if (sequence.numPendingTokens !== 1) return false;
    const maxDrafts = this.#maxDrafts(sequence, 1);
    const chance = this.#mtp?.chanceOf(sequence) ?? 0;
    const hoped = expectedTokens({ chance, maxDrafts });
    return maxDrafts > 0 && hoped >= expectedTokens(this.#ngramGuess(sequence));
  }

  #ngramGuess(sequence: Sequence): Guess {
    const lookup = this.#lookups?.get(sequence);
    if (lookup === undefined || lookup.chance === 0) return nothing;
    return {
      chance: lookup.chance,
      maxDrafts: this.#maxDrafts(sequence, maxDecodeRows - 1),
      tokens: (count) => lookup.draft(sequence.tokens, count),
    };
  }

  #lookup(sequence: Sequence): void {
    if (this.#lookups === undefined) return;
    let lookup = this.#lookups.get(sequence);
    if (lookup === undefined) {
      lookup = new NgramLookup();
      this.#lookups.set(sequence, lookup);
    }
    lookup.update(sequence.tokens, sequence.promptTokens);
  }

  /** One token comes with the last row whatever the drafts, and none may be written behind the end. */
  #maxDrafts(sequence: Sequence, most: number): number {
    const { numTokens, completionTokens, params } = sequence;
    const left = Math.min(this.#contextTokens - numTokens, params.maxTokens - completionTokens);
    return Math.max(0, Math.min(most, left - 1));
  }

  /** As many as there are free blocks for: nobody gives one up for a guess. */
  #fit({ sequence, numTokens }: Scheduled, drafts: readonly number[]): readonly number[] {
    for (let count = drafts.length; count > 0; count--) {
      const tokens = sequence.numComputedTokens + numTokens + count;
      if (this.#blocks.allocate(sequence, tokens)) return drafts.slice(0, count);
    }
    return [];
  }
}
