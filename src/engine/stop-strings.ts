/**
 * Finds stop strings in a stream of text. What might be the beginning of one is held back until
 * it is certain, so that no character of a stop string is ever given out.
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
    const found = this.#earliest(all);
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

  #earliest(text: string): number {
    const places = this.#stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
    return places.length === 0 ? -1 : Math.min(...places);
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
