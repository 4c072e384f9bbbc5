/**
 * What a decoding step of so many rows costs, measured while the engine works. To verify a few
 * drafts is nearly free where a step reads all weights once whatever its rows; it is not where
 * each row wakes experts of its own, nor on a device that computes row after row. The median of
 * the last times counts: steps in which a kernel was compiled or somebody else had the machine say
 * nothing.
 */
export interface StepCost {
  /** A step that only decodes took so long. */
  note(rows: number, ms: number): void;
  /** The MTP module's part after a step that only decodes. */
  noteDraft(ms: number): void;
  /** Time for `rows` rows, with the module's part or without, over the time for `baseRows`. */
  relative(rows: number, baseRows: number, withDraft: boolean): number;
  /** A step without drafts is due: its time is not known, or known for too long. */
  isPlainDue(baseRows: number): boolean;
  /** Drafts were left out because of their cost: now and then that is looked at again. */
  noteRefusal(): void;
}

const numKept = 15;
/** Before so many are there, what made the first ones slow could be all there is. */
const numNeeded = 5;
const plainEverySteps = 64;
const forgetAfterRefusals = 512;

export class MeasuredStepCost implements StepCost {
  /** By number of rows. */
  #times: Times[] = [];
  #draft = new Times();
  #stepsSincePlain = 0;
  #refusals = 0;

  note(rows: number, ms: number): void {
    this.#times[rows] ??= new Times();
    this.#times[rows].add(ms);
  }

  noteDraft(ms: number): void {
    this.#draft.add(ms);
  }

  /**
   * Between two numbers of rows that are known a step takes a time between theirs. Beyond all that
   * are known more cost nothing more: they are tried, and then known.
   */
  relative(rows: number, baseRows: number, withDraft: boolean): number {
    const base = this.#times[baseRows]?.median;
    if (base === undefined) return 1;
    const known = (r: number) => this.#times[r]?.median;
    let [below, above] = [rows, rows];
    while (known(below) === undefined) below--; // the base is known
    while (known(above) === undefined && above < this.#times.length) above++;
    const from = known(below) as number;
    const to = known(above) ?? from;
    const step = above === below ? from : from + ((rows - below) / (above - below)) * (to - from);
    return (step + (withDraft ? (this.#draft.median ?? 0) : 0)) / base;
  }

  isPlainDue(baseRows: number): boolean {
    const isKnown = this.#times[baseRows]?.median !== undefined;
    if (isKnown && ++this.#stepsSincePlain < plainEverySteps) return false;
    this.#stepsSincePlain = 0;
    return true;
  }

  noteRefusal(): void {
    if (++this.#refusals < forgetAfterRefusals) return;
    this.#refusals = 0;
    this.#times = [];
    this.#draft = new Times();
  }
}

class Times {
  readonly #last = new Float64Array(numKept);
  readonly #sorted = new Float64Array(numKept);
  #count = 0;
  median: number | undefined;

  add(ms: number): void {
    this.#last[this.#count++ % numKept] = ms;
    if (this.#count < numNeeded) return;
    const kept = Math.min(this.#count, numKept);
    this.#sorted.set(this.#last);
    this.median = this.#sorted.subarray(0, kept).sort()[kept >> 1];
  }
}
