/**
 * When the pieces of an answer came: first token, thinking time, and tokens per second in equal
 * steps. Pieces come in bursts, as the network has them; a burst is spread over the time since the
 * one before. Tokens are counted in bins that double in width when there are too many, so that an
 * hour of answer takes no more room than a second of it.
 */
const maxBins = 96;
const firstBinMs = 10;
/** Pieces closer than this came together. */
const burstMs = 2;
/** Points of the plot, and tokens that a point is made of at least: of fewer it would be noise. */
const maxPoints = 32;
const tokensPerPoint = 4;

export class TokenClock {
  readonly #startedAt: number;
  #firstAt: number | undefined;
  #lastAt = 0;
  #thinkingFrom: number | undefined;
  #thinkingTo: number | undefined;
  #binMs = firstBinMs;
  #bins: number[] = [];
  #filledMs = 0;
  /** The burst that came last: so many tokens since then, at that time. */
  #burst = { tokens: 0, from: 0, at: 0 };
  reasoningTokens = 0;
  textTokens = 0;

  constructor(now: number) {
    this.#startedAt = now;
  }

  arrived(kind: 'reasoning' | 'text', now: number): void {
    if (kind === 'reasoning') {
      this.#thinkingFrom ??= now;
      this.#thinkingTo = now;
      this.reasoningTokens++;
    } else {
      if (this.textTokens === 0 && this.#thinkingFrom !== undefined) this.#thinkingTo = now;
      this.textTokens++;
    }
    this.#lastAt = now;
    if (this.#firstAt === undefined) {
      this.#firstAt = now;
      this.#burst = { tokens: 0, from: now, at: now };
    } else if (now - this.#burst.at < burstMs) {
      // What came with the first token took no time that could be told.
      if (this.#burst.at > this.#burst.from) this.#burst.tokens++;
    } else {
      this.#endBurst();
      this.#burst = { tokens: 1, from: this.#burst.at, at: now };
    }
  }

  get ttftMs(): number | undefined {
    return this.#firstAt === undefined ? undefined : this.#firstAt - this.#startedAt;
  }

  get thinkingMs(): number | undefined {
    if (this.#thinkingFrom === undefined || this.#thinkingTo === undefined) return undefined;
    return this.#thinkingTo - this.#thinkingFrom;
  }

  totalMs(now: number): number {
    return now - this.#startedAt;
  }

  /** Tokens after the first over the time since it; `tokens` where the server has counted them. */
  tokensPerSecond(tokens = this.reasoningTokens + this.textTokens): number | undefined {
    if (this.#firstAt === undefined || tokens < 2) return undefined;
    const ms = this.#lastAt - this.#firstAt;
    return ms > 0 ? ((tokens - 1) * 1000) / ms : undefined;
  }

  /** For a plot from left to right, as far as bursts have ended. */
  rates(): number[] {
    const numBins = this.#bins.length;
    if (numBins === 0) return [];
    const tokens = this.reasoningTokens + this.textTokens;
    const numPoints = Math.min(
      maxPoints,
      numBins,
      Math.max(2, Math.floor(tokens / tokensPerPoint)),
    );
    return Array.from({ length: numPoints }, (_, i) => {
      const from = Math.floor((i * numBins) / numPoints);
      const to = Math.floor(((i + 1) * numBins) / numPoints);
      const sum = this.#bins.slice(from, to).reduce((total, n) => total + n, 0);
      // The last bin is filled only as far as the last burst went.
      const ms = Math.min(to * this.#binMs, this.#filledMs) - from * this.#binMs;
      return Math.round((sum * 1000) / Math.max(ms, this.#binMs / 2));
    });
  }

  /** Its tokens into the bins, in equal parts over its time. */
  #endBurst(): void {
    const { tokens, from, at } = this.#burst;
    if (tokens === 0) return;
    while (this.#binOf(at) >= maxBins) {
      this.#bins = halved(this.#bins);
      this.#binMs *= 2;
    }
    this.#filledMs = at - (this.#firstAt as number);
    const [first, last] = [this.#binOf(from), this.#binOf(at)];
    while (this.#bins.length <= last) this.#bins.push(0);
    for (let bin = first; bin <= last; bin++) {
      const begin = Math.max(from, this.#startOf(bin));
      const end = Math.min(at, this.#startOf(bin + 1));
      const part = at > from ? Math.max(0, end - begin) / (at - from) : 1;
      this.#bins[bin] = (this.#bins[bin] as number) + tokens * part;
    }
  }

  #binOf(time: number): number {
    return Math.floor((time - (this.#firstAt as number)) / this.#binMs);
  }

  #startOf(bin: number): number {
    return (this.#firstAt as number) + bin * this.#binMs;
  }
}

function halved(bins: readonly number[]): number[] {
  const half: number[] = [];
  for (let i = 0; i < bins.length; i += 2) half.push((bins[i] as number) + (bins[i + 1] ?? 0));
  return half;
}
