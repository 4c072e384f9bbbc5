/** How fast waiting requests begin, from the last few: tells who finds the queue full when to come back. */

const remembered = 16;
const mostSeconds = 120;

export class AdmissionRate {
  readonly #times = new Float64Array(remembered);
  #count = 0;

  /** A request began now (performance.now()). */
  note(nowMs: number): void {
    this.#times[this.#count++ % remembered] = nowMs;
  }

  /** By then half of those who wait have begun, if it goes on as it did: 1 to 120. */
  retryAfterSeconds(waiting: number, nowMs: number): number {
    const known = Math.min(this.#count, remembered);
    if (known === 0) return 1;
    const first = this.#times[this.#count > remembered ? this.#count % remembered : 0];
    const seconds = (((nowMs - first) / known) * (waiting / 2)) / 1000;
    return Math.min(mostSeconds, Math.max(1, Math.ceil(seconds)));
  }
}
