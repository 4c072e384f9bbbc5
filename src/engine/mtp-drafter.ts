/**
 * Drafts by the checkpoint's multi-token-prediction module: after a step it sees the step's hidden
 * states and the tokens that followed, and guesses the one after those. It has a KV cache of its
 * own in the main cache's blocks, so every token of a sequence must have gone through it, its own
 * steps or those of the sequence that computed a shared block: one follows from its first token or
 * not at all. The module costs a layer and a head per step; where that does not pay for a while it
 * is left out, and now and then a new sequence tries again.
 */
import type { MtpModule } from '../models/model.ts';
import type { KvCache } from '../nn/kv-cache.ts';
import type { Step } from '../nn/step.ts';
import { Acceptance } from './acceptance.ts';
import { leastChance, maxDecodeRows } from './draft-budget.ts';
import { type Batch, isDecoding } from './scheduler.ts';
import type { Sequence } from './sequence.ts';
import type { StepCost } from './step-cost.ts';

interface Follower {
  readonly acceptance: Acceptance;
  /** Of `MtpDrafter.#generation`: those of older ones follow no more. */
  generation: number;
  /** The guess at the token at `place`. */
  draft: number;
  place: number;
}

/** As V3's paper has it, with some doubt; measured from there on. */
const firstChance = 0.8;
/** So many more steps that do not pay than that do, and it stops; so many the other way, and it goes on. */
const patienceSteps = 16;
const notFollowing = -1;
/** One new sequence in so many tries: while it is stopped, or where shared blocks lack its rows. */
const tryEverySequences = 8;

export class MtpDrafter {
  readonly #module: MtpModule;
  readonly kvCache: KvCache;
  readonly #vocabSize: number;
  readonly #cost: StepCost;
  /** Every sequence it has seen. */
  readonly #followers = new WeakMap<Sequence, Follower>();
  /** Over all sequences: where a new one begins. */
  readonly #acceptance = new Acceptance(firstChance, 1 / 32, 1 / 32);
  #generation = 0;
  #isStopped = false;
  #balance = 0;
  #numBegun = 0;
  #nextTokens = new Int32Array(64);

  constructor(module: MtpModule, kvCache: KvCache, vocabSize: number, cost: StepCost) {
    this.#module = module;
    this.kvCache = kvCache;
    this.#vocabSize = vocabSize;
    this.#cost = cost;
  }

  /** A new sequence follows from now on, or does not. */
  begin(sequence: Sequence): void {
    sequence.triesDrafts = ++this.#numBegun % tryEverySequences === 0;
    const follows = !this.#isStopped || sequence.triesDrafts;
    if (this.#isStopped && follows) this.#balance = 0;
    this.#followers.set(sequence, {
      acceptance: new Acceptance(this.#acceptance.chance, 1 / 8, 1 / 8),
      generation: follows ? this.#generation : notFollowing,
      ...{ draft: -1, place: -1 },
    });
  }

  /** The guess at the sequence's next token, and that it is right. */
  draftOf(sequence: Sequence): { readonly token: number; readonly chance: number } | undefined {
    const follower = this.#followers.get(sequence);
    if (follower === undefined || follower.place !== sequence.numTokens) return undefined;
    return { token: follower.draft, chance: follower.acceptance.chance };
  }

  /** 0 where it does not follow. */
  chanceOf(sequence: Sequence): number {
    return this.#isFollowing(sequence) ? this.#followers.get(sequence)!.acceptance.chance : 0;
  }

