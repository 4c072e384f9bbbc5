/**
 * Notices that a reply goes round in circles: models that think for long sometimes do until the
 * context is full. Two signs, both of them far beyond what tables, code, digits or counting do:
 *   - the end of the reply repeats exactly, with a period of up to 512 tokens, many times over;
 *   - in the thinking, of the last 4096 tokens hardly one ends a run of 24 that was not there three
 *     times before (a few sentences in ever other order, a paragraph in which a number changes).
 *     Not in the answer: a grid of zeros and ones looks the same.
 * A table of the runs seen so far gives both in constant time per token, and is made only for
 * replies that grow long.
 */

const ngramTokens = 24;
const maxPeriod = 512;
const windowTokens = 4096;
/** A reply shorter than this is not looked at, and costs nothing. */
const quietTokens = 256;

interface Limits {
  readonly tokens: number;
  readonly repeats: number;
}
/** How long the end of the reply must have repeated itself, and how many times. */
const inThinking: Limits = { tokens: 1024, repeats: 6 };
/** "Write it a thousand times" is a fair thing to ask for, and so is an image in zeros. */
const inAnswer: Limits = { tokens: 2048, repeats: 8 };
/** Wherever the reply is, once its thinking was closed for a loop. */
const secondTime: Limits = { tokens: 512, repeats: 6 };
/** A run that was there so often is worn. */
const wornTimes = 3;
/** Of the window's runs, those that may be fresh in a loop: two places where it varies. */
const maxFresh = 64;

export class LoopDetector {
  #numTokens = 0;
  #history: NgramHistory | undefined;
  #isWarned = false;

  /** Whether the reply, with this token, has become a loop. */
  push(token: number, isReasoning: boolean): boolean {
    if (this.#numTokens++ < quietTokens) return false;
    this.#history ??= new NgramHistory();
    this.#history.push(token);
    const limits = this.#isWarned ? secondTime : isReasoning ? inThinking : inAnswer;
    const { period, run, numFresh } = this.#history;
    if (run >= limits.tokens && run >= limits.repeats * period) return true;
    return isReasoning && numFresh < maxFresh;
  }

  /** After the thinking was closed because of a loop. */
  restart(): void {
    this.#numTokens = quietTokens;
    this.#history = undefined;
    this.#isWarned = true;
  }
}

const slots = 8192;
const bucketSlots = 4;
const ringTokens = 1024;
const multiplier = 0x01000193;
const oldestFactor = power(multiplier, ngramTokens);

/** The runs of 24 tokens of a text as it grows, and how it repeats them. */
class NgramHistory {
  /** Distance to the text's last repetition of itself, 0 = there is none now. */
  period = 0;
  /** How many of the last tokens are the same as the ones a period before. */
  run = 0;
  /** Runs of the last window that were not worn; all of it until it is full. */
  numFresh = windowTokens;
  readonly #ring = new Int32Array(ringTokens);
  /** By hash: itself, the position behind its last run (0 = free), and how often it was there. */
  readonly #hashes = new Int32Array(slots);
  readonly #ends = new Int32Array(slots);
  readonly #times = new Uint8Array(slots);
  readonly #isFresh = new Uint8Array(windowTokens).fill(1);
  #length = 0;
  /** Of the last 24 tokens: a polynomial modulo 2^32. */
  #hash = 0;

  push(token: number): void {
    const oldest = this.#length < ngramTokens ? 0 : this.#at(this.#length - ngramTokens);
    this.#hash = (Math.imul(this.#hash, multiplier) + token - Math.imul(oldest, oldestFactor)) | 0;
    if (this.period > 0 && token === this.#at(this.#length - this.period)) this.run++;
    else this.period = 0;
    this.#ring[this.#length++ & (ringTokens - 1)] = token;
    if (this.#length >= ngramTokens) this.#lookUp();
  }

  #lookUp(): void {
    const length = this.#length;
    const slot = this.#slotOf(this.#hash);
    const end = this.#ends[slot];
    const isSeen = end !== 0 && this.#hashes[slot] === this.#hash;
    this.#hashes[slot] = this.#hash;
    this.#ends[slot] = length;
    const times = isSeen ? this.#times[slot] : 0;
    this.#times[slot] = Math.min(wornTimes, times + 1);

    const place = length & (windowTokens - 1);
    const isFresh = times < wornTimes ? 1 : 0;
    this.numFresh += isFresh - this.#isFresh[place];
    this.#isFresh[place] = isFresh;

    if (this.period > 0) return;
    this.run = 0;
    if (!isSeen || length - end > maxPeriod || !this.#isRepeated(length - end)) return;
    this.period = length - end;
    this.run = ngramTokens;
  }

  /** Where the hash is, else the place in its bucket that was used longest ago. */
  #slotOf(hash: number): number {
    const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    const first = (mixed ^ (mixed >>> 12)) & (slots - 1) & ~(bucketSlots - 1);
    let oldest = first;
    for (let slot = first; slot < first + bucketSlots; slot++) {
      if (this.#hashes[slot] === hash && this.#ends[slot] !== 0) return slot;
      if (this.#ends[slot] < this.#ends[oldest]) oldest = slot;
    }
    return oldest;
  }

  /** The hash says so; is it so? */
  #isRepeated(period: number): boolean {
    for (let i = this.#length - ngramTokens; i < this.#length; i++) {
      if (this.#at(i) !== this.#at(i - period)) return false;
    }
    return true;
  }

  #at(position: number): number {
    return this.#ring[position & (ringTokens - 1)];
  }
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i++) result = Math.imul(result, base);
  return result;
}
