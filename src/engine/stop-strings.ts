/**
 * Finds stop strings in a stream of text. What might be the beginning of one is held back until
 * it is certain, so that no character of the one that stops is ever given out. The one that is
 * complete first counts, so the result does not depend on how the text was cut into tokens.
 */
export class StopStrings {
  readonly #stops: readonly string[];
  #held = '';
  #isStopped = false;

  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** The text that is certainly before any stop string. */
  push(text: string): string {
    if (this.#isStopped) return '';
    const all = this.#held + text;
    const found = this.#start(all);
    if (found >= 0) {
      this.#isStopped = true;
      this.#held = '';
      return all.slice(0, found);
    }
    const heldChars = this.#possibleStart(all);
    this.#held = all.slice(all.length - heldChars);
    return all.slice(0, all.length - heldChars);
  }

  /** At the end of the stream: what was held back was no stop string after all. */
  flush(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }

  /** Where the stop string that ends first begins; of those that end together the longest. */
  #start(text: string): number {
    let [start, end] = [-1, Number.POSITIVE_INFINITY];
    for (const stop of this.#stops) {
      const place = text.indexOf(stop);
      const placeEnd = place + stop.length;
      if (place < 0 || placeEnd > end || (placeEnd === end && place > start)) continue;
      [start, end] = [place, placeEnd];
    }
    return start;
  }

  /** Length of the longest end of `text` that begins a stop string. */
  #possibleStart(text: string): number {
    const longest = Math.max(0, ...this.#stops.map((stop) => stop.length - 1));
    for (let length = Math.min(longest, text.length); length > 0; length--) {
      const end = text.slice(text.length - length);
      if (this.#stops.some((stop) => stop.startsWith(end))) return length;
    }
    return 0;
  }
}