  /**
   * After a step and its new tokens. `isWanted`: a guess at this sequence's next token would be
   * used. The module's row of a draft that was refused is wrong, and written again with the token
   * that came instead, as in the main cache.
   */
  async follow(step: Step, batch: Batch, isWanted: (sequence: Sequence) => boolean): Promise<void> {
    const followers: Sequence[] = [];
    batch.forEach(({ sequence }, i) => {
      const start = step.positions[step.sequences[i].queryStart];
      if (this.#look(sequence, start)) followers.push(sequence);
    });
    const isDecode = batch.every(isDecoding);
    if (isDecode && followers.length > 0) this.#judge(followers, batch.length);
    if (!followers.some((sequence) => this.#isFollowing(sequence))) return;

    const wanted: Sequence[] = [];
    const logitRows: number[] = [];
    batch.forEach(({ sequence }, i) => {
      if (!this.#isFollowing(sequence) || !isWanted(sequence)) return;
      wanted.push(sequence);
      // Its last computed token that stays: refused drafts stand behind it.
      const { queryStart } = step.sequences[i];
      logitRows.push(queryStart + sequence.numComputedTokens - 1 - step.positions[queryStart]);
    });
    const startMs = performance.now();
    const logits = await this.#module.draft(
      { ...step, logitRows: Int32Array.from(logitRows) },
      this.#nextTokensOf(step, batch),
      this.kvCache,
    );
    if (isDecode) this.#cost.noteDraft(performance.now() - startMs);
    wanted.forEach((sequence, i) => {
      const follower = this.#followers.get(sequence) as Follower;
      const row = i * (logits.length / wanted.length);
      follower.draft = likeliest(logits.subarray(row, row + this.#vocabSize));
      follower.place = sequence.numTokens;
    });
    for (const { sequence } of batch) {
      if (this.#isFollowing(sequence)) sequence.numDraftRows = sequence.numComputedTokens;
    }
  }

  close(): void {
    this.kvCache.close();
  }

  /** Whether it follows. A guess is compared with what came. `start`: its first token of the step. */
  #look(sequence: Sequence, start: number): boolean {
    const follower = this.#followers.get(sequence) as Follower;
    if (follower.place >= 0 && follower.place < sequence.numTokens) {
      const isHit = sequence.tokens[follower.place] === follower.draft;
      follower.acceptance.note(isHit);
      this.#acceptance.note(isHit);
      follower.place = -1;
    }
    // Blocks that it shares were computed without the module.
    if (sequence.numDraftRows < start) follower.generation = notFollowing;
    return this.#isFollowing(sequence);
  }

  #isFollowing(sequence: Sequence): boolean {
    return (
      sequence.status !== 'finished' &&
      this.#followers.get(sequence)?.generation === this.#generation
    );
  }

  /** Does a step with the module's drafts give more tokens per time than one without? */
  #judge(followers: readonly Sequence[], baseRows: number): void {
    const chances = followers
      .map((sequence) => this.chanceOf(sequence))
      .filter((chance) => chance >= leastChance)
      .sort((a, b) => b - a)
      .slice(0, Math.max(0, maxDecodeRows - baseRows));
    const rows = baseRows + chances.length;
    const expected = baseRows + chances.reduce((a, b) => a + b, 0);
    const pays = expected > baseRows * this.#cost.relative(rows, baseRows, true);
    this.#balance = Math.min(patienceSteps, this.#balance + (pays ? 1 : -1));
    if (this.#balance === patienceSteps) this.#isStopped = false;
    if (this.#balance > -patienceSteps) return;
    this.#isStopped = true;
    this.#generation++;
  }

  /** Of each row the token that followed; whatever it is behind a draft that was refused. */
  #nextTokensOf(step: Step, batch: Batch): Int32Array {
    const total = step.tokens.length;
    if (this.#nextTokens.length < total) this.#nextTokens = new Int32Array(total * 2);
    const next = this.#nextTokens.subarray(0, total);
    batch.forEach(({ sequence: { tokens } }, i) => {
      const { queryStart, queryTokens } = step.sequences[i];
      for (let row = queryStart; row < queryStart + queryTokens; row++) {
        next[row] = tokens[step.positions[row] + 1] ?? 0;
      }
    });
    return next;
  }
}

/** The first of the largest; drafts are only guesses, so what is no number is passed over. */
function likeliest(row: Float32Array): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i] > row[best]) best = i;
  return best;
}
