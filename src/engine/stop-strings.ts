/**
 * Finds stop strings in a stream of text. What might be the beginning of one is held back until
 * it is certain, so that no character of the one that stops is ever given out. The one that is
 * complete first counts, so the result does not depend on how the text was cut into tokens.
 */
export class StopStrings {
  readonly #stops: readonly string[];
  #held = '';
  #stopped: string | undefined;

  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  get isStopped(): boolean {
    return this.#stopped !== undefined;
  }
  /** The one that was found. */
  get stopString(): string | undefined {
    return this.#stopped;
  }

  /** The text that is certainly before any stop string. */
  push(text: string): string {
    if (this.#stopped !== undefined) return '';
    const all = this.#held + text;
    const found = this.#first(all);
    if (found !== undefined) {
      this.#stopped = found.stop;
      this.#held = '';
      return all.slice(0, found.start);
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

  /** The stop string that ends first, and where it begins; of those that end together the longest. */
  #first(text: string): { readonly stop: string; readonly start: number } | undefined {
    let first: { stop: string; start: number } | undefined;
    for (const stop of this.#stops) {
      const start = text.indexOf(stop);
      if (start < 0) continue;
      const firstEnd = first ? first.start + first.stop.length : Number.POSITIVE_INFINITY;
      const end = start + stop.length;
      if (end < firstEnd || (end === firstEnd && start < (first?.start ?? 0)))
        first = { stop, start };
    }
    return first;
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
